import type { EngineEvent } from '../log/event';
import { foldChunks, type Chunk, type Fold } from '../fold/fold';
import { deadLetterOf } from '../fold/dead-letter';
import type { BatchCommit, CommitOutcome } from './projection-store';
import type { Projection } from '../declare/projection';

/** A chunk is never refused: what a store refuses becomes a dead letter. */
type ChunkOutcome = Exclude<CommitOutcome['outcome'], 'refused'>;

/**
 * Folds chunks, each of another partition, and commits them to a generation together. When the store refuses that,
 * each is committed by itself.
 *
 * @param attempt commits, and retries faults of the infrastructure itself
 */
export async function commitChunks<E extends EngineEvent>(
  projection: Projection<E>,
  generation: number,
  chunks: readonly Chunk<E>[],
  attempt: (commit: BatchCommit) => Promise<CommitOutcome>,
): Promise<ChunkOutcome> {
  if (chunks.length > 1) {
    const fold = foldChunks(projection, chunks);
    const { outcome } = await attempt({ projection: projection.name, generation, ...fold });
    if (outcome !== 'refused') return outcome;
  }
  for (const chunk of chunks) {
    const outcome = await commitChunk(projection, generation, chunk, attempt);
    if (outcome !== 'committed') return outcome;
  }
  return 'committed';
}

/**
 * Folds a chunk and commits it to a generation. A chunk that the store refuses is bisected, so that only the records
 * that the store really refuses become dead letters.
 *
 * @param attempt commits, and retries faults of the infrastructure itself
 */
export async function commitChunk<E extends EngineEvent>(
  projection: Projection<E>,
  generation: number,
  chunk: Chunk<E>,
  attempt: (commit: BatchCommit) => Promise<CommitOutcome>,
): Promise<ChunkOutcome> {
  const commit = (fold: Fold) => attempt({ projection: projection.name, generation, ...fold });
  const result = await commit(foldChunks(projection, [chunk]));
  if (result.outcome !== 'refused') return result.outcome;
  if (chunk.records.length <= 1) {
    const alone = await commit(withoutRecords(projection, chunk, result.reason));
    if (alone.outcome === 'refused')
      throw new Error(`${projection.name}: a dead letter was refused: ${alone.reason}`);
    return alone.outcome;
  }
  const middle = chunk.records.length >> 1;
  const boundary = chunk.records[middle]!.record.offset;
  const first = { ...chunk, to: boundary, records: chunk.records.slice(0, middle) };
  const outcome = await commitChunk(projection, generation, first, attempt);
  if (outcome !== 'committed') return outcome;
  const second = { ...chunk, from: boundary, records: chunk.records.slice(middle) };
  return commitChunk(projection, generation, second, attempt);
}

function withoutRecords<E extends EngineEvent>(
  projection: Projection<E>,
  chunk: Chunk<E>,
  reason: string,
): Fold {
  const fold = foldChunks(projection, [chunk]);
  const deadLetters = chunk.records.map(({ record, decoded }) =>
    deadLetterOf(chunk, record, decoded?.ok ? decoded.event : null, `refused by the database: ${reason}`),
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
