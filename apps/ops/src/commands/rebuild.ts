import { setTimeout as sleep } from 'node:timers/promises';
import { JobDesk } from '@app/projector';
import { createLogger } from '@app/platform';

import { connection } from './connection';
import { doJob, projectionNamed } from './jobs';
import { outcomeOf } from './outcome';
import { progressLine, say } from './output';

/**
 * Builds a new generation of a projection from the log and lets readers see it.
 *
 * @returns the exit code: 0 once readers see it, 1 otherwise
 */
export async function rebuild(name: string, options: { readonly dataDir: string }): Promise<number> {
  const projection = projectionNamed(name);
  const job = await doJob(projection, 'rebuild', {
    ...options,
    tell: ({ progress }) => say(`${name}: ${progressLine(progress!)}`),
  });
  if (job.state !== 'succeeded') {
    say(`${name}: the rebuild ${job.state === 'cancelled' ? 'was cancelled' : outcomeOf(job)}`);
    return 1;
  }
  process.stdout.write(`${name}: ${outcomeOf(job)}\n`);
  return 0;
}

const PATIENCE_MS = 60_000;
const LOOK_MS = 250;

/** Gives up a rebuild that is under way, whoever works on it. @returns the exit code */
export async function cancelRebuild(
  name: string,
  { dataDir }: { readonly dataDir: string },
): Promise<number> {
  const projection = projectionNamed(name);
  const { kafka, database } = connection(dataDir);
  const logger = createLogger('ops', 'silent');
  const instance = `ops-${process.pid}`;
  const desk = new JobDesk({
    ...{
      instance,
      databaseUrl: database.url,
      kafka: kafka.connection,
      projections: [projection],
      logger,
      helpers: 0,
      erases: false,
    },
  });
  try {
    const { jobs } = desk;
    const job = await jobs.cancel(name, 'rebuild');
    if (!job) {
      say(`${name}: no rebuild is under way`);
      return 1;
    }
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(LOOK_MS)) {
      const now = await jobs.get(job.id);
      if (now?.state === 'cancelled') {
        process.stdout.write(`${name}: the rebuild was cancelled\n`);
        return 0;
      }
      if (now?.finishedAt) break;
      // Nobody works on it: then it is for this process to tidy up.
      const claim = await jobs.claim([projection], instance, job.id);
      if (claim) await desk.workOn(claim, AbortSignal.timeout(PATIENCE_MS));
    }
    say(`${name}: the rebuild was not cancelled in time, or had ended already`);
    return 1;
  } finally {
    await desk.close();
  }
}
