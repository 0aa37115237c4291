import type { EngineEvent } from '../log/event';
import { isSamePartition } from '../log/log-position';
import { assertHolds, assertSameLog, CheckpointOutOfRange } from '../log/checkpoint';
import type { LogBounds, OffsetRange, Source } from '../log/log-reader';
import type { Projection } from '../declare/projection';
import { doubts, recordsBeyond } from './displacement';
import { ledgerDifferences, rangesUpTo, type LedgerEntries } from './ledger';
import { Refold, type RefoldCost } from './refold';
import { refold, SummingPart, type DividedRefold, type SummedPart } from './refold-parts';
import { relationsOf, type Relation } from './relation';
import type { SecondLook, TableReport, VerifyFacts, VerifyReport } from './report';
import { BucketSums } from './row-digest';
import { bucketsForSecondLook, compareRows, RowsOfBuckets, type ComparedRelation } from './second-look';
import type { GenerationSnapshot, RelationDigests, VerifyStore } from './verify-store';

/** Of keys, per table: some hundred rows in a bucket of a table of a million. */
const BUCKETS = 4_096;
/** Between two of the reader's tellings. */
const REPORT_EVERY_MS = 500;

type VerifyPhase = 'digests' | 'refold' | 'second look';

interface VerifyProgress {
  readonly phase: VerifyPhase;
  /** Offsets behind it and in all; both 0 while digests are read. */
  readonly done: number;
  readonly total: number;
}

export interface VerifyOptions<E extends EngineEvent> {
  readonly projection: Projection<E>;
  readonly source: Source<E>;
  readonly store: VerifyStore;
  /** The smallest `min.compaction.lag.ms` of the projection's topics. */
  readonly minCompactionLagMs: number;
  /** Rows in memory at a time; those of one batch of the log come on top. */
  readonly maxRows: number;
  readonly report: (progress: VerifyProgress) => void;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** A power of two. */
  readonly buckets?: number;
  /** Who folds which part of the log: this thread all of it unless given. Partitions stay whole. */
  readonly divide?: (ranges: readonly OffsetRange[], buckets: number) => DividedRefold<SummedPart>['parts'];
}

/**
 * Proves a generation equal to the log, or names the rows that differ: refolds the log with the pure functions up
 * to the generation's checkpoints and compares digests per table and bucket of keys. Costs no lock, and bounded
 * memory. What was set aside is excluded, and reported; so are the rows of persons who are erased, excluded by the
 * table that says who they are, which is itself verified.
 *
 * Digests and checkpoints are of one moment, and the log is read after it. A record that came since may displace
 * one that was applied (compaction), but not before it is as old as `min.compaction.lag.ms`: a run that takes
 * longer than that, or a projection that lags by more, ends *indeterminate*.
 *
 * @throws {CheckpointOutOfRange} when the log is not the one that the checkpoints are of
 * @throws faults of the infrastructure, and the signal's reason once it is aborted
 */
export function verify<E extends EngineEvent>(options: VerifyOptions<E>): Promise<VerifyReport> {
  return new Verification(options).run();
}

class Verification<E extends EngineEvent> {
  private readonly now: () => number;
  private readonly buckets: number;
  private readonly relations: readonly Relation[];

  constructor(private readonly options: VerifyOptions<E>) {
    this.now = options.now ?? Date.now;
    this.buckets = options.buckets ?? BUCKETS;
    this.relations = relationsOf(options.projection);
  }

  async run(): Promise<VerifyReport> {
    const { projection, source, store, minCompactionLagMs, report, signal } = this.options;
    const startedAt = this.now();
    report({ phase: 'digests', done: 0, total: 0 });
    const snapshot = await store.digests(this.buckets, signal);
    const bounds = await this.boundsFor(snapshot);
    const beyond = await recordsBeyond(source.log, snapshot, bounds, signal);

    const { looked, entries, cost } = await this.compareDigests(snapshot, bounds);
    const secondLook = await this.secondLook(looked, snapshot);

    const endedAt = this.now();
    const reasons = doubts(snapshot, bounds, beyond, { startedAt, endedAt, minCompactionLagMs });
    const accounts = ledgerDifferences(snapshot, entries);
    const { records, unapplied, deadLetters: setAside, replayable } = entries;
    const seconds = (endedAt - startedAt) / 1_000;
    const facts: VerifyFacts = {
      projection: projection.name,
      version: projection.version,
      generation: snapshot.generation,
      startedAt: new Date(startedAt).toISOString(),
      seconds,
      records,
      recordsPerSecond: seconds > 0 ? Math.round(records / seconds) : 0,
      ...cost,
      tables: looked.map((each) => tableReport(each, snapshot.digests, this.buckets)),
      accounts,
      unapplied,
      setAside,
      replayable,
      secondLook,
    };
    if (reasons.length > 0) return { ...facts, outcome: 'indeterminate', reasons };
    const differs = secondLook !== null || accounts.length > 0 || unapplied.count > 0;
    return { ...facts, outcome: differs ? 'differs' : 'clean' };
  }

  /** @throws {CheckpointOutOfRange} when the log is not the one that the checkpoints are of */
  private async boundsFor({ checkpoints }: GenerationSnapshot): Promise<readonly LogBounds[]> {
    const { projection, source, signal } = this.options;
    const bounds = await source.log.bounds(projection.topics);
    for (const place of checkpoints) {
      const { next } = place.checkpoint;
      const own = bounds.find((each) => isSamePartition(each, place));
      if (own) assertHolds(own, next);
      else if (next > 0) throw new CheckpointOutOfRange(place, next, 'the log has no such partition');
    }
    await assertSameLog(source.log, checkpoints, signal);
    return bounds;
  }

  private async compareDigests(
    snapshot: GenerationSnapshot & { readonly digests: RelationDigests },
    bounds: readonly LogBounds[],
  ): Promise<{
    readonly looked: ComparedRelation[];
    readonly entries: LedgerEntries;
    readonly cost: RefoldCost;
  }> {
    const { projection, source, store, divide } = this.options;
    const whole = (ranges: readonly OffsetRange[]) => [
      { part: new SummingPart(projection, source, store.codec, this.buckets), ranges },
    ];
    const { entries, results } = await this.refold('refold', snapshot, bounds, divide ?? whole);
    const looked = this.relations.map((relation) => {
      const sums = new BucketSums(this.buckets);
      for (const result of results) sums.addAll(result.sums.get(relation.name)!);
      return { relation, sums, differing: sums.differing(snapshot.digests.get(relation.name) ?? []) };
    });
    const total = (of: (cost: RefoldCost) => number): number =>
      results.reduce((sum, result) => sum + of(result), 0);
    const cost = { peakRows: total((each) => each.peakRows), spilledRows: total((each) => each.spilledRows) };
    return { looked, entries, cost };
  }

  /**
   * The rows of some buckets that differ, at a later moment: the live tables go on meanwhile, and the moment of the
   * digests has passed.
   */
  private async secondLook(
    looked: readonly ComparedRelation[],
    { generation, digests }: GenerationSnapshot & { readonly digests: RelationDigests },
  ): Promise<SecondLook | null> {
    const { projection, source, store, signal } = this.options;
    const selection = bucketsForSecondLook(looked, digests);
    if (selection.size === 0) return null;
    const snapshot = await store.rows(generation, this.buckets, selection, signal);
    const bounds = await this.boundsFor(snapshot);
    const looks = new Map(
      this.relations.flatMap((relation) => {
        const chosen = selection.get(relation.name);
        return chosen ? [[relation, new RowsOfBuckets(relation, chosen)] as const] : [];
      }),
    );
    const part = new Refold(projection, source, store.codec, [...looks.keys()], this.buckets, {
      add: (relation, row, digester) => looks.get(relation)!.add(row, digester),
      remove: (relation, _row, digester) => looks.get(relation)!.remove(digester),
    });
    await this.refold('second look', snapshot, bounds, (ranges) => [{ part, ranges }]);
    const rows = compareRows(
      [...looks].map(([{ name }, look]) => ({ look, stored: snapshot.rows.get(name) ?? [] })),
    );
    const buckets = [...selection.values()].reduce((sum, chosen) => sum + chosen.length, 0);
    return { buckets, rows, settled: rows.count === 0 };
  }

  private refold<R>(
    phase: VerifyPhase,
    snapshot: GenerationSnapshot,
    bounds: readonly LogBounds[],
    divide: (ranges: readonly OffsetRange[], buckets: number) => DividedRefold<R>['parts'],
  ): ReturnType<typeof refold<R>> {
    const { maxRows, signal } = this.options;
    const ranges = rangesUpTo(snapshot, bounds);
    const total = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
    const report = this.reporter(phase, total);
    let done = 0;
    const read = (offsets: number): void => report((done += offsets));
    const { deadLetters: letters, erased } = snapshot;
    return refold({
      parts: divide(ranges, this.buckets),
      deadLetters: letters,
      erased,
      maxRows,
      read,
      signal,
    });
  }

  private reporter(phase: VerifyPhase, total: number): (done: number) => void {
    let last = Number.NEGATIVE_INFINITY;
    return (done) => {
      const time = performance.now();
      if (done < total && time - last < REPORT_EVERY_MS) return;
      last = time;
      this.options.report({ phase, done, total });
    };
  }
}

function tableReport(
  { relation, sums, differing }: ComparedRelation,
  stored: RelationDigests,
  buckets: number,
): TableReport {
  const storedRows = (stored.get(relation.name) ?? []).reduce((sum, { rows }) => sum + rows, 0);
  return {
    table: relation.name,
    rows: sums.rows,
    storedRows,
    buckets,
    differingBuckets: differing.length,
  };
}
