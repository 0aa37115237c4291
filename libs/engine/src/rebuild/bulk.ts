import { commitChunk } from '../live/commit';
import type { EngineEvent } from '../log/event';
import type { RecordBatch } from '../log/record';
import { decodedRecord } from '../fold/apply';
import { ChunkFold, type Chunk, type Fold } from '../fold/fold';
import { BuildLost, type BulkWriter } from './generation-build';
import type { BatchCommit } from '../live/projection-store';
import type { OffsetRange, Source } from '../log/log-reader';
import type { Projection } from '../declare/projection';

interface BulkOptions<E extends EngineEvent> {
  readonly projection: Projection<E>;
  readonly source: Source<E>;
  readonly writer: BulkWriter;
  /** How many rows are folded before they are written. Two such folds are in memory at a time. */
  readonly rowsPerWrite: number;
  /** Start at the checkpoints. Nobody else may write these partitions meanwhile. */
  readonly ranges: readonly OffsetRange[];
  /** Receives how many more offsets have been written. */
  readonly wrote: (offsets: number) => void;
  readonly signal: AbortSignal;
}

/** How many records are tried at a time after a whole write was refused. */
const CAREFUL_RECORDS = 500;

/**
 * Folds ranges of the log and writes the rows of each fold, including those whose keys were written before.
 *
 * @throws {BuildLost} when another builder has taken over, or the build was cancelled
 * @throws faults of the infrastructure; what was written stays, and the checkpoints say where to continue
 */
export async function writeBulk<E extends EngineEvent>(options: BulkOptions<E>): Promise<void> {
  const { projection, source, writer, rowsPerWrite, ranges, wrote, signal } = options;
  const write = async (fold: Fold): Promise<void> => {
    const commit: BatchCommit = { projection: projection.name, generation: writer.id, ...fold };
    const { outcome } = await writer.write(commit);
    if (outcome === 'refused') await writeCarefully(options, fold);
    else if (outcome !== 'committed') throw new BuildLost(`a write found the generation ${outcome}`);
    wrote(fold.ranges.reduce((sum, { expected, next }) => sum + next - expected, 0));
  };
  // One fold is written while the next is read.
  let writing = Promise.resolve();
  let fold = new ChunkFold(projection, false);
  const flush = async (): Promise<void> => {
    const full = fold.result();
    fold = new ChunkFold(projection, false);
    await writing;
    writing = write(full);
    // It is awaited by the next flush; until then its failure must not count as unhandled.
    writing.catch(() => undefined);
  };
  try {
    await source.log.read(
      ranges,
      async (batch) => {
        fold.add(chunkOf(source, batch));
        // The second limit is for records that fold into few rows: their progress has to be saved now and then, too.
        if (fold.size >= rowsPerWrite || fold.records >= 4 * rowsPerWrite) await flush();
      },
      signal,
    );
    if (!fold.isEmpty) await flush();
  } finally {
    // Nothing may still run when the caller sees an error.
    await Promise.allSettled([writing]);
  }
  await writing;
}

/** Writes the same records again in small chunks, so that only those that the store refuses become dead letters. */
async function writeCarefully<E extends EngineEvent>(
  { projection, source, writer, signal }: BulkOptions<E>,
  refused: Fold,
): Promise<void> {
  const ranges = refused.ranges.map(({ topic, partition, expected, next }) => ({
    topic,
    partition,
    from: expected,
    to: next,
  }));
  const take = async (batch: RecordBatch): Promise<void> => {
    for (const chunk of partsOf(chunkOf(source, batch))) {
      const outcome = await commitChunk(projection, writer.id, chunk, (commit) => writer.write(commit));
      if (outcome !== 'committed') throw new BuildLost(`a write found the generation ${outcome}`);
    }
  };
  await source.log.read(ranges, take, signal);
}

function* partsOf<E extends EngineEvent>(chunk: Chunk<E>): Generator<Chunk<E>> {
  let { from } = chunk;
  for (let at = 0; at < chunk.records.length; at += CAREFUL_RECORDS) {
    const records = chunk.records.slice(at, at + CAREFUL_RECORDS);
    const isLast = at + CAREFUL_RECORDS >= chunk.records.length;
    const to = isLast ? chunk.to : chunk.records[at + CAREFUL_RECORDS]!.record.offset;
    yield { ...chunk, from, to, records };
    from = to;
  }
  if (from < chunk.to) yield { ...chunk, from, records: [] };
}

function chunkOf<E extends EngineEvent>({ decode }: Source<E>, batch: RecordBatch): Chunk<E> {
  const { topic, partition, fromOffset: from, nextOffset: to } = batch;
  const records = batch.records.map((record) => decodedRecord(record, decode));
  return { topic, partition, from, to, records };
}
