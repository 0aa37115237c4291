import { MemoryStore } from '@app/engine-memory';
import { Projector, type RecordBatch } from '@app/engine';
import type { ApplyOutcome } from '@app/engine/adapters';
import {
  emptyCommit,
  createTopic,
  everything,
  silent,
  testBrokers,
  Trace,
  uniqueTopic,
  until,
  type TestEvent,
} from '@app/testing';
import type { Admin, Kafka } from 'kafkajs';
import { createKafka } from '../kafka-client';
import { BatchConsumer, type BatchConsumerEvents } from './batch-consumer';
import type { BatchHandler } from './batch-source';

let kafka: Kafka;
let admin: Admin;
const running: BatchConsumer[] = [];

beforeAll(async () => {
  const log = { warn: () => undefined, debug: () => undefined };
  kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'spec', log);
  admin = kafka.admin();
  await admin.connect();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
});

afterAll(() => admin?.disconnect());

/** A projector over a store in memory, under the topic's own name, that remembers its batches. */
class Recorded implements BatchHandler {
  readonly store = new MemoryStore([everything]);
  readonly batches: RecordBatch[] = [];
  private readonly projector: Projector<TestEvent>;

  constructor(readonly topics: readonly string[]) {
    const projection = { ...everything, topics: [...topics] };
    const event = (key: string): TestEvent => ({
      workspace: 'default',
      id: `00000000-0000-4000-8000-${key.padStart(12, '0')}`,
      name: 'a',
      time: 0,
      rank: 0,
      who: '00000000-0000-4000-8000-000000000000',
      what: 'x',
      values: {},
    });
    this.projector = new Projector<TestEvent>(
      [projection],
      (record) => ({ ok: true, event: event(record.key!.toString()) }),
      this.store,
      silent,
    );
  }

  forgetPositions(): void {
    this.projector.forgetPositions();
  }

  takes(topic: string): boolean {
    return this.projector.takes(topic);
  }

  position(topic: string, partition: number): Promise<number> {
    return this.projector.position(topic, partition);
  }

  async apply(
    batch: RecordBatch,
    lease: Parameters<Projector<TestEvent>['apply']>[1],
  ): Promise<ApplyOutcome> {
    this.batches.push(batch);
    return this.projector.apply(batch, lease);
  }

  /** Records that were applied. */
  tracesOf(topic: string): number {
    return new Set(
      this.batches.flatMap((batch) =>
        batch.topic === topic ? batch.records.map(({ offset }) => `${batch.partition}@${offset}`) : [],
      ),
    ).size;
  }

  get traces(): number {
    return this.store.rowsOf(Trace).length;
  }
}

async function topicOf(partitions: number, count: number): Promise<string> {
  const topic = uniqueTopic();
  await createTopic(admin, { topic, numPartitions: partitions });
  await produce(topic, 0, count, partitions);
  return topic;
}

async function produce(topic: string, from: number, to: number, partitions = 1): Promise<void> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const messages = Array.from({ length: to - from }, (_, i) => ({
    key: String(from + i),
    value: '{}',
    partition: (from + i) % partitions,
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
}

interface Seen extends BatchConsumerEvents {
  readonly faults: Error[];
}

async function consume(
  groupId: string,
  handler: BatchHandler,
): Promise<{ consumer: BatchConsumer; seen: Seen }> {
  const faults: Error[] = [];
  const seen: Seen = {
    faults,
    assigned: () => undefined,
    trouble: () => undefined,
    fatal: (error) => void faults.push(error),
  };
  const options = { groupId, concurrency: 2, maxBytesPerPartition: 1 << 20, maxBytes: 1 << 23 };
  const consumer = new BatchConsumer(kafka, handler, options, seen);
  running.push(consumer);
  await consumer.start();
  return { consumer, seen };
}

describe('a batch consumer', () => {
  it('reads every record of every partition, and what comes later', async () => {
    const topic = await topicOf(3, 30);
    const handler = new Recorded([topic]);
    const { consumer } = await consume(uniqueTopic('group'), handler);
    await until('the first 30 records', () => handler.traces === 30);
    await produce(topic, 30, 40, 3);
    await until('the later records', () => handler.traces === 40);
    expect(consumer.partitions).toHaveLength(3);
    expect(consumer.notReady).toBeNull();
  });

  it('lets what arrives within a moment share a batch', async () => {
    const topic = await topicOf(1, 1);
    const handler = new Recorded([topic]);
    const apply = handler.apply.bind(handler);
    const times: number[] = [];
    handler.apply = (batch, lease) => {
      times.push(performance.now());
      return apply(batch, lease);
    };
    await consume(uniqueTopic('group'), handler);
    await until('the first record', () => handler.traces === 1);
    const producer = kafka.producer({ idempotent: true });
    await producer.connect();
    for (let i = 1; i <= 40; i++)
      await producer.send({ topic, messages: [{ key: String(i), value: '{}', partition: 0 }] });
    await producer.disconnect();
    await until('the later records', () => handler.traces === 41);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(Math.min(...gaps)).toBeGreaterThan(20);
  });

  it('continues from the checkpoints, whatever offsets Kafka has for its group', async () => {
    const topic = await topicOf(1, 20);
    const groupId = uniqueTopic('group');
    // Kafka believes that the group has read everything; the store has read half.
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '20' }] });
    const handler = new Recorded([topic]);
    await handler.store.commit(emptyCommit(1, topic, 0, 0, 10));
    const { consumer } = await consume(groupId, handler);
    await until('the records after the checkpoint', () => handler.traces === 10);
    await until('its lag', async () => (await consumer.lag())[0]?.applied === 20);
    expect(await consumer.lag()).toEqual([{ topic, partition: 0, applied: 20, end: 20 }]);
    // One record before it, to see whether this is still the same log.
    expect(Math.min(...handler.batches.flatMap(({ records }) => records.map(({ offset }) => offset)))).toBe(
      9,
    );
  });

  it('fetches from the record before the checkpoint and from nowhere earlier, also the first time', async () => {
    const topic = await topicOf(1, 3);
    const handler = new Recorded([topic]);
    await handler.store.commit(emptyCommit(1, topic, 0, 0, 3));
    await consume(uniqueTopic('group'), handler);
    await produce(topic, 3, 5);
    await until('the records after the checkpoint', () => handler.traces === 2);
    expect(handler.batches.every(({ fromOffset }) => fromOffset >= 2)).toBe(true);
  });

  it('reads other topics on while nothing takes one, and that one as soon as something does', async () => {
    const [held, free] = [await topicOf(2, 10), await topicOf(2, 10)];
    const handler = new Recorded([held, free]);
    const apply = handler.apply.bind(handler);
    let isHeld = true;
    handler.takes = (topic) => topic !== held || !isHeld;
    handler.apply = async (batch, lease) =>
      handler.takes(batch.topic) ? apply(batch, lease) : { outcome: 'not-taken', position: batch.fromOffset };
    const { consumer } = await consume(uniqueTopic('group'), handler);
    await until('the records that are taken', () => handler.tracesOf(free) === 10);
    await produce(free, 10, 20, 2);
    await until('later ones', () => handler.tracesOf(free) === 20);
    expect(handler.tracesOf(held)).toBe(0);
    expect(consumer.notReady).toBeNull();
    isHeld = false;
    await until('the records that were not taken', () => handler.tracesOf(held) === 10);
  });

  it('blames the store, and not Kafka, while the store does not answer', async () => {
    const topic = await topicOf(1, 3);
    const handler = new Recorded([topic]);
    const { consumer } = await consume(uniqueTopic('group'), handler);
    await until('readiness', () => consumer.notReady === null);
    const answering = handler.position.bind(handler);
    handler.position = () => Promise.reject(new Error('connection refused'));
    await until('the trouble', () => consumer.storeTrouble?.includes('connection refused'));
    // Kafka is not to blame.
    expect(consumer.notReady).toBeNull();
    handler.position = answering;
    await until('the store to be well again', () => consumer.storeTrouble === null);
    expect(consumer.notReady).toBeNull();
  });

  it('reads again what the store lost while nothing new arrived', async () => {
    const topic = await topicOf(1, 12);
    const handler = new Recorded([topic]);
    await consume(uniqueTopic('group'), handler);
    await until('all records', () => handler.traces === 12);
    // As after a crash of a database that had not flushed its last commits.
    const emptied = new MemoryStore([everything]);
    Object.assign(handler.store, emptied);
    await until('all records once more', () => handler.traces === 12);
  });

  it('stops and says what it saw when the checkpoint lies beyond the log', async () => {
    const topic = await topicOf(1, 5);
    const handler = new Recorded([topic]);
    await handler.store.commit(emptyCommit(1, topic, 0, 0, 1_000));
    const { seen } = await consume(uniqueTopic('group'), handler);
    await until('the fault', () => seen.faults.length > 0);
    expect(seen.faults[0]!.message).toContain(
      `${topic}/0: the checkpoint is at offset 1000, but the log holds 0 to 5`,
    );
    expect(handler.traces).toBe(0);
  });

  it('shares the partitions with a second member of its group, and takes them over when that one leaves', async () => {
    const topic = await topicOf(4, 8);
    const groupId = uniqueTopic('group');
    const handler = new Recorded([topic]);
    const one = await consume(groupId, handler);
    await until('the first records', () => handler.traces === 8);
    const two = await consume(groupId, handler);
    await until(
      'two partitions each',
      () => one.consumer.partitions.length === 2 && two.consumer.partitions.length === 2,
    );
    await produce(topic, 8, 24, 4);
    await until('records read by both', () => handler.traces === 24);
    await two.consumer.stop();
    await until('all partitions back', () => one.consumer.partitions.length === 4);
    await produce(topic, 24, 32, 4);
    await until('records after the hand-over', () => handler.traces === 32);
  });
});
