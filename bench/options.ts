import { parseArgs } from 'node:util';

/** In the order in which they run. */
export const SUITES = [
  'live',
  'rebuild',
  'growth',
  'scale-out',
  'read',
  'latency',
  'gateway',
  'tracing-projector',
  'tracing-gateway',
] as const;
export type SuiteName = (typeof SUITES)[number];

export interface Options {
  /** Occurrences of the workload; redeliveries come on top. */
  readonly events: number;
  readonly jimers: number;
  readonly rounds: number;
  readonly suites: readonly SuiteName[];
  /** Names of the contestants to run; empty runs all. */
  readonly only: readonly string[];
  readonly seed: number;
  /** Journey rows of the suites `read` and (as the larger table) `growth`. */
  readonly journeys: number;
  /** How long a contestant may take for one run before it is stopped and its rate so far counts. */
  readonly patienceMs: number;
  /** How long the gateway suite loads each contestant. */
  readonly seconds: number;
  /** Folder of the results. */
  readonly results: string;
}

export const USAGE = `npm run bench -- [options]
  --suite a,b      ${SUITES.join(', ')}; live unless given
  --only a,b       contestants to run
  --events N       events of the workload (1,000,000)
  --jimers N       end users (a twentieth of the events)
  --rounds R       rounds, each contestant once per round (3)
  --seed S         of the workload (1)
  --journeys N     journey rows for the suites read (5,000,000) and growth (10,000,000)
  --patience S     seconds after which a contestant is stopped (90)
  --seconds S      how long each gateway is loaded (15)
  --results DIR    where JSON and Markdown go (bench/results)`;

/** @throws {Error} with the usage for what it does not know */
export function optionsOf(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      suite: text,
      only: text,
      events: text,
      jimers: text,
      rounds: text,
      seed: text,
      journeys: text,
      patience: text,
      seconds: text,
      results: text,
    },
  });
  const events = count('events', values.events, 1_000_000);
  const suites = list(values.suite ?? 'live');
  const unknown = suites.find((suite) => !SUITES.some((name) => name === suite));
  if (unknown !== undefined) throw new Error(`there is no suite ${unknown}\n${USAGE}`);
  return {
    events,
    jimers: count('jimers', values.jimers, Math.max(1, Math.round(events / 20))),
    rounds: count('rounds', values.rounds, 3),
    suites: suites as SuiteName[],
    only: list(values.only ?? ''),
    seed: count('seed', values.seed, 1),
    journeys: count('journeys', values.journeys, suites.includes('growth') ? 10_000_000 : 5_000_000),
    patienceMs: 1_000 * count('patience', values.patience, 90),
    seconds: count('seconds', values.seconds, 15),
    results: values.results ?? 'bench/results',
  };
}

function list(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

function count(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text.replaceAll(/[,_]/g, ''));
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a whole number\n${USAGE}`);
  return value;
}
