import type { LogRecord } from '@app/engine';
import { createTopic, logReaderContract, testBrokers, uniqueTopic } from '@app/testing';
import { CompressionTypes, type Admin, type ConsumerConfig, type Kafka } from 'kafkajs';
import { createKafka } from './kafka-client';
import { KafkaLogReader } from './log-reader';

let kafka: Kafka;
let admin: Admin;

beforeAll(async () => {
  const log = { warn: () => undefined, debug: () => undefined };
  kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'spec', log);
  admin = kafka.admin();
  await admin.connect();
});

afterAll(() => admin?.disconnect());

async function fill(partitions: readonly (readonly string[])[]): Promise<string> {
  const topic = uniqueTopic();
  await createTopic(admin, { topic, numPartitions: partitions.length });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const messages = partitions.flatMap((values, partition) => values.map((value) => ({ value, partition })));
  await producer.send({ topic, messages });
  await producer.disconnect();
  return topic;
}

describe('the log in Kafka', () => {
  logReaderContract(() => ({ reader: new KafkaLogReader(kafka, 'contract'), fill }));

  it('begins anew where its consumer goes on and comes no further', async () => {
    const topic = await fill([['a', 'b'], ['c']]);
    let consumers = 0;
    const forgetful = new Proxy(kafka, {
      get: (target, name) =>
        name === 'consumer'
          ? (config: ConsumerConfig) => {
              const consumer = kafka.consumer(config);
              const seek = consumer.seek.bind(consumer);
              if (consumers++ === 0)
                consumer.seek = (to) => {
                  seek(to);
                  if (to.partition === 1) consumer.pause([{ topic, partitions: [1] }]);
                };
              return consumer;
            }
          : (Reflect.get(target, name) as unknown),
    });
    const found: string[] = [];
    await new KafkaLogReader(forgetful, 'forgetful', 3_000).read(
      [0, 1].map((partition) => ({ topic, partition, from: 0, to: 2 - partition })),
      async ({ records }) => void found.push(...records.map(({ value }) => String(value))),
      new AbortController().signal,
    );
    expect(found.sort()).toEqual(['a', 'b', 'c']);
    expect(consumers).toBeGreaterThan(1);
  });

  it('leaves no consumer group behind', async () => {
    const name = uniqueTopic('reader');
    const topic = await fill([['a', 'b']]);
    const reader = new KafkaLogReader(kafka, name);
    const ranges = [{ topic, partition: 0, from: 0, to: 2 }];
    await reader.read(ranges, () => Promise.resolve(), new AbortController().signal);
    const { groups } = await admin.listGroups();
    expect(groups.filter(({ groupId }) => groupId.startsWith(name))).toEqual([]);
  });

  it('gives what is committed, whatever it was compressed with, and nothing of an aborted transaction', async () => {
    const topic = await fill([[]]);
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: topic });
    await producer.connect();
    const expected: string[] = [];
    for (const [i, compression] of [
      CompressionTypes.None,
      CompressionTypes.GZIP,
      CompressionTypes.ZSTD,
    ].entries())
      for (const end of ['abort', 'commit'] as const) {
        const transaction = await producer.transaction();
        const messages = ['a', null, 'c'].map((value, n) => ({
          key: `${end} ${i} ${n}`,
          value,
          headers: { ce_id: `${i} é`, ce_type: ['twice', `${n}`] },
        }));
        await transaction.send({ topic, messages, compression });
        await transaction[end]();
        if (end === 'commit')
          expected.push(...messages.map(({ key, value }, n) => `${key} ${value} ${i} é twice,${n}`));
      }
    await producer.disconnect();
    const [bounds] = await new KafkaLogReader(kafka, 'committed').bounds([topic]);
    const records: LogRecord[] = [];
    await new KafkaLogReader(kafka, 'committed').read(
      [{ topic, partition: 0, from: 0, to: bounds!.high }],
      async (batch) => void records.push(...batch.records),
      new AbortController().signal,
    );
    const found = records.map(
      ({ key, value, headers }) =>
        `${String(key)} ${String(value)} ${headers.text('ce_id')} ${headers.text('ce_type')}`,
    );
    expect(found).toEqual(expected);
    const offsets = records.map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    expect(Math.abs(Date.now() - records[0]!.timestamp)).toBeLessThan(600_000);
  });
});
