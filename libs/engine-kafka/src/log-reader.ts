import { randomUUID } from 'node:crypto';
import type { LogBounds, LogReader, OffsetRange, RecordBatch } from '@app/engine';
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { boundsOf } from './log-bounds';
import { recordOf } from './record';

/**
 * For so long a read waits for a Kafka that restarts, or whose coordinator loads its groups: the group is joined
 * again, and the read goes on where it was. Beyond it, it ends with what Kafka said.
 */
const PATIENCE_MS = 60_000;
const WATCH_MS = 5_000;

/** Reads ranges of topics, in a consumer group of its own for each read, which is deleted afterwards. */
export class KafkaLogReader implements LogReader {
  /** @param name begins the names of its consumer groups */
  constructor(
    private readonly kafka: Kafka,
    private readonly name: string,
  ) {}

  async bounds(topics: readonly string[]): Promise<readonly LogBounds[]> {
    return this.administering(async (admin) => {
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
    const groupId = `${this.name}-${randomUUID()}`;
    const read = new RangeRead(wanted, take);
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
        restartOnFailure: () => Promise.resolve(read.isPatient()),
      },
    });
    try {
      await read.run(consumer, signal);
    } finally {
      await consumer.disconnect().catch(() => undefined);
      // An empty group is forgotten by Kafka in time; a day of verifications would still show up in lag tools.
      await this.administering((admin) => admin.deleteGroups([groupId])).catch(() => undefined);
    }
  }

  private async administering<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
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
  /** When Kafka last gave something, or a batch was taken. */
  private lastSign = Date.now();
  private taking = 0;

  constructor(
    ranges: readonly OffsetRange[],
    private readonly take: (batch: RecordBatch) => Promise<void>,
  ) {
    this.readings = new Map(ranges.map((range) => [slot(range), { ...range, at: range.from }]));
  }

  isPatient(): boolean {
    return !this.ended && (this.taking > 0 || Date.now() - this.lastSign < PATIENCE_MS);
  }

  async run(consumer: Consumer, signal: AbortSignal): Promise<void> {
    this.consumer = consumer;
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
    // kafkajs has stood still without a word after brokers were killed.
    const watch = setInterval(() => {
      if (!this.isPatient()) this.end(new Error(`Kafka has given nothing for ${PATIENCE_MS / 1000} s`));
    }, WATCH_MS);
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
    this.consumer.on(events.GROUP_JOIN, ({ payload }) => {
      for (const [topic, partitions] of Object.entries(payload.memberAssignment))
        for (const partition of partitions) {
          const reading = this.readings.get(slot({ topic, partition }));
          if (reading && reading.at < reading.to)
            this.consumer.seek({ topic, partition, offset: String(reading.at) });
          else this.consumer.pause([{ topic, partitions: [partition] }]);
        }
    });
    this.consumer.on(events.FETCH, () => (this.lastSign = Date.now()));
    this.consumer.on(events.CRASH, ({ payload }) => {
      if (!payload.restart) this.end(payload.error);
    });
    // Where all records of a fetch are compacted away, kafkajs moves on without a call of eachBatch.
    this.consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      const reading = this.readings.get(slot(payload));
      if (reading && payload.batchSize === 0 && Number(payload.lastOffset) + 1 >= reading.to)
        void this.hand(reading, [], reading.to);
    });
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const reading = this.readings.get(slot(batch));
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
        return this.end(error as Error);
      } finally {
        this.taking--;
        this.lastSign = Date.now();
      }
      reading.at = nextOffset;
      if (nextOffset < reading.to) return;
      this.consumer.pause([{ topic, partitions: [partition] }]);
      if ([...this.readings.values()].every(({ at, to }) => at >= to)) this.end();
    });
    return this.turn;
  }
}

function slot({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}
