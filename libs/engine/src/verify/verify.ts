import { sameLogBounds } from '../log/checkpoint';
import type { EngineEvent } from '../log/event';
import type { LogBounds, OffsetRange, Source } from '../log/log-reader';
import type { Projection } from '../declare/projection';
import { firstRecordsAfter, reasonsForDoubt } from './compaction';
import { ledgerDifferences, rangesUpTo, type LedgerEntries } from './ledger';
import { refold, type DividedRefold } from './refold';
import { PartRefold, type RefoldCost } from './refold-part';
import { relationsOf } from './relation';
import type { RowComparison, TableReport, VerifyFacts, VerifyReport } from './report';
import { chooseBuckets, compareRows, RowsOfBuckets, type DigestComparison } from './row-comparison';
import { BucketSums } from './row-digest';
import { SummingPart, type SummedPart } from './summing-part';
import type { GenerationSnapshot, RelationDigests, VerifyStore } from './verify-store';

/** Buckets of keys per table: a bucket of a table of a million rows has some hundred of them. */
const BUCKETS = 4_096;
/** Between two reports while the log is read. */
const REPORT_EVERY_MS = 500;

type VerifyPhase = 'digests' | 'refold' | 'rows';

interface VerifyProgress {
  readonly phase: VerifyPhase;
  /** Offsets read so far and in all; both are 0 while the stored rows are digested. */
  readonly done: number;
  readonly total: number;
}

export interface VerifyOptions<E extends EngineEvent> {
  readonly projection: Projection<E>;
  readonly source: Source<E>;
  readonly store: VerifyStore;
  /** The smallest `min.compaction.lag.ms` of the projection's topics. */
  readonly minCompactionLagMs: number;
  /** The most rows that are kept in memory; those of one batch of the log come on top. */
  readonly maxRows: number;
  readonly report: (progress: VerifyProgress) => void;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** A power of two. */
  readonly buckets?: number;
  /** Divides the log among threads, partition by partition; without it this thread folds all of it. */
  readonly divide?: (ranges: readonly OffsetRange[], buckets: number) => DividedRefold<SummedPart>['parts'];
}

/**
 * Proves a generation equal to the log, or names the rows that differ: folds the log again with the pure functions, up
 * to the generation's checkpoints, and compares digests per table and bucket of keys. It takes no lock and a bounded
 * amount of memory. Dead letters are left out and reported; so are the rows of erased persons, who are known from a
 * table that is verified itself.
 *
 * Digests and checkpoints are of one moment, and the log is read after it. A record that arrived since may displace one
 * that was applied (compaction), but only once it is as old as `min.compaction.lag.ms`: a run that takes longer than
 * that, or a projection that lags by more, ends as *indeterminate*.
 *
 * @throws {CheckpointOutOfRange} when the checkpoints are not of this log
 * @throws faults of the infrastructure, and the signal's reason once it is aborted
 */
export async function verify<E extends EngineEvent>(options: VerifyOptions<E>): Promise<VerifyReport> {
  const { projection, source, store, minCompactionLagMs, signal } = options;
  const { now = Date.now, buckets = BUCKETS } = options;
  const startedAt = now();

  // The store digests its rows, and says at which checkpoints and with which dead letters.
  options.report({ phase: 'digests', done: 0, total: 0 });
  const snapshot = await store.digests(buckets, signal);

  // The log must be the one that these checkpoints are of.
  const bounds = await sameLogBounds(source.log, projection.topics, snapshot.checkpoints, signal);
  const unread = await firstRecordsAfter(source.log, snapshot, bounds, signal);

  // The log is folded again up to the checkpoints, and the digests of its rows are compared with the store's.
  const { tables, entries, cost } = await compareDigests(options, buckets, snapshot, bounds);

  // The rows of some of the buckets that differ are compared one by one.
  const comparedRows = await compareDifferingRows(options, buckets, snapshot, tables);

  // Every offset before a checkpoint has to be accounted for in the same way on both sides.
  const offsets = ledgerDifferences(snapshot, entries);

  // What differs is certain only where compaction cannot have removed records meanwhile.
  const endedAt = now();
  const reasons = reasonsForDoubt(snapshot, bounds, unread, { startedAt, endedAt, minCompactionLagMs });
  const { records, unapplied, deadLetters, replayable } = entries;
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
    tables: tables.map((each) => tableReport(each, snapshot.digests, buckets)),
    offsets,
    unapplied,
    deadLetters,
    replayable,
    comparedRows,
  };
  if (reasons.length > 0) return { ...facts, outcome: 'indeterminate', reasons };
  const differs = comparedRows !== null || offsets.length > 0 || unapplied.count > 0;
  return { ...facts, outcome: differs ? 'differs' : 'clean' };
}

type DigestSnapshot = GenerationSnapshot & { readonly digests: RelationDigests };

async function compareDigests<E extends EngineEvent>(
  options: VerifyOptions<E>,
  buckets: number,
  snapshot: DigestSnapshot,
  bounds: readonly LogBounds[],
): Promise<{
  readonly tables: readonly DigestComparison[];
  readonly entries: LedgerEntries;
  readonly cost: RefoldCost;
}> {
  const { projection, source, store, maxRows, signal } = options;
  const ranges = rangesUpTo(snapshot, bounds);
  const inThisThread: NonNullable<typeof options.divide> = (all) => [
    { part: new SummingPart(projection, source, store.codec, buckets), ranges: all },
  ];
  const { entries, results } = await refold({
    parts: (options.divide ?? inThisThread)(ranges, buckets),
    deadLetters: snapshot.deadLetters,
    erased: snapshot.erased,
    maxRows,
    read: progressOf(options, 'refold', ranges),
    signal,
  });
  const tables = relationsOf(projection).map((relation) => {
    const sums = new BucketSums(buckets);
    for (const result of results) sums.addAll(result.sums.get(relation.name)!);
    return { relation, sums, differing: sums.differing(snapshot.digests.get(relation.name) ?? []) };
  });
  const total = (of: (cost: RefoldCost) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0);
  const cost = { peakRows: total((each) => each.peakRows), spilledRows: total((each) => each.spilledRows) };
  return { tables, entries, cost };
}

/**
 * Reads the rows of differing buckets from the store and folds the log once more, for these buckets. The live tables
 * have moved on since their digests were taken, so this compares at the checkpoints of a later moment.
 *
 * @returns null when no bucket differs
 */
async function compareDifferingRows<E extends EngineEvent>(
  options: VerifyOptions<E>,
  buckets: number,
  { generation, digests }: DigestSnapshot,
  tables: readonly DigestComparison[],
): Promise<RowComparison | null> {
  const { projection, source, store, maxRows, signal } = options;
  const chosen = chooseBuckets(tables, digests);
  if (chosen.size === 0) return null;
  const snapshot = await store.rows(generation, buckets, chosen, signal);
  const bounds = await sameLogBounds(source.log, projection.topics, snapshot.checkpoints, signal);
  const ranges = rangesUpTo(snapshot, bounds);
  const rowsOf = new Map(
    relationsOf(projection)
      .filter(({ name }) => chosen.has(name))
      .map((relation) => [relation, new RowsOfBuckets(relation, chosen.get(relation.name)!)]),
  );
  const part = new PartRefold(projection, source, store.codec, [...rowsOf.keys()], buckets, {
    add: (relation, row, digester) => rowsOf.get(relation)!.add(row, digester),
    remove: (relation, _row, digester) => rowsOf.get(relation)!.remove(digester),
  });
  await refold({
    parts: [{ part, ranges }],
    deadLetters: snapshot.deadLetters,
    erased: snapshot.erased,
    maxRows,
    read: progressOf(options, 'rows', ranges),
    signal,
  });
  const rows = compareRows(
    [...rowsOf].map(([{ name }, log]) => ({ log, stored: snapshot.rows.get(name) ?? [] })),
  );
  const count = [...chosen.values()].reduce((sum, each) => sum + each.length, 0);
  return { buckets: count, rows, settled: rows.count === 0 };
}

/** Counts offsets as they are read, and reports them from time to time. */
function progressOf(
  { report }: Pick<VerifyOptions<EngineEvent>, 'report'>,
  phase: VerifyPhase,
  ranges: readonly OffsetRange[],
): (offsets: number) => void {
  const total = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  let done = 0;
  let last = Number.NEGATIVE_INFINITY;
  return (offsets) => {
    done += offsets;
    const time = performance.now();
    if (done < total && time - last < REPORT_EVERY_MS) return;
    last = time;
    report({ phase, done, total });
  };
}

function tableReport(
  { relation, sums, differing }: DigestComparison,
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
