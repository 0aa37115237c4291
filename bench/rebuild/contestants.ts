import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Child, projectRoot } from '@app/local';
import { appEnvironment, startNode } from '../live/process';
import { ours as oursLive } from '../live/ours';
import { TABLES } from '../live/tables';
import { FLOOR } from '../measure/results';
import { execute } from '../servers';
import { rowsIn } from '../truth';
import { JOURNEY_TOPICS } from '../workload';
import type { RebuildContestant, RebuildRun } from './contestant';

/** Ends well, or says why not. */
async function ended(child: Child): Promise<void> {
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${child.name} ended with ${code}:\n${child.lastLines()}`);
}

/** A loop that folds everything in one Map, COPYs it, then indexes. */
const floor: RebuildContestant = {
  name: FLOOR,
  prepare: async ({ servers, databaseUrl, workload, id }) => {
    await execute(databaseUrl, ...TABLES);
    return {
      run: async (started) => {
        const args = [servers.brokers, databaseUrl, id, JOURNEY_TOPICS.join(), String(workload.records)];
        const child = await startNode('rebuild/floor.process', args);
        started(child.pid);
        await ended(child);
      },
      rows: () => rowsIn(databaseUrl, 'journey', 'touch'),
    };
  },
};

function startOps(
  { servers, databaseUrl }: Pick<RebuildRun, 'servers' | 'databaseUrl'>,
  ...args: string[]
): Promise<Child> {
  return Child.start({
    name: `ops ${args.join(' ')}`,
    command: process.execPath,
    args: [
      '--disable-warning=TimeoutNegativeWarning',
      join(projectRoot(__dirname), 'dist/apps/ops/src/main.js'),
      ...args,
    ],
    env: appEnvironment(servers.brokers, databaseUrl),
    tier: 'app',
  });
}

async function lacks(command: string): Promise<string | null> {
  const child = await Child.start({
    name: 'ops help',
    command: process.execPath,
    args: [join(projectRoot(__dirname), 'dist/apps/ops/src/main.js'), 'help', command],
    tier: 'app',
  });
  const { code } = await child.exited;
  return code === 0 && child.lastLines().includes(command)
    ? null
    : `this checkout has no command "ops ${command}"`;
}

/** A command of ours on a database that the journey projector has filled and left. */
function command(name: string, ...args: [string, string]): RebuildContestant {
  return {
    name,
    unavailable: () => lacks(args[0]),
    prepare: async (run) => {
      await fill(run);
      return {
        run: async (started) => {
          const child = await startOps(run, ...args);
          started(child.pid);
          await ended(child);
        },
        rows: () => rowsIn(run.databaseUrl, 'read_models.journey', 'read_models.touch'),
      };
    },
  };
}

async function fill(run: RebuildRun): Promise<void> {
  const catching = await oursLive.start(run);
  try {
    while ((await catching.progress()) < run.workload.records) {
      const failure = catching.failure();
      if (failure !== null) throw new Error(failure);
      await sleep(100);
    }
  } finally {
    await catching.stop();
  }
  await execute(run.databaseUrl, 'CHECKPOINT');
}

export const REBUILDS: readonly RebuildContestant[] = [
  floor,
  command('ours: rebuild', 'rebuild', 'journeys'),
  command('ours: verify', 'verify', 'journeys'),
];
