import 'reflect-metadata';
import { loadGateway } from './gateway/suite';
import type { GatewayContestant } from './gateway/contestant';
import { GATEWAYS } from './gateway/contestants';
import { catchUp, LIVE } from './live/suite';
import type { LiveContestant } from './live/contestant';
import { machine, markdown, save, type Figures } from './measure/results';
import { optionsOf, SUITES, type Options, type SuiteName } from './options';
import { REBUILDS } from './rebuild/contestants';
import { rebuild } from './rebuild/suite';
import { startServers, type Servers } from './servers';
import { latency } from './system/latency';
import { readApi } from './system/read';
import { growth, SCALE_OUT } from './system/scale';
import { TracingBench, type TracedLog } from './system/tracing';
import { fillLog, type Workload } from './workload';

interface Bench {
  readonly servers: Servers;
  readonly workload: Workload;
  readonly options: Options;
}

type Runs = AsyncGenerator<Figures, void, undefined>;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The contestants that are asked for, round by round, each in turn. */
async function* turns<
  C extends { readonly name: string; unavailable?(servers: Servers): Promise<string | null> },
>(
  suite: string,
  contestants: readonly C[],
  { servers, options }: Bench,
): AsyncGenerator<{ contestant: C; round: number }, void, undefined> {
  const wanted = contestants.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  for (let round = 1; round <= options.rounds; round++)
    for (const contestant of wanted) {
      const reason = (await contestant.unavailable?.(servers)) ?? null;
      say(`${suite}, round ${round}: ${contestant.name}${reason === null ? '' : ` is skipped: ${reason}`}`);
      if (reason === null) yield { contestant, round };
    }
}

async function* live(suite: string, contestants: readonly LiveContestant[], bench: Bench): Runs {
  for await (const { contestant, round } of turns(suite, contestants, bench))
    yield await catchUp(contestant, { ...bench, suite, round }, bench.options);
}

async function* rebuilds(bench: Bench): Runs {
  for await (const { contestant, round } of turns('rebuild', REBUILDS, bench))
    yield await rebuild(contestant, { ...bench, round });
}

async function* gateways(suite: string, contestants: readonly GatewayContestant[], bench: Bench): Runs {
  for await (const { contestant, round } of turns(suite, contestants, bench))
    yield* await loadGateway(contestant, { ...bench, suite, round }, bench.options);
}

async function* tracing(suite: 'tracing-gateway' | 'tracing-projector', bench: Bench): Runs {
  const tracing = new TracingBench();
  try {
    if (suite === 'tracing-gateway') yield* gateways(suite, await tracing.gateways(), bench);
    else yield* logs(suite, await tracing.logs(bench, bench.options), bench);
  } finally {
    await tracing.stop();
  }
}

/** Round by round each log in turn, so that what is compared is near in time. */
async function* logs(suite: string, all: readonly TracedLog[], { options }: Bench): Runs {
  for (let round = 1; round <= options.rounds; round++)
    for (const log of all)
      for await (const run of live(suite, log.contestants, { ...log, options: { ...options, rounds: 1 } }))
        yield { ...run, round };
}

async function* latencies({ servers, options }: Bench): Runs {
  for (let round = 1; round <= options.rounds; round++) {
    say(`latency, round ${round}`);
    yield await latency(servers.folder, round);
  }
}

function runsOf(suite: SuiteName, bench: Bench): Runs {
  const { servers, options } = bench;
  switch (suite) {
    case 'live':
      return live(suite, LIVE, bench);
    case 'rebuild':
      return rebuilds(bench);
    case 'growth':
      return live(suite, growth(options.journeys), bench);
    case 'scale-out':
      return live(suite, SCALE_OUT, bench);
    case 'latency':
      return latencies(bench);
    case 'read':
      return readApi(servers, options.journeys, options.rounds);
    case 'gateway':
      return gateways(suite, GATEWAYS, bench);
    case 'tracing-projector':
    case 'tracing-gateway':
      return tracing(suite, bench);
  }
}

async function main(options: Options): Promise<void> {
  const figures: Figures[] = [];
  say('starting Kafka and Postgres');
  const servers = await startServers();
  let about: Record<string, string | number> = { machine: machine(), ...described(options) };
  try {
    const workload = await filled(servers, options);
    about = { ...about, ...workloadDescribed(workload) };
    // The gateways come last: ours appends to the log that the others read.
    for (const suite of SUITES.filter((name) => options.suites.includes(name)))
      for await (const run of runsOf(suite, { servers, workload, options })) {
        say(`  ${JSON.stringify(run)}`);
        figures.push(run);
      }
  } finally {
    await servers.stop();
    if (figures.length > 0) {
      const path = save(options.results, { about, figures });
      process.stdout.write(`${markdown({ about, figures })}\nsaved as ${path}\n`);
    }
  }
}

async function filled(servers: Servers, options: Options): Promise<Workload> {
  say(`generating ${options.events} events into the log`);
  const started = performance.now();
  const workload = await fillLog(servers.brokers, options);
  say(
    `  ${workload.records} records of the journeys in ${((performance.now() - started) / 1_000).toFixed(0)} s`,
  );
  return workload;
}

function described({ events, jimers, seed, rounds }: Options): Record<string, string | number> {
  return { date: new Date().toISOString().slice(0, 16), events, jimers, seed, rounds };
}

function workloadDescribed({ records, rows, meanBytes }: Workload): Record<string, string | number> {
  return {
    'records of the journeys': records,
    'distinct journeys': rows.journeys,
    'distinct touches': rows.touches,
    'bytes per event': meanBytes,
  };
}

main(optionsOf(process.argv.slice(2))).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
