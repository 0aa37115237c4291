import { crc32 } from 'node:zlib';
import type { LogBounds, LogReader } from './log-reader';
import { isSamePartition, partitionKey, type TopicPartition } from './log-position';
import type { LogRecord, RecordBatch } from './record';

/** Where a generation stands in a partition. */
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

/** What is remembered of a record to recognise it again: CRC-32 of its key, as a signed 32-bit number. */
export function keyMark({ key }: LogRecord): number | null {
  return key === null ? null : crc32(key) | 0;
}

/**
 * A checkpoint does not belong to the log that is there: it lies outside of what the log holds, or the record
 * before it is another one. The topic was truncated or made anew, or the database is of another cluster.
 * Reading on from anywhere else would make the read models silently wrong.
 */
export class CheckpointOutOfRange extends Error {
  override readonly name = 'CheckpointOutOfRange';

  constructor(place: TopicPartition, position: number, seen: string) {
    super(
      `${partitionKey(place)}: the checkpoint is at offset ${position}, but ${seen}. ` +
        'The topic was truncated or created anew, or DATABASE_URL and KAFKA_BROKERS do not belong together. ' +
        'Nothing was read: bring the log back, or rebuild the projections from the log that is there.',
    );
  }
}

/** @throws {CheckpointOutOfRange} when reading from the position would skip records, or is impossible */
export function assertHolds(bounds: LogBounds, position: number): void {
  const { low, high } = bounds;
  // A partition that was never read begins wherever its log begins.
  if ((position !== 0 && position < low) || position > high)
    throw new CheckpointOutOfRange(bounds, position, `the log holds ${low} to ${high}`);
}

/** @throws {CheckpointOutOfRange} when the record before a checkpoint is not the one that was applied */
export async function assertSameLog(
  log: LogReader,
  places: readonly PartitionCheckpoint[],
  signal: AbortSignal,
): Promise<void> {
  const known = places.filter(({ checkpoint: { lastKey } }) => lastKey !== null);
  if (known.length === 0) return;
  const foreign: PartitionCheckpoint[] = [];
  await log.read(
    known.map(({ topic, partition, checkpoint: { next } }) => ({
      topic,
      partition,
      from: next - 1,
      to: next,
    })),
    (batch) => {
      const place = known.find((each) => isSamePartition(each, batch))!;
      if (batch.records.some((record) => keyMark(record) !== place.checkpoint.lastKey)) foreign.push(place);
      return Promise.resolve();
    },
    signal,
  );
  const [first] = foreign;
  if (first) throw new CheckpointOutOfRange(first, first.checkpoint.next, FOREIGN_LOG);
}

/** Whether checkpoints belong to a log that is not there any more. */
export async function areOfAnotherLog(
  log: LogReader,
  places: readonly PartitionCheckpoint[],
  signal: AbortSignal,
): Promise<boolean> {
  const bounds = await log.bounds([...new Set(places.map(({ topic }) => topic))]);
  try {
    for (const place of places) {
      const { topic, partition, checkpoint } = place;
      const held = bounds.find((each) => isSamePartition(each, place));
      assertHolds(held ?? { topic, partition, low: 0, high: 0 }, checkpoint.next);
    }
    await assertSameLog(log, places, signal);
    return false;
  } catch (error) {
    if (error instanceof CheckpointOutOfRange) return true;
    throw error;
  }
}

export const FOREIGN_LOG = 'the record before it is not the one that was applied';

/**
 * Whether the log is not the one that the checkpoint is of: a topic that was deleted and made anew may well
 * hold the offset. A reader that begins at a checkpoint begins one record before it, for this.
 */
export function isForeign(batch: RecordBatch, { next, lastKey }: Checkpoint): boolean {
  if (lastKey === null || batch.fromOffset >= next) return false;
  const last = batch.records.find(({ offset }) => offset === next - 1);
  return last !== undefined && keyMark(last) !== lastKey;
}
