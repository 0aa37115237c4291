import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  partitionKey,
  type LogBounds,
  type LogReader,
  type OffsetRange,
  type RecordBatch,
} from '@app/engine';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { boundsOf, withAdmin } from './admin';
import { recordOf } from './kafkajs';
import { isTransient } from './refusal';

/** A read goes on where it was for so long after the last that Kafka gave; then it ends with what Kafka said. */
const PATIENCE_MS = 60_000;
/**
 * kafkajs has stood still without a word after brokers were killed, and has gone on asking for nothing: whoever comes
 * no further for so long begins anew. All that is wanted is in the log, so nobody has to wait for it to be written.
 */
const STALLED_MS = 20_000;
const PAUSE_MS = 500;

/** Reads ranges of topics, in a consumer group of its own for each read, which is deleted afterwards. */
export class KafkaLogReader implements LogReader {
  /**
   * @param name begins the names of its consumer groups
   * @param stalledMs without getting any further, until it begins anew
   */
  constructor(
    private readonly kafka: Kafka,
    private readonly name: string,
    private readonly stalledMs = STALLED_MS,
  ) {}

  async bounds(topics: readonly string[]): Promise<readonly LogBounds[]> {
    return withAdmin(this.kafka, async (admin) => {
      const all: LogBounds[] = [];
      for (const topic of topics) all.push(...(await boundsOf(admin, topic)));
      return all;
    });
  }

  async read(
    ranges: readonly OffsetRange[],
    take: (batch: RecordBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const wanted = ranges.filter(({ from, to }) => from < to);
    if (wanted.length === 0) return;
    const read = new RangeRead(wanted, take, this.stalledMs);
    for (;;) {
      try {
        return await this.attempt(read, signal);
      } catch (error) {
        if (signal.aborted || !passes(error) || !read.mayGoOn) throw error;
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  /** A group of its own for each: one whose member is gone without a word waits for it first. */
  private async attempt(read: RangeRead, signal: AbortSignal): Promise<void> {
    const groupId = `${this.name}-${randomUUID()}`;
    const consumer = this.kafka.consumer({
      groupId,
      // One batch may take long to be taken; whoever takes it sends no heartbeat meanwhile.
      sessionTimeout: 300_000,
      rebalanceTimeout: 60_000,
      maxBytesPerPartition: 1 << 20,
      maxBytes: 8 << 20,
      maxWaitTimeInMs: 100,
      retry: {
        initialRetryTime: 200,
        maxRetryTime: 2_000,
        retries: 8,
        restartOnFailure: () => Promise.resolve(false),
      },
    });
    let answers = true;
    try {
      await read.from(consumer, signal);
    } catch (error) {
      answers = !passes(error);
      throw error;
    } finally {
      await consumer.disconnect().catch(() => undefined);
      // An empty group is forgotten by Kafka in time; a day of verifications would still show up in lag tools.
      if (answers)
        await withAdmin(this.kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
    }
  }
}

interface Reading extends OffsetRange {
  /** The next offset to hand over. */
  at: number;
}

class RangeRead {
  private readonly readings: ReadonlyMap<string, Reading>;
  /** Batches are taken one after the other, those that kafkajs does not show included. */
  private turn: Promise<void> = Promise.resolve();
  private end!: (error?: Error) => void;
  private ended = false;
  private consumer!: Consumer;
  /** When Kafka last answered, or a batch was taken. */
  private lastSign = Date.now();
  /** When it last got further, joining its group included. */
  private lastStep = Date.now();
  private taking = 0;
  private isRefused = false;

  constructor(
    ranges: readonly OffsetRange[],
    private readonly take: (batch: RecordBatch) => Promise<void>,
    private readonly stalledMs: number,
  ) {
    this.readings = new Map(ranges.map((range) => [partitionKey(range), { ...range, at: range.from }]));
  }

  /** Not when a batch could not be taken: it may have been taken in part. */
  get mayGoOn(): boolean {
    return !this.isRefused && Date.now() - this.lastSign < PATIENCE_MS;
  }

  private get isDone(): boolean {
    return [...this.readings.values()].every(({ at, to }) => at >= to);
  }

  /** Hands over what no consumer before has given. */
  async from(consumer: Consumer, signal: AbortSignal): Promise<void> {
    // What the one before had fetched is being taken still.
    await this.turn;
    if (this.isDone) return;
    this.consumer = consumer;
    this.ended = false;
    const began = Date.now();
    const done = new Promise<void>((resolve, reject) => {
      this.end = (error) => {
        this.ended = true;
        if (error) reject(error);
        else resolve();
      };
    });
    done.catch(() => undefined);
    const abort = (): void => this.end(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    this.listen();
    const watch = setInterval(() => {
      if (this.taking === 0 && Date.now() - Math.max(began, this.lastStep) > this.stalledMs)
        this.end(new Stalled(`Kafka has given nothing for ${this.stalledMs / 1000} s`));
    }, this.stalledMs / 5);
    try {
      await this.consumer.connect();
      await this.consumer.subscribe({
        topics: [...new Set([...this.readings.values()].map(({ topic }) => topic))],
        fromBeginning: true,
      });
      await this.consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.eachBatch(payload),
      });
      await done;
    } finally {
      this.ended = true;
      clearInterval(watch);
      signal.removeEventListener('abort', abort);
    }
  }

  private listen(): void {
    const { events } = this.consumer;
    const { end } = this;
    this.consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.lastStep = Date.now();
      for (const [topic, partitions] of Object.entries(payload.memberAssignment))
        for (const partition of partitions) {
          const reading = this.readings.get(partitionKey({ topic, partition }));
          if (reading && reading.at < reading.to)
            this.consumer.seek({ topic, partition, offset: String(reading.at) });
          else this.consumer.pause([{ topic, partitions: [partition] }]);
        }
    });
    this.consumer.on(events.FETCH, () => (this.lastSign = Date.now()));
    this.consumer.on(events.CRASH, ({ payload }) => end(payload.error));
    // Where all records of a fetch are compacted away, kafkajs moves on without a call of eachBatch.
    this.consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      this.lastStep = Date.now();
      const reading = this.readings.get(partitionKey(payload));
      if (reading && payload.batchSize === 0 && Number(payload.lastOffset) + 1 >= reading.to)
        void this.hand(reading, [], reading.to);
    });
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const reading = this.readings.get(partitionKey(batch));
    if (this.ended || payload.isStale() || !reading || reading.at >= reading.to) return;
    const nextOffset = Math.min(Number(batch.lastOffset()) + 1, reading.to);
    await this.hand(reading, batch.messages.map(recordOf), nextOffset);
    payload.resolveOffset(batch.lastOffset());
  }

  /** @param fetched may begin before what is wanted, and what was handed over before the group was joined again */
  private hand(reading: Reading, fetched: RecordBatch['records'], nextOffset: number): Promise<void> {
    this.taking++;
    this.turn = this.turn.then(async () => {
      const { topic, partition, at: fromOffset } = reading;
      try {
        if (this.ended || nextOffset <= fromOffset) return;
        const records = fetched.filter(({ offset }) => offset >= fromOffset && offset < reading.to);
        await this.take({ topic, partition, fromOffset, nextOffset, records });
      } catch (error) {
        this.isRefused = true;
        return this.end(error as Error);
      } finally {
        this.taking--;
        this.lastSign = this.lastStep = Date.now();
      }
      reading.at = nextOffset;
      if (nextOffset < reading.to) return;
      this.consumer.pause([{ topic, partitions: [partition] }]);
      if (this.isDone) this.end();
    });
    return this.turn;
  }
}

class Stalled extends Error {
  override readonly name = 'Stalled';
}

/** Whether another try may help: not with what whoever takes the batches throws. */
function passes(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause)
    if (one instanceof Stalled || isTransient(one)) return true;
  return false;
}
