import { setTimeout as sleep } from 'node:timers/promises';
import {
  assertHolds,
  CheckpointOutOfRange,
  partitionKey,
  type RecordBatch,
  type TopicPartition,
} from '@app/engine';
import { FOREIGN_LOG } from '@app/engine/adapters';
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { boundsOf } from '../admin';
import { recordOf } from '../kafkajs';
import type { BatchHandler } from './batch-source';
import { lagOf, type PartitionLag } from './lag';
import { KafkaLease } from './lease';

export interface BatchConsumerOptions {
  readonly groupId: string;
  /** Partitions whose batches are handed over at once. */
  readonly concurrency: number;
  readonly maxBytesPerPartition: number;
  readonly maxBytes: number;
}

export interface BatchConsumerEvents {
  assigned(partitions: readonly TopicPartition[]): void;
  /** A fault that passes, for the log. */
  trouble(what: string, error: unknown): void;
  /** The consumer will not consume again: the process has to end. */
  fatal(error: Error): void;
}

/** What is known of a partition since it was assigned. */
interface Progress {
  /** Checkpoint: everything before it is applied. */
  applied: number;
  /** Where reading stands. Beyond `applied` only across offsets that compaction left empty. */
  reached: number;
  busy: boolean;
}

/** As short as the broker's default minimum allows with room for a pause of the process. */
const SESSION_TIMEOUT_MS = 10_000;
/**
 * A fetch is followed by the next no sooner: what arrives meanwhile shares a transaction. A log that is behind
 * waits for nothing, since its batches take longer.
 */
const PACE_MS = 25;
/** How long the broker waits for a first record. */
const IDLE_FETCH_MS = 250;
const RETRY_MS = 1_000;
const AUDIT_MS = 5_000;
/** How often it looks whether something takes the topics that nothing took. */
const REST_MS = 500;
/** Without a fetch for this long the consumer is not consuming: readiness says so. */
const STALLED_MS = 20_000;
/** Without any sign of life for this long it never will again. */
const DEAD_MS = 90_000;

/**
 * Reads topics in batches from the checkpoints of its handler. Kafka's committed offsets are written for lag
 * tools and never decide where to read: the handler's positions do, and every batch says which offsets it
 * accounts for, so the handler refuses one that would skip or repeat.
 */
export class BatchConsumer {
  private readonly consumer: Consumer;
  private readonly admin: Admin;
  private readonly progress = new Map<string, Progress>();
  private assignment: readonly TopicPartition[] = [];
  private lastFetch = Date.now();
  private lastSign = Date.now();
  private timers: NodeJS.Timeout[] = [];
  /** Not fetched now, since nothing takes their batches: kafkajs would fetch no other until they are taken. */
  private readonly resting = new Map<string, TopicPartition>();
  private stopping = false;
  private joined = 0;
  /** Why Kafka cannot be asked how far the log reaches. */
  private trouble: string | null = null;
  /** Why the store does not say where to read, or does not take a batch. */
  private storeFault: string | null = null;
  /** Checkpoints read before the first join. */
  private beginnings = new Map<string, number>();

  constructor(
    kafka: Kafka,
    private readonly handler: BatchHandler,
    private readonly options: BatchConsumerOptions,
    private readonly events: BatchConsumerEvents,
  ) {
    this.admin = kafka.admin();
    this.consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: 3 * SESSION_TIMEOUT_MS,
      heartbeatInterval: 2_000,
      maxBytesPerPartition: options.maxBytesPerPartition,
      maxBytes: options.maxBytes,
      // The first record ends the wait: lingering for more is done here, where it costs the broker nothing. It would
      // sum up all partitions of the fetch at every append to one of them.
      minBytes: 1,
      maxWaitTimeInMs: IDLE_FETCH_MS,
      metadataMaxAge: 15_000,
      retry: {
        initialRetryTime: 200,
        maxRetryTime: 5_000,
        retries: 8,
        restartOnFailure: () => Promise.resolve(!this.stopping),
      },
    });
    this.listen();
  }

  /** Partitions held now. */
  get partitions(): readonly TopicPartition[] {
    return this.assignment;
  }

  /** Of the partitions held now whose checkpoint is known. @throws when Kafka does not answer */
  lag(): Promise<readonly PartitionLag[]> {
    return lagOf(this.admin, this.positions());
  }

  /** Why the consumer does not get on because of Kafka, or null: what the store keeps it waiting for is not Kafka's. */
  get notReady(): string | null {
    if (this.trouble !== null) return this.trouble;
    if (this.joined === 0) return this.storeFault === null ? 'not yet in its consumer group' : null;
    const silence = Date.now() - (this.isBusy ? this.lastSign : this.lastFetch);
    if (silence > STALLED_MS)
      return `${this.isBusy ? 'no sign of life' : 'no fetch'} for ${Math.round(silence / 1000)} s`;
    if (this.storeFault !== null) return null;
    const lost = this.assignment.filter((held) => !this.progress.has(partitionKey(held))).length;
    return lost > 0 ? `${lost} of ${this.assignment.length} partitions have no position yet` : null;
  }

  /** Why the store keeps the consumer waiting, or null. */
  get storeTrouble(): string | null {
    if (this.storeFault !== null) return this.storeFault;
    const silence = Date.now() - this.lastFetch;
    return this.isBusy && silence > STALLED_MS
      ? `a batch has not been committed for ${Math.round(silence / 1000)} s`
      : null;
  }

  private get isBusy(): boolean {
    return [...this.progress.values()].some(({ busy }) => busy);
  }

  async start(): Promise<void> {
    await this.admin.connect();
    try {
      this.beginnings = await this.readBeginnings();
    } catch (error) {
      if (this.stopping) return;
      if (error instanceof CheckpointOutOfRange) return this.events.fatal(error);
      throw error;
    }
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.handler.topics], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.concurrency,
      eachBatch: (payload) => this.eachBatch(payload),
    });
    this.timers = [
      setInterval(() => void this.audit(), AUDIT_MS),
      setInterval(() => this.wake(({ topic }) => this.handler.takes(topic)), REST_MS),
    ];
  }

  async stop(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.consumer.disconnect();
    await this.admin.disconnect();
  }

  /**
   * Where every partition continues, before the group is joined: so that the very first fetch is from the
   * checkpoint, not from whatever offset Kafka has for the group. Waits for a store that does not answer.
   */
  private async readBeginnings(): Promise<Map<string, number>> {
    for (;;) {
      try {
        const beginnings = new Map<string, number>();
        for (const topic of this.handler.topics) {
          const partitions = (await boundsOf(this.admin, topic)).map(({ partition }) => partition);
          const positions = await this.positionsOf(topic, partitions);
          for (const [partition, position] of positions)
            beginnings.set(partitionKey({ topic, partition }), position);
          // Asked once more: another owner may have moved a checkpoint beyond where the log ended before.
          for (const bounds of await boundsOf(this.admin, topic))
            assertHolds(bounds, beginnings.get(partitionKey(bounds)) ?? 0);
        }
        this.clear();
        return beginnings;
      } catch (error) {
        if (error instanceof CheckpointOutOfRange || this.stopping) throw error;
        this.note('the checkpoints cannot be read yet', error);
        await sleep(RETRY_MS);
      }
    }
  }

  private listen(): void {
    const { events } = this.consumer;
    this.consumer.on(events.GROUP_JOIN, ({ payload }) => {
      const held = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.joined++;
      this.lastFetch = Date.now();
      this.lastSign = Date.now();
      this.assignment = held;
      // What it held before and holds again goes on where it was: should another have had it in between, the
      // first batch is refused. Only here is a seek carried out before the first fetch.
      const kept = new Map([...this.progress].map(([key, { applied }]) => [key, applied]));
      this.progress.clear();
      this.handler.forgetPositions();
      this.wake(() => true);
      for (const { topic, partition } of held) {
        const key = partitionKey({ topic, partition });
        const beginning = this.beginnings.get(key) ?? kept.get(key);
        if (beginning !== undefined) this.moveTo(topic, partition, beginning);
      }
      this.beginnings.clear();
      this.events.assigned(held);
      void this.prepare(held, this.joined);
    });
    this.consumer.on(events.FETCH, () => {
      this.lastFetch = Date.now();
      this.lastSign = Date.now();
    });
    this.consumer.on(events.HEARTBEAT, () => (this.lastSign = Date.now()));
    // A fetch whose records were all compacted away never reaches eachBatch: kafkajs moves on by itself.
    this.consumer.on(events.START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      const progress = this.progress.get(partitionKey(payload));
      if (progress) progress.reached = Math.max(progress.reached, Number(payload.lastOffset) + 1);
    });
    this.consumer.on(events.CRASH, ({ payload }) => {
      this.lastSign = Date.now();
      if (this.stopping) return;
      if (payload.restart) this.events.trouble('the consumer restarts', payload.error);
      else this.events.fatal(payload.error);
    });
  }

  /** Sends every partition of a new assignment to its checkpoint, so that an idle one is right as well. */
  private async prepare(held: readonly TopicPartition[], join: number): Promise<void> {
    const isOpen = (place: TopicPartition): boolean => !this.progress.has(partitionKey(place));
    for (const [topic, places] of Map.groupBy(held.filter(isOpen), (place) => place.topic)) {
      try {
        const positions = await this.positionsOf(
          topic,
          places.map(({ partition }) => partition),
        );
        const bounds = await boundsOf(this.admin, topic);
        if (this.joined !== join || this.stopping) return;
        for (const place of places.filter(isOpen)) {
          const position = positions.get(place.partition)!;
          const own = bounds.find(({ partition }) => partition === place.partition);
          if (own) assertHolds(own, position);
          this.moveTo(topic, place.partition, position);
        }
      } catch (error) {
        if (error instanceof CheckpointOutOfRange) return this.events.fatal(error);
        this.note(`${topic}: its checkpoints cannot be read yet`, error);
      }
    }
  }

  private async positionsOf(topic: string, partitions: readonly number[]): Promise<Map<number, number>> {
    const read = async (partition: number): Promise<[number, number]> => [
      partition,
      await this.positionOf(topic, partition),
    ];
    return new Map(await Promise.all(partitions.map(read)));
  }

  /** @throws {StoreFault} */
  private positionOf(topic: string, partition: number): Promise<number> {
    return ofStore(() => this.handler.position(topic, partition));
  }

  /** Looks up where a partition continues and moves the consumer there. */
  private async begin(topic: string, partition: number, join: number): Promise<void> {
    const position = await this.positionOf(topic, partition);
    await this.assertHeld({ topic, partition }, position);
    if (this.joined !== join || this.progress.has(partitionKey({ topic, partition }))) return;
    this.moveTo(topic, partition, position);
  }

  /** To one record before the position: whoever applies it sees by that one whether this is still the same log. */
  private moveTo(topic: string, partition: number, position: number): void {
    this.progress.set(partitionKey({ topic, partition }), {
      applied: position,
      reached: position,
      busy: false,
    });
    this.consumer.seek({ topic, partition, offset: String(Math.max(0, position - 1)) });
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const fetched = performance.now();
    await this.handle(payload);
    const left = fetched + PACE_MS - performance.now();
    if (left > 0 && payload.isRunning()) await sleep(left);
  }

  private async handle(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    // Fetched before a seek that has not been carried out: it is read again from there.
    if (payload.isStale()) return;
    const join = this.joined;
    const progress = this.progress.get(partitionKey({ topic, partition }));
    const lease = new KafkaLease(payload, () => (this.lastSign = Date.now()));
    try {
      if (!progress) return await this.begin(topic, partition, join);
      progress.busy = true;
      await this.take(payload, progress, lease);
    } catch (error) {
      // A lost lease is kafkajs's own error when it has one: it must see it to rejoin the group.
      if (lease.failure && !(lease.failure.name === 'LeaseLost')) throw lease.failure;
      if (lease.failure) return;
      if (error instanceof CheckpointOutOfRange) return this.events.fatal(error);
      this.note(`${partitionKey(payload.batch)}: the batch is read again`, error);
      this.progress.delete(partitionKey({ topic, partition }));
      this.handler.forgetPositions();
    } finally {
      if (progress) progress.busy = false;
      lease.end();
    }
  }

  private async take(payload: EachBatchPayload, progress: Progress, lease: KafkaLease): Promise<void> {
    const { batch } = payload;
    const { topic, partition } = batch;
    const fetched = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    if (fetched > progress.reached) {
      // Something moved the reader past records that are not applied, such as kafkajs's own reset when an
      // offset is out of range.
      await this.assertHeld(batch, progress.applied);
      return this.moveTo(topic, partition, progress.applied);
    }
    const records = batch.messages.map(recordOf);
    const whole: RecordBatch = {
      topic,
      partition,
      fromOffset: Math.min(fetched, progress.applied),
      nextOffset: Number(batch.lastOffset()) + 1,
      records,
    };
    if (whole.nextOffset < progress.applied) {
      await this.assertHeld(batch, progress.applied);
      return this.moveTo(topic, partition, progress.applied);
    }
    const result = await ofStore(() => this.handler.apply(whole, lease));
    this.storeFault = null;
    switch (result.outcome) {
      case 'applied':
        progress.applied = result.position;
        progress.reached = Math.max(progress.reached, result.position);
        payload.resolveOffset(batch.lastOffset());
        return;
      case 'resync':
        return this.moveTo(topic, partition, result.position);
      case 'not-taken':
        return this.rest({ topic, partition });
      case 'foreign-log':
        throw new CheckpointOutOfRange(batch, result.position, FOREIGN_LOG);
    }
  }

  private rest(place: TopicPartition): void {
    this.resting.set(partitionKey(place), place);
    this.consumer.pause([{ topic: place.topic, partitions: [place.partition] }]);
  }

  private wake(which: (place: TopicPartition) => boolean): void {
    for (const [key, place] of this.resting) {
      if (!which(place)) continue;
      this.resting.delete(key);
      this.consumer.resume([{ topic: place.topic, partitions: [place.partition] }]);
    }
  }

  /** @throws {CheckpointOutOfRange} */
  private async assertHeld({ topic, partition }: TopicPartition, position: number): Promise<void> {
    const bounds = (await boundsOf(this.admin, topic)).find((each) => each.partition === partition);
    if (bounds) assertHolds(bounds, position);
  }

  /**
   * Compares with the store and with the clock. A checkpoint can go back under an idle partition: when
   * Postgres crashes it may lose the last commits, which were not flushed on purpose.
   */
  private async audit(): Promise<void> {
    if (Date.now() - this.lastSign > DEAD_MS)
      return this.events.fatal(new Error(`the consumer has shown no sign of life for ${DEAD_MS / 1000} s`));
    const join = this.joined;
    try {
      for (const { topic, partition } of this.assignment) {
        const known = this.progress.get(partitionKey({ topic, partition }));
        if (known?.busy) continue;
        if (!known) {
          await this.begin(topic, partition, join);
          continue;
        }
        const before = known.applied;
        const stored = await this.positionOf(topic, partition);
        if (this.joined !== join || this.stopping) return;
        if (stored < before && known.applied === before && !known.busy) this.moveTo(topic, partition, stored);
      }
      this.clear();
    } catch (error) {
      if (error instanceof CheckpointOutOfRange) return this.events.fatal(error);
      this.note('the checkpoints cannot be compared', error);
      return;
    }
    await this.reportOffsets();
  }

  private note(what: string, error: unknown): void {
    const trouble = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    if (error instanceof StoreFault) this.storeFault = trouble;
    else this.trouble = trouble;
    this.events.trouble(what, error instanceof StoreFault ? error.cause : error);
  }

  private clear(): void {
    this.trouble = null;
    this.storeFault = null;
  }

  private positions(): (TopicPartition & { readonly applied: number })[] {
    return this.assignment.flatMap((held) => {
      const progress = this.progress.get(partitionKey(held));
      return progress ? [{ ...held, applied: progress.applied }] : [];
    });
  }

  /** For lag tools only: nothing reads these offsets back. */
  private async reportOffsets(): Promise<void> {
    const offsets = this.positions().map(({ applied, ...held }) => ({ ...held, offset: String(applied) }));
    if (offsets.length === 0 || this.stopping) return;
    await this.consumer.commitOffsets(offsets).catch((error: unknown) => {
      this.events.trouble('the offsets for lag tools were not committed', error);
    });
  }
}

/** What failed is the store, not Kafka: readiness names the one that it is. */
class StoreFault extends Error {
  constructor(override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/** @throws {StoreFault} and {CheckpointOutOfRange}, which is about the log */
async function ofStore<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof CheckpointOutOfRange ? error : new StoreFault(error);
  }
}
