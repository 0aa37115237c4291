import { Random } from '../random';

export const PROJECTORS = ['journey-projector', 'experience-projector', 'feedback-projector'] as const;
export const PARTS = [...PROJECTORS, 'gateway', 'read-api', 'kafka', 'postgres'] as const;
export type Part = (typeof PARTS)[number];

/** What is done to the running system; all of it must leave no trace in the read models. */
export type Fault =
  /** SIGKILL: no chance to tidy up. */
  | { readonly kind: 'kill'; readonly part: Part }
  /** Asked to stop, as at a deployment. */
  | { readonly kind: 'stop'; readonly part: Part }
  /** SIGSTOP, and SIGCONT later: a process that wakes up and does not know how late it is. */
  | { readonly kind: 'freeze'; readonly part: Part; readonly forMs: number }
  /** SIGKILL of one connection's backend: PostgreSQL throws all others out and recovers from its log. */
  | { readonly kind: 'crash-backend' }
  /** Not a fault but work that faults must not spoil; killed once on the way when `killAfterMs` says so. */
  | { readonly kind: 'rebuild'; readonly projection: string; readonly killAfterMs: number | null }
  /** The same: the read API is asked to erase somebody; the process that is at it is killed when it says so. */
  | { readonly kind: 'erase'; readonly killed: boolean }
  /** On the command line, which is killed after so long and run again. */
  | { readonly kind: 'erase by hand'; readonly killAfterMs: number };

export interface PlannedFault {
  /** Since the load began. */
  readonly atMs: number;
  readonly fault: Fault;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Which projections are rebuilt meanwhile; none when empty. */
  readonly rebuilt: readonly string[];
  /** Whether anybody is erased. */
  readonly erases: boolean;
}

/** The consumers' session timeout is 10 s: whoever sleeps longer has lost its partitions when it wakes. */
const BEYOND_SESSION = [11_000, 16_000] as const;
const BRIEF = [1_000, 6_000] as const;
const USUAL_PAUSE_MS = 5_000;
const OVERLAP_RATE = 0.2;

/**
 * When what happens. Pure: the same options give the same schedule. Every kind of fault occurs once before any
 * occurs again, however short the run is.
 */
export function scheduleOf(options: ScheduleOptions): PlannedFault[] {
  const { seed, durationMs } = options;
  const random = new Random(seed, 1);
  const planned: PlannedFault[] = [];
  let deck = random.shuffled(deckOf(random, options));
  const pauseMs = Math.min(USUAL_PAUSE_MS, durationMs / (deck.length + 1));
  for (let round = 0; round * deck.length * pauseMs < durationMs - pauseMs; round++) {
    if (round > 0) deck = random.shuffled(deckOf(random, options));
    // Now and then one comes right after the other; the others' pauses make up for it.
    const pauses = deck.map(() =>
      random.chance(OVERLAP_RATE) ? random.between(0, 500) / USUAL_PAUSE_MS : 0.6 + random.unit(),
    );
    const scale = (deck.length * pauseMs) / pauses.reduce((sum, pause) => sum + pause, 0);
    let at = round * deck.length * pauseMs;
    deck.forEach((fault, i) => {
      at += pauses[i]! * scale;
      planned.push({ atMs: Math.round(at), fault });
    });
  }
  return planned.filter(({ atMs }) => atMs < durationMs);
}

function deckOf(random: Random, { rebuilt, erases }: ScheduleOptions): Fault[] {
  const freeze = (part: Part, [least, most]: readonly [number, number]): Fault => ({
    kind: 'freeze',
    part,
    forMs: random.between(least, most),
  });
  const deck: Fault[] = [
    ...PARTS.map((part): Fault => ({ kind: 'kill', part })),
    ...PROJECTORS.map((part) => freeze(part, BEYOND_SESSION)),
    freeze(random.pick(PROJECTORS), BRIEF),
    freeze('gateway', BRIEF),
    freeze('read-api', BRIEF),
    freeze('postgres', random.chance(0.3) ? BEYOND_SESSION : BRIEF),
    freeze('kafka', random.chance(0.3) ? BEYOND_SESSION : BRIEF),
    { kind: 'stop', part: 'kafka' },
    { kind: 'stop', part: random.pick(PARTS.filter((part) => part !== 'kafka')) },
    { kind: 'crash-backend' },
  ];
  if (rebuilt.length > 0)
    deck.push(
      { kind: 'rebuild', projection: random.pick(rebuilt), killAfterMs: null },
      { kind: 'rebuild', projection: random.pick(rebuilt), killAfterMs: random.between(300, 4_000) },
    );
  if (erases)
    deck.push(
      { kind: 'erase', killed: false },
      { kind: 'erase', killed: true },
      { kind: 'erase by hand', killAfterMs: random.between(300, 4_000) },
    );
  return deck;
}

/** One line, for the log of a run. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `SIGKILL ${fault.part}`;
    case 'stop':
      return `stop ${fault.part}`;
    case 'freeze':
      return `SIGSTOP ${fault.part} for ${fault.forMs / 1000} s`;
    case 'crash-backend':
      return 'SIGKILL a backend of postgres';
    case 'rebuild':
      return `rebuild ${fault.projection}${fault.killAfterMs === null ? '' : `, SIGKILL after ${fault.killAfterMs / 1000} s, and again`}`;
    case 'erase':
      return `erase somebody${fault.killed ? ', and SIGKILL whoever is at it' : ''}`;
    case 'erase by hand':
      return `erase somebody on the command line, SIGKILL after ${fault.killAfterMs / 1000} s, and again`;
  }
}
