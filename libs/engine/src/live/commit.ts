import type { EngineEvent } from '../log/event';
import { foldSlices, type Fold, type Slice } from '../fold/fold';
import { setAside } from '../fold/dead-letter';
import type { BatchCommit, CommitOutcome } from './projection-store';
import type { Projection } from '../declare/projection';

/** What became of a slice: never that it was refused, since what a store refuses ends as a dead letter. */
export type SliceOutcome = Exclude<CommitOutcome['outcome'], 'refused'>;

/**
 * Folds slices, each of another partition, and commits them to a generation in one. When the store refuses them,
 * each is committed by itself.
 *
 * @param attempt commits; retries faults of the infrastructure by itself
 */
export async function commitSlices<E extends EngineEvent>(
  projection: Projection<E>,
  generation: number,
  slices: readonly Slice<E>[],
  attempt: (commit: BatchCommit) => Promise<CommitOutcome>,
): Promise<SliceOutcome> {
  if (slices.length > 1) {
    const fold = foldSlices(projection, slices);
    const { outcome } = await attempt({ projection: projection.name, generation, ...fold });
    if (outcome !== 'refused') return outcome;
  }
  for (const slice of slices) {
    const outcome = await commitSlice(projection, generation, slice, attempt);
    if (outcome !== 'committed') return outcome;
  }
  return 'committed';
}

/**
 * Folds a slice and commits it to a generation. When the store refuses it, it is bisected: the records that
 * the store does take go in, the one that it refuses is set aside alone.
 *
 * @param attempt commits; retries faults of the infrastructure by itself
 */
export async function commitSlice<E extends EngineEvent>(
  projection: Projection<E>,
  generation: number,
  slice: Slice<E>,
  attempt: (commit: BatchCommit) => Promise<CommitOutcome>,
): Promise<SliceOutcome> {
  const commit = (fold: Fold) => attempt({ projection: projection.name, generation, ...fold });
  const result = await commit(foldSlices(projection, [slice]));
  if (result.outcome !== 'refused') return result.outcome;
  if (slice.records.length <= 1) {
    const alone = await commit(withoutRecords(projection, slice, result.reason));
    if (alone.outcome === 'refused')
      throw new Error(`${projection.name}: a dead letter was refused: ${alone.reason}`);
    return alone.outcome;
  }
  const middle = slice.records.length >> 1;
  const boundary = slice.records[middle]!.record.offset;
  const first = { ...slice, to: boundary, records: slice.records.slice(0, middle) };
  const outcome = await commitSlice(projection, generation, first, attempt);
  if (outcome !== 'committed') return outcome;
  const second = { ...slice, from: boundary, records: slice.records.slice(middle) };
  return commitSlice(projection, generation, second, attempt);
}

function withoutRecords<E extends EngineEvent>(
  projection: Projection<E>,
  slice: Slice<E>,
  reason: string,
): Fold {
  const fold = foldSlices(projection, [slice]);
  const deadLetters = slice.records.map(({ record, decoded }) =>
    setAside(slice, record, decoded?.ok ? decoded.event : null, `refused by the database: ${reason}`),
  );
  const ranges = fold.ranges.map((range) => ({
    ...range,
    applied: 0,
    skipped: { 'no handler': 0, tombstone: 0 },
    deadLettered: deadLetters.length,
  }));
  const none = ranges.map(() => 0);
  return { rows: new Map(), ranges, deadLetters, countIn: () => ({ unchanged: none, erased: none }) };
}
