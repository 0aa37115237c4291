import { setTimeout as sleep } from 'node:timers/promises';
import { Meter, type Costs } from '../measure/meter';
import type { Figures } from '../measure/results';
import type { Options } from '../options';
import type { Servers } from '../servers';
import { compare } from '../truth';
import type { Workload } from '../workload';
import type { Catching, LiveContestant } from './contestant';
import { debezium } from './debezium';
import { naiveNest } from './naive-nest';
import { ours } from './ours';
import { postgresAlone } from './postgres-alone';
import { kafkaStreams, kafkaStreamsSlow } from './streams';
import { floor } from './floor';

export const LIVE: readonly LiveContestant[] = [
  floor,
  postgresAlone,
  ours,
  debezium,
  naiveNest,
  kafkaStreams,
  kafkaStreamsSlow,
];

const POLL_MS = 25;

/** One contestant catches up with the whole log, from nothing, in a database of its own. */
export async function catchUp(
  contestant: LiveContestant,
  where: {
    readonly servers: Servers;
    readonly workload: Workload;
    readonly suite: string;
    readonly round: number;
  },
  { patienceMs }: Pick<Options, 'patienceMs'>,
): Promise<Figures> {
  const { servers, workload, suite, round } = where;
  const id = `${contestant.name.replaceAll(/[^a-z0-9]+/gi, '_').toLowerCase()}_${round}_${Date.now() % 1e6}`;
  const databaseUrl = await servers.createDatabase(`bench_${id}`);
  try {
    const catching = await contestant.start({ servers, databaseUrl, workload, id });
    try {
      const { complete, note, ...figures } = await measure(catching, servers, workload.records, patienceMs);
      const rows =
        complete && catching.rows ? compare(await catching.rows(), workload.rows) : 'not looked at';
      const notes = [note, await catching.note?.()].filter(Boolean).join('; ');
      return {
        suite,
        round,
        contestant: contestant.name,
        ...figures,
        rows,
        ...(notes ? { note: notes } : {}),
      };
    } finally {
      await catching.stop();
    }
  } finally {
    await servers.dropDatabase(databaseUrl);
  }
}

interface Measured extends Costs {
  readonly perSecond: number;
  readonly complete: boolean;
  readonly note: string | null;
}

/**
 * From the first progress that is seen to the end: the events before it do not count, and neither does the time,
 * so that starting up (a second for Node, many for Kafka Connect) is nobody's disadvantage.
 */
async function measure(
  catching: Catching,
  servers: Servers,
  total: number,
  patienceMs: number,
): Promise<Measured> {
  const patience = performance.now() + patienceMs + 60_000;
  let done = 0;
  while ((done = await catching.progress()) === 0) {
    const failure = catching.failure();
    if (failure !== null) throw new Error(`it ended before it began:\n${failure}`);
    if (performance.now() > patience) throw new Error('it does not begin');
    await sleep(POLL_MS);
  }
  const meter = new Meter(catching.pids, servers);
  const first = done;
  if (first >= total) throw new Error('the workload is too small: all of it was one batch');
  while (done < total && meter.seconds * 1_000 < patienceMs) {
    const failure = catching.failure();
    if (failure !== null) throw new Error(`it ended half-way:\n${failure}`);
    await sleep(POLL_MS);
    done = await catching.progress();
  }
  const events = done - first;
  const complete = done >= total;
  return {
    perSecond: events / meter.seconds,
    ...meter.read(events),
    complete,
    note: complete ? null : `stopped after ${patienceMs / 1_000} s at ${Math.round((100 * done) / total)} %`,
  };
}
