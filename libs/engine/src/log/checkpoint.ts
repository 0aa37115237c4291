import { crc32 } from 'node:zlib';
import type { LogBounds, LogReader } from './log-reader';
import { isSamePartition, partitionKey, type TopicPartition } from './log-position';
import type { LogRecord, RecordBatch } from './record';

/** How far a generation has come in a partition. */
export interface Checkpoint {
  /** The next offset to read: everything before it is accounted for. */
  readonly next: number;
  /** CRC-32 of the key of the record at `next - 1`; null when there was none to remember. */
  readonly lastKey: number | null;
}

export interface PartitionCheckpoint extends TopicPartition {
  readonly checkpoint: Checkpoint;
}

export const START: Checkpoint = { next: 0, lastKey: null };

/** What a checkpoint keeps of a record to recognise it: the CRC-32 of its key, as a signed 32-bit number. */
export function keyMark({ key }: LogRecord): number | null {
  return key === null ? null : crc32(key) | 0;
}

/**
 * A checkpoint does not belong to this log: it is outside of what the log holds, or the record before it is another
 * one. The topic was truncated or recreated, or the database belongs to another cluster. To continue from any other
 * offset would make the read models silently wrong.
 */
export class CheckpointOutOfRange extends Error {
  override readonly name = 'CheckpointOutOfRange';

  constructor(partition: TopicPartition, position: number, seen: string) {
    super(
      `${partitionKey(partition)}: the checkpoint is at offset ${position}, but ${seen}. ` +
        'The topic was truncated or recreated, or DATABASE_URL and KAFKA_BROKERS do not belong together. ' +
        'Nothing was read. Restore the log, or rebuild the projections from the log as it is.',
    );
  }
}

/** @throws {CheckpointOutOfRange} when reading from the position would skip records, or is impossible */
export function assertHolds(bounds: LogBounds, position: number): void {
  const { low, high } = bounds;
  // A partition that was never read starts wherever its log starts.
  if ((position !== 0 && position < low) || position > high)
    throw new CheckpointOutOfRange(bounds, position, `the log holds ${low} to ${high}`);
}

/** @throws {CheckpointOutOfRange} when the record before a checkpoint is not the one that was applied */
export async function assertSameLog(
  log: LogReader,
  checkpoints: readonly PartitionCheckpoint[],
  signal: AbortSignal,
): Promise<void> {
  const marked = checkpoints.filter(({ checkpoint: { lastKey } }) => lastKey !== null);
  if (marked.length === 0) return;
  const foreign: PartitionCheckpoint[] = [];
  await log.read(
    marked.map(({ topic, partition, checkpoint: { next } }) => ({
      topic,
      partition,
      from: next - 1,
      to: next,
    })),
    (batch) => {
      const own = marked.find((each) => isSamePartition(each, batch))!;
      if (batch.records.some((record) => keyMark(record) !== own.checkpoint.lastKey)) foreign.push(own);
      return Promise.resolve();
    },
    signal,
  );
  const [first] = foreign;
  if (first) throw new CheckpointOutOfRange(first, first.checkpoint.next, FOREIGN_LOG);
}

/**
 * @returns what the log holds of the topics
 * @throws {CheckpointOutOfRange} when the checkpoints are of another log than this one
 */
export async function sameLogBounds(
  log: LogReader,
  topics: readonly string[],
  checkpoints: readonly PartitionCheckpoint[],
  signal: AbortSignal,
): Promise<readonly LogBounds[]> {
  const bounds = await log.bounds(topics);
  for (const each of checkpoints) {
    const { next } = each.checkpoint;
    const held = bounds.find((other) => isSamePartition(other, each));
    if (held) assertHolds(held, next);
    else if (next > 0) throw new CheckpointOutOfRange(each, next, 'the log has no such partition');
  }
  await assertSameLog(log, checkpoints, signal);
  return bounds;
}

/** Whether checkpoints are of a log that no longer exists. */
export async function areOfAnotherLog(
  log: LogReader,
  checkpoints: readonly PartitionCheckpoint[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await sameLogBounds(log, [...new Set(checkpoints.map(({ topic }) => topic))], checkpoints, signal);
    return false;
  } catch (error) {
    if (error instanceof CheckpointOutOfRange) return true;
    throw error;
  }
}

export const FOREIGN_LOG = 'the record before it is not the one that was applied';

/**
 * Whether the log is another one than the checkpoint's: a topic that was deleted and recreated may well hold the
 * offset. This is why a reader that starts at a checkpoint starts one record before it.
 */
export function isForeign(batch: RecordBatch, { next, lastKey }: Checkpoint): boolean {
  if (lastKey === null || batch.fromOffset >= next) return false;
  const last = batch.records.find(({ offset }) => offset === next - 1);
  return last !== undefined && keyMark(last) !== lastKey;
}
