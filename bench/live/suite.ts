import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, peakMemory } from '../measure/processes';
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
      const figures = await measure(catching, servers, workload.records, patienceMs);
      const rows =
        figures.complete && catching.rows ? compare(await catching.rows(), workload.rows) : 'not looked at';
      const { perSecond, cpu, memory, note } = figures;
      return {
        suite,
        round,
        contestant: contestant.name,
        perSecond,
        cpu,
        memory,
        rows,
        ...(note ? { note } : {}),
      };
    } finally {
      await catching.stop();
    }
  } finally {
    await servers.dropDatabase(databaseUrl);
  }
}

interface Measured {
  readonly perSecond: number;
  readonly cpu: NonNullable<Figures['cpu']>;
  readonly memory: number;
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
  const cpuNow = (): readonly number[] => [
    catching.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    cpuSeconds(servers.postgres.pid),
    cpuSeconds(servers.kafka.pid),
  ];
  const patience = performance.now() + patienceMs + 60_000;
  let done = 0;
  while ((done = await catching.progress()) === 0) {
    const failure = catching.failure();
    if (failure !== null) throw new Error(`it ended before it began:\n${failure}`);
    if (performance.now() > patience) throw new Error('it does not begin');
    await sleep(POLL_MS);
  }
  const first = { done, at: performance.now(), cpu: cpuNow() };
  if (first.done >= total) throw new Error('the workload is too small: all of it was one batch');
  let last = { done, at: performance.now() };
  while (last.done < total && last.at - first.at < patienceMs) {
    const failure = catching.failure();
    if (failure !== null) throw new Error(`it ended half-way:\n${failure}`);
    await sleep(POLL_MS);
    done = await catching.progress();
    last = { done, at: performance.now() };
  }
  const cpu = cpuNow();
  const events = last.done - first.done;
  const [client, postgres, kafka] = cpu.map((seconds, i) => ((seconds - first.cpu[i]!) / events) * 1e6);
  const complete = last.done >= total;
  return {
    perSecond: (events / (last.at - first.at)) * 1_000,
    cpu: { client: client!, postgres: postgres!, kafka: kafka! },
    memory: catching.pids.reduce((sum, pid) => sum + peakMemory(pid), 0),
    complete,
    note: complete
      ? null
      : `stopped after ${patienceMs / 1_000} s at ${Math.round((100 * last.done) / total)} %`,
  };
}
