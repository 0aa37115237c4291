import { formatPosition } from '@app/engine';
import { testBrokers, uniqueTopic, until } from '@app/testing';
import type { Admin, Kafka } from 'kafkajs';
import { createKafka } from '../kafka-client';
import { partitionOf } from '../partitioner';
import { ensureTopics } from '../topics';
import { APPENDER_DEFAULTS, type AppenderEvents, type AppenderOptions } from './appender';
import { KafkaAppender } from './kafka-appender';
import type { AppendMessage } from './message';

const silent = { warn: () => undefined, debug: () => undefined };

describe('KafkaAppender', () => {
  let kafka: Kafka;
  let admin: Admin;
  const appenders: KafkaAppender[] = [];

  beforeAll(async () => {
    kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);
    admin = kafka.admin();
    await admin.connect();
  });
  afterEach(() => Promise.all(appenders.splice(0).map((appender) => appender.close(5_000))));
  afterAll(() => admin?.disconnect());

  async function appenderTo(topics: string[], partitions: number, options?: Partial<AppenderOptions>) {
    await ensureTopics(admin, topics, {
      partitions,
      replicationFactor: 1,
      minInsyncReplicas: 1,
      minCompactionLagMs: 1,
      maxCompactionLagMs: 1_000_000,
    });
    const batches: number[] = [];
    const events: AppenderEvents = {
      appended: ({ messages }) => void batches.push(messages),
      available: () => undefined,
      unavailable: () => undefined,
    };
    const appender = new KafkaAppender(kafka, { topics, minInsyncReplicas: 1 }, events, {
      ...APPENDER_DEFAULTS,
      ...options,
    });
    appenders.push(appender);
    appender.start();
    await until('the appender is available', () => appender.state === 'available');
    return { appender, batches };
  }

  const message = (topic: string, i: number, size = 10): AppendMessage => ({
    topic,
    key: `key-${i}`,
    partitionKey: `who-${i % 7}`,
    headers: { ce_id: String(i), ce_type: 'é' },
    value: Buffer.alloc(size, String(i % 10)),
  });

  /** Everything in the topics, by position. */
  async function read(topics: readonly string[], count: number) {
    const consumer = kafka.consumer({ groupId: uniqueTopic('group'), maxWaitTimeInMs: 100 });
    const found = new Map<string, { key: string; value: string; headers: Record<string, string> }>();
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, partition, message: { offset, key, value, headers } }) => {
        const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]);
        found.set(formatPosition({ topic, partition, offset: Number(offset) }), {
          key: String(key),
          value: String(value),
          headers: Object.fromEntries(texts) as Record<string, string>,
        });
        return Promise.resolve();
      },
    });
    await until(`${count} records`, () => found.size >= count);
    await consumer.disconnect();
    return found;
  }

  it('tells for every message of every append where it really stands', async () => {
    const topics = [uniqueTopic(), uniqueTopic()];
    const { appender, batches } = await appenderTo(topics, 4, { maxBatch: 50 });
    const appends = Array.from({ length: 60 }, (_, i) =>
      Array.from({ length: 1 + (i % 5) }, (_unused, j) => message(topics[(i + j) % 2]!, i * 10 + j)),
    );
    const positions = await Promise.all(appends.map((messages) => appender.append(messages)));
    const messages = appends.flat();
    const flat = positions.flat();
    expect(flat).toHaveLength(messages.length);
    expect(Math.max(...batches)).toBe(50);

    const records = await read(topics, messages.length);
    expect(records.size).toBe(messages.length);
    messages.forEach(({ topic, key, value, headers, partitionKey }, i) => {
      expect(records.get(formatPosition(flat[i]!))).toEqual({ key, value: String(value), headers });
      expect(flat[i]).toMatchObject({ topic, partition: partitionOf(partitionKey, 4) });
    });
  });

  it('puts tombstones into the partition that they name', async () => {
    const topic = uniqueTopic();
    const { appender } = await appenderTo([topic], 4);
    const gone = [3, 1, 3].map((partition, i): AppendMessage => {
      return { ...message(topic, i), key: Buffer.from(`key ${i}`), headers: {}, value: null, partition };
    });
    const positions = await appender.append(gone);
    expect(positions.map(({ partition }) => partition)).toEqual([3, 1, 3]);
    const records = await read([topic], 3);
    gone.forEach(({ key }, i) => {
      expect(records.get(formatPosition(positions[i]!))).toEqual({
        key: String(key),
        value: 'null',
        headers: {},
      });
    });
  });

  it('keeps the order of arrival within a partition', async () => {
    const topic = uniqueTopic();
    const { appender } = await appenderTo([topic], 1, { maxBatch: 7 });
    const appends = Array.from({ length: 100 }, (_, i) => appender.append([message(topic, i)]));
    const offsets = (await Promise.all(appends)).map(([position]) => position!.offset);
    expect(offsets).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('writes more in one append than fits into one call', async () => {
    const topic = uniqueTopic();
    const { appender, batches } = await appenderTo([topic], 1);
    const messages = Array.from({ length: 32 }, (_, i) => message(topic, i, 250_000));
    const positions = await appender.append(messages);
    expect(positions.map(({ offset }) => offset)).toEqual(messages.map((_message, i) => i));
    expect(batches.length).toBeGreaterThan(8);
  });

  it('uses partitions that were added, and a topic that came back after it was gone', async () => {
    const topic = uniqueTopic();
    const { appender } = await appenderTo([topic], 1, { deadlineMs: 2_000, probeMs: 100 });
    await appender.append([message(topic, 1)]);
    await admin.deleteTopics({ topics: [topic] });
    const lost = await appender.append([message(topic, 2)]).then(
      () => 'appended',
      (error: Error) => error.name,
    );
    expect(lost).toBe('AppendUnavailable');
    expect(appender.state).toBe('unavailable');

    await ensureTopics(admin, [topic], {
      partitions: 5,
      replicationFactor: 1,
      minInsyncReplicas: 1,
      minCompactionLagMs: 1,
      maxCompactionLagMs: 1_000_000,
    });
    await until('it is available again', () => appender.state === 'available');
    const messages = Array.from({ length: 20 }, (_, i) => message(topic, i));
    const partitions = (await appender.append(messages)).map(({ partition }) => partition);
    expect(partitions).toEqual(messages.map(({ partitionKey }) => partitionOf(partitionKey, 5)));
  });

  it('is not available while a partition has too few replicas in sync', async () => {
    const topic = uniqueTopic();
    await appenderTo([topic], 1);
    const reasons: string[] = [];
    const events: AppenderEvents = {
      appended: () => undefined,
      available: () => undefined,
      unavailable: (reason) => void reasons.push(reason.message),
    };
    const demanding = new KafkaAppender(kafka, { topics: [topic], minInsyncReplicas: 2 }, events);
    appenders.push(demanding);
    demanding.start();
    await until('it says so', () => reasons.length > 0);
    expect(reasons).toEqual([`${topic}/0 has 1 of 2 replicas in sync`]);
    expect(demanding.state).toBe('unavailable');
  });
});
