import { partitionKey, type LogPosition, type OffsetRange, type RecordBatch } from '@app/engine';
import { within } from '../appender/deadline';
import type { Broker, Cluster } from '../kafkajs';
import { byLeader, fetchFrom, offsetsAt, type FetchedChunk } from './leader-requests';

const LIMITS = { waitMs: 250, partitionBytes: 1 << 20, bytes: 4 << 20 };
/** A leader that has not answered by then is asked on another connection. */
const ANSWER_MS = 20_000;

interface Reading extends OffsetRange {
  /** The next offset to hand over. */
  at: number;
}

/** Hands over ranges of partitions in batches that join. It goes on where it was after a failure. */
export class RangeRead {
  private readonly readings: ReadonlyMap<string, Reading>;
  /** Batches are taken one after the other, whichever leader they are from. */
  private turn: Promise<void> = Promise.resolve();
  /** When Kafka last answered, or a batch was taken. */
  lastSign = Date.now();
  /** A batch could not be taken: it may have been taken in part. */
  isRefused = false;

  constructor(
    ranges: readonly OffsetRange[],
    private readonly take: (batch: RecordBatch) => Promise<void>,
  ) {
    this.readings = new Map(ranges.map((range) => [partitionKey(range), { ...range, at: range.from }]));
  }

  get topics(): string[] {
    return [...new Set([...this.readings.values()].map(({ topic }) => topic))];
  }

  /**
   * Reads from each leader what it leads, side by side, until all ranges are handed over.
   *
   * @throws what the reading of one of them throws; then nothing more is handed over
   */
  async over(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    try {
      await this.skipRemoved(cluster, either);
      const open = [...this.readings.values()].filter(({ at, to }) => at < to);
      await Promise.all(
        [...byLeader(cluster, open)].map(async ([nodeId, own]) =>
          this.follow(await cluster.findBroker({ nodeId }), own, either),
        ),
      );
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      await this.turn.catch(() => undefined);
      this.turn = Promise.resolve();
    }
  }

  /** While batches are taken, the next are fetched. */
  private async follow(leader: Broker, own: readonly Reading[], signal: AbortSignal): Promise<void> {
    let next = own.map(({ topic, partition, at }): LogPosition => ({ topic, partition, offset: at }));
    let answer = this.fetch(leader, next);
    while (next.length > 0) {
      const chunks = await unlessAborted(answer, signal);
      this.lastSign = Date.now();
      next = this.after(next, chunks);
      if (next.length > 0) answer = this.fetch(leader, next);
      // It is awaited only once the batches are taken.
      answer.catch(() => undefined);
      for (const chunk of chunks) await this.hand(chunk, signal);
    }
  }

  private fetch(leader: Broker, positions: readonly LogPosition[]): Promise<FetchedChunk[]> {
    return within(ANSWER_MS, 'reading the log', fetchFrom(leader, positions, LIMITS));
  }

  /** Where to read on. */
  private after(asked: readonly LogPosition[], chunks: readonly FetchedChunk[]): LogPosition[] {
    const reached = new Map(
      chunks.flatMap((chunk) => (chunk.nextOffset === null ? [] : [[partitionKey(chunk), chunk.nextOffset]])),
    );
    return asked
      .map((position) => ({ ...position, offset: reached.get(partitionKey(position)) ?? position.offset }))
      .filter((position) => position.offset < this.readings.get(partitionKey(position))!.to);
  }

  private hand(
    chunk: Pick<FetchedChunk, 'topic' | 'partition' | 'nextOffset' | 'records'>,
    signal: AbortSignal,
  ): Promise<void> {
    this.turn = this.turn.then(async () => {
      signal.throwIfAborted();
      const reading = this.readings.get(partitionKey(chunk))!;
      const { topic, partition, at: fromOffset, to } = reading;
      const nextOffset = Math.min(chunk.nextOffset ?? fromOffset, to);
      if (nextOffset <= fromOffset) return;
      const records =
        chunk.nextOffset! > to ? chunk.records.filter(({ offset }) => offset < to) : chunk.records;
      try {
        await this.take({ topic, partition, fromOffset, nextOffset, records });
      } catch (error) {
        this.isRefused = true;
        throw error;
      } finally {
        this.lastSign = Date.now();
      }
      reading.at = nextOffset;
    });
    return this.turn;
  }

  /** Records that were deleted from the beginning of a partition are as those that compaction removed. */
  private async skipRemoved(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const starts = await unlessAborted(offsetsAt(cluster, [...this.readings.values()], 'start'), signal);
    for (const start of starts) await this.hand({ ...start, nextOffset: start.offset, records: [] }, signal);
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
