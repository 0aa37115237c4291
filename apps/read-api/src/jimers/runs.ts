import { definitionOf, type Meaning } from '@app/catalog';

export const RUN_OUTCOMES = ['completed', 'dismissed', 'started', 'abandoned'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** An event that begins or ends a run. */
export interface RunEvent {
  readonly kind: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

export interface Run {
  /** null for what was completed or dismissed without a start. */
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly dismissedAt: number | null;
  /** `started`: the newest, and not ended; `abandoned`: started, and started anew before it ended. */
  readonly outcome: RunOutcome;
}

export function isStart({ kind }: RunEvent): boolean {
  return meaningOf(kind) === 'start';
}

/**
 * The runs of a jimer through an experience, oldest first. A run lasts from a start to the next; in the same
 * second the start is taken to come first, as in a journey's state. Its end is the first of its kind, and a
 * completed run stays completed, whatever is dismissed in it.
 *
 * @param events starts, completions and dismissals, in any order; of the ends of a run the first of each kind will do
 * @param isFollowed whether there are newer runs than these
 */
export function runsOf(events: readonly RunEvent[], isFollowed = false): Run[] {
  const ordered = events.toSorted((a, b) => a.time - b.time || Number(isStart(b)) - Number(isStart(a)));
  const runs: { startedAt: number | null; completedAt: number | null; dismissedAt: number | null }[] = [];
  for (const event of ordered) {
    if (isStart(event) || runs.length === 0)
      runs.push({ startedAt: isStart(event) ? event.time : null, completedAt: null, dismissedAt: null });
    const run = runs.at(-1)!;
    const meaning = meaningOf(event.kind);
    if (meaning === 'completion') run.completedAt ??= event.time;
    if (meaning === 'dismissal') run.dismissedAt ??= event.time;
  }
  const newest = isFollowed ? null : runs.at(-1);
  return runs.map((run) => ({ ...run, outcome: outcomeOf(run, run === newest) }));
}

const meaningOf = (kind: string): Meaning | undefined => definitionOf(kind)?.means;

function outcomeOf(run: Omit<Run, 'outcome'>, isNewest: boolean): RunOutcome {
  if (run.completedAt !== null) return 'completed';
  if (run.dismissedAt !== null) return 'dismissed';
  return isNewest ? 'started' : 'abandoned';
}
