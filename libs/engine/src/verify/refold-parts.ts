import type { ErasedPerson } from '../erasure/erased-persons';
import type { EngineEvent } from '../log/event';
import type { OffsetRange, Source } from '../log/log-reader';
import type { Projection } from '../declare/projection';
import { concurrently } from '../concurrently';
import { allEntries, type LedgerEntries } from './ledger';
import { Refold, type Folded, type FoldTask, type RefoldCost } from './refold';
import { relationsOf, type Relation } from './relation';
import type { RowCodec } from './row-codec';
import { BucketSums, type SummedBuckets } from './row-digest';
import type { SpillIndex } from './spill-file';
import type { StoredDeadLetter } from './verify-store';

/**
 * One of those among whom a refold is divided, such as a thread. The methods are called once each, in this order,
 * after all parts have done the one before; what a part has spilled stays readable until `close`.
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
  /** In the memory of all parts together. */
  readonly maxRows: number;
  readonly read: (offsets: number) => void;
  readonly signal: AbortSignal;
}

const FEWEST_GROUPS = 64;
const MOST_GROUPS = 1_024;
/** So that what is kept of every row of a group, a few bytes, fits into memory. */
const OFFSETS_PER_GROUP = 1_000_000;

/** @throws what the first part that fails throws, once all have stopped, and the signal's reason once it is aborted */
export async function refold<R>({
  parts,
  deadLetters,
  erased,
  maxRows,
  read,
  signal,
}: DividedRefold<R>): Promise<{ readonly entries: LedgerEntries; readonly results: readonly R[] }> {
  try {
    const groups = groupsFor(parts.flatMap(({ ranges }) => ranges));
    const alone = parts.length === 1;
    const share = Math.ceil(maxRows / parts.length);
    const tasks = parts.map(({ ranges }) => ({
      ranges,
      deadLetters,
      erased,
      maxRows: share,
      groups,
      alone,
    }));
    const folded = await concurrently(
      parts.map(
        ({ part }, i) =>
          (stop) =>
            part.fold(tasks[i]!, read, stop),
      ),
      signal,
    );
    const spills = folded.flatMap(({ spilled }) => spilled ?? []);
    const own = (i: number): number[] =>
      Array.from({ length: groups }, (_, group) => group).filter((group) => group % parts.length === i);
    const groupsOf = (i: number, of: readonly SpillIndex[]): number[] => (of.length > 0 ? own(i) : []);
    const counts = await concurrently(
      parts.map(
        ({ part }, i) =>
          (stop) =>
            part.merge(spills, groupsOf(i, spills), stop),
      ),
      signal,
    );
    const countSpills = counts.flatMap((index) => index ?? []);
    const results = await concurrently(
      parts.map(
        ({ part }, i) =>
          (stop) =>
            part.count(countSpills, groupsOf(i, countSpills), stop),
      ),
      signal,
    );
    return { entries: allEntries(folded.map(({ entries }) => entries)), results };
  } finally {
    await Promise.all(parts.map(async ({ part }) => part.close()));
  }
}

function groupsFor(ranges: readonly OffsetRange[]): number {
  const offsets = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  let groups = FEWEST_GROUPS;
  while (groups < MOST_GROUPS && groups * OFFSETS_PER_GROUP < offsets) groups *= 2;
  return groups;
}

/** The digests of what a part has handed over, by table and tally. */
export interface SummedPart extends RefoldCost {
  readonly sums: ReadonlyMap<string, SummedBuckets>;
}

/** A part in this thread that sums up digests of all tables and tallies. */
export class SummingPart<E extends EngineEvent> implements RefoldPart<SummedPart> {
  private readonly sums: ReadonlyMap<Relation, BucketSums>;
  private readonly work: Refold<E>;

  constructor(projection: Projection<E>, source: Source<E>, codec: RowCodec, buckets: number) {
    const relations = relationsOf(projection);
    this.sums = new Map(relations.map((relation) => [relation, new BucketSums(buckets)]));
    this.work = new Refold(projection, source, codec, relations, buckets, {
      add: (relation, _row, digester) => this.sums.get(relation)!.add(digester),
      remove: (relation, _row, digester) => this.sums.get(relation)!.remove(digester),
    });
  }

  fold(...asked: Parameters<Refold<E>['fold']>): Promise<Folded> {
    return this.work.fold(...asked);
  }

  merge(...asked: Parameters<Refold<E>['merge']>): Promise<SpillIndex | null> {
    return this.work.merge(...asked);
  }

  async count(...asked: Parameters<Refold<E>['count']>): Promise<SummedPart> {
    const cost = await this.work.count(...asked);
    const sums = new Map([...this.sums].map(([{ name }, { summed }]) => [name, summed]));
    return { ...cost, sums };
  }

  close(): void {
    this.work.close();
  }
}
