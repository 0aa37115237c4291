import { setTimeout as sleep } from 'node:timers/promises';
import {
  type LogBounds,
  type LogPosition,
  type LogReader,
  type LogRecord,
  type OffsetRange,
  type RecordBatch,
  type RecordFinder,
} from '@app/engine';
import type { Kafka } from 'kafkajs';
import { boundsOf, withAdmin } from '../admin';
import { DeadlineExceeded } from '../appender/deadline';
import { isTransient } from '../refusal';
import { KeptConnection } from './kept-connection';
import { offsetsAt, partitionsOf, type PointInLog } from './leader-requests';
import { connectTo } from './log-connection';
import { recordsFrom, type PlacedRecord } from './next-records';
import { RangeRead } from './range-read';
import { recordsAt } from './single-records';

/** A read goes on where it was for so long after Kafka last answered; then it ends with the error. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;
/** How long a read that has ended waits for its connections: an answer that nobody wants may be under way. */
const PARTING_MS = 1_000;
/** Records before the offset were deleted meanwhile: the next attempt begins after them. */
const OUT_OF_RANGE = 'KafkaJSOffsetOutOfRange';
const PARTITION_BYTES = 256 << 10;

/**
 * Reads the log from the leaders of its partitions, without a consumer group. `read` and `bounds` connect for
 * themselves; the other methods share a connection, which `close` ends.
 */
export class KafkaLogReader implements LogReader, RecordFinder {
  private readonly kept: KeptConnection;

  /** @param deadlineMs how long the methods other than `read` and `bounds` may take */
  constructor(
    private readonly kafka: Kafka,
    deadlineMs = 30_000,
  ) {
    this.kept = new KeptConnection((topics) => connectTo(kafka, topics), deadlineMs);
  }

  async bounds(topics: readonly string[]): Promise<readonly LogBounds[]> {
    return withAdmin(this.kafka, async (admin) => {
      const all: LogBounds[] = [];
      for (const topic of topics) all.push(...(await boundsOf(admin, topic)));
      return all;
    });
  }

  /** A range that ends beyond the log is read as the log grows. */
  async read(
    ranges: readonly OffsetRange[],
    take: (batch: RecordBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const wanted = ranges.filter(({ from, to }) => from < to);
    if (wanted.length === 0) return;
    const read = new RangeRead(wanted, take);
    for (;;) {
      try {
        return await this.attempt(read, signal);
      } catch (error) {
        const mayGoOn = passes(error) && Date.now() - read.lastSign < PATIENCE_MS;
        if (signal.aborted || read.isRefused || !mayGoOn) throw error;
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  /**
   * Per partition of the topics, in order: where it starts, where it ends (the offset of the record that comes next),
   * or the offset of its first record of a time or later, epoch milliseconds; its end when there is none.
   *
   * @throws when a topic does not exist, or Kafka does not answer in time
   */
  offsets(topics: readonly string[], ...at: readonly PointInLog[]): Promise<LogPosition[][]> {
    return this.kept.use(topics, (cluster) => {
      const places = partitionsOf(cluster, topics);
      return Promise.all(at.map((point) => offsetsAt(cluster, places, point)));
    });
  }

  /** @throws when a topic does not exist, or Kafka does not answer in time */
  async recordsAt(positions: readonly LogPosition[]): Promise<readonly (LogRecord | null)[]> {
    if (positions.length === 0) return [];
    return this.kept.use(topicsOf(positions), (cluster) => recordsAt(cluster, positions));
  }

  /**
   * The records from these positions on, as many as an answer holds: one at least of each position that has any,
   * unless Kafka gives none. Compaction may have removed the record at the position itself.
   *
   * @param bytes that are wanted of each position
   * @throws when a topic does not exist, or Kafka does not answer in time
   */
  async recordsFrom(positions: readonly LogPosition[], bytes = PARTITION_BYTES): Promise<PlacedRecord[]> {
    if (positions.length === 0) return [];
    return this.kept.use(topicsOf(positions), (cluster) => recordsFrom(cluster, positions, bytes));
  }

  close(): Promise<void> {
    return this.kept.close();
  }

  private async attempt(read: RangeRead, signal: AbortSignal): Promise<void> {
    const cluster = await connectTo(this.kafka, read.topics);
    try {
      await read.over(cluster, signal);
    } finally {
      const parted = cluster.disconnect().catch(() => undefined);
      await Promise.race([parted, sleep(PARTING_MS, undefined, { ref: false })]);
    }
  }
}

const topicsOf = (positions: readonly LogPosition[]): string[] => [
  ...new Set(positions.map(({ topic }) => topic)),
];

/** Whether another try may help: not with what whoever takes the batches throws. */
function passes(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause)
    if (one instanceof DeadlineExceeded || one.name === OUT_OF_RANGE || isTransient(one)) return true;
  return false;
}
