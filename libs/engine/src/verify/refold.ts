import type { ErasedPerson } from '../erasure/erased-persons';
import type { OffsetRange } from '../log/log-reader';
import { concurrently } from '../concurrently';
import { allEntries, type LedgerEntries } from './ledger';
import type { Folded, FoldTask } from './refold-part';
import type { SpillIndex } from './spill-file';
import type { StoredDeadLetter } from './verify-store';

/**
 * One of the parts that a refold is divided into, such as a thread. Each method is called once, in this order, after
 * all parts have finished the one before. What a part has spilled stays readable until `close`.
 */
export interface RefoldPart<R> {
  fold(task: FoldTask, read: (offsets: number) => void, signal: AbortSignal): Promise<Folded>;
  merge(
    spills: readonly SpillIndex[],
    groups: readonly number[],
    signal: AbortSignal,
  ): Promise<SpillIndex | null>;
  count(spills: readonly SpillIndex[], groups: readonly number[], signal: AbortSignal): Promise<R>;
  close(): void | Promise<void>;
}

export interface DividedRefold<R> {
  readonly parts: readonly { readonly part: RefoldPart<R>; readonly ranges: readonly OffsetRange[] }[];
  readonly deadLetters: readonly StoredDeadLetter[];
  readonly erased: readonly ErasedPerson[];
  /** The most rows in memory, over all parts. */
  readonly maxRows: number;
  readonly read: (offsets: number) => void;
  readonly signal: AbortSignal;
}

const FEWEST_GROUPS = 64;
const MOST_GROUPS = 1_024;
/** A few bytes are kept for every row of a group, and have to fit into memory. */
const OFFSETS_PER_GROUP = 1_000_000;

/**
 * Folds ranges of the log again, divided among parts that work at the same time.
 *
 * @throws what the first part that fails throws, once all have stopped, and the signal's reason once it is aborted
 */
export async function refold<R>({
  parts,
  deadLetters,
  erased,
  maxRows,
  read,
  signal,
}: DividedRefold<R>): Promise<{ readonly entries: LedgerEntries; readonly results: readonly R[] }> {
  type Step<T> = (part: RefoldPart<R>, place: number, stop: AbortSignal) => Promise<T>;
  const inAllParts = <T>(step: Step<T>): Promise<T[]> =>
    concurrently(
      parts.map(
        ({ part }, place) =>
          (stop) =>
            step(part, place, stop),
      ),
      signal,
    );
  const groups = groupsFor(parts.flatMap(({ ranges }) => ranges));
  const groupsOf = (place: number, spills: readonly SpillIndex[]): number[] =>
    spills.length === 0 ? [] : range(groups).filter((group) => group % parts.length === place);
  const shared = {
    deadLetters,
    erased,
    groups,
    maxRows: Math.ceil(maxRows / parts.length),
    alone: parts.length === 1,
  };
  try {
    // Each part folds partitions of its own. Rows that do not fit into memory, or that others may have too, are spilled.
    const folded = await inAllParts((part, place, stop) =>
      part.fold({ ...shared, ranges: parts[place]!.ranges }, read, stop),
    );
    // Each part merges the keys that were spilled more than once, in groups of its own.
    const spills = folded.flatMap(({ spilled }) => spilled ?? []);
    const counts = await inAllParts((part, place, stop) => part.merge(spills, groupsOf(place, spills), stop));
    // Each part adds up the counts of tallies, in the same way.
    const countSpills = counts.flatMap((index) => index ?? []);
    const results = await inAllParts((part, place, stop) =>
      part.count(countSpills, groupsOf(place, countSpills), stop),
    );
    return { entries: allEntries(folded.map(({ entries }) => entries)), results };
  } finally {
    await Promise.all(parts.map(async ({ part }) => part.close()));
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function groupsFor(ranges: readonly OffsetRange[]): number {
  const offsets = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  let groups = FEWEST_GROUPS;
  while (groups < MOST_GROUPS && groups * OFFSETS_PER_GROUP < offsets) groups *= 2;
  return groups;
}
