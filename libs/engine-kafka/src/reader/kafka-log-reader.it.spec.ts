import type { LogRecord, RecordBatch } from '@app/engine';
import { createTopic, logReaderContract, testBrokers, uniqueTopic, until } from '@app/testing';
import { CompressionTypes, type Admin, type Kafka } from 'kafkajs';
import { createKafka } from '../kafka-client';
import { withFetch } from './fetch.fixture';
import { KafkaLogReader } from './kafka-log-reader';

let kafka: Kafka;
let admin: Admin;
let reader: KafkaLogReader;

beforeAll(async () => {
  const log = { warn: () => undefined, debug: () => undefined };
  kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'spec', log);
  reader = new KafkaLogReader(kafka);
  admin = kafka.admin();
  await admin.connect();
});

afterAll(async () => {
  await reader?.close();
  await admin?.disconnect();
});

async function fill(partitions: readonly (readonly string[])[]): Promise<string> {
  const topic = uniqueTopic();
  await createTopic(admin, { topic, numPartitions: partitions.length });
  await append(topic, partitions);
  return topic;
}

async function append(topic: string, partitions: readonly (readonly string[])[]): Promise<void> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const messages = partitions.flatMap((values, partition) => values.map((value) => ({ value, partition })));
  await producer.send({ topic, messages });
  await producer.disconnect();
}

describe('the log in Kafka', () => {
  logReaderContract(() => ({ reader, fill }));

  it('reads a range that ends beyond the log as it grows, until it is told to stop', async () => {
    const topic = await fill([['a'], []]);
    const stop = new AbortController();
    const found: string[] = [];
    const reading = reader.read(
      [0, 1].map((partition) => ({ topic, partition, from: 0, to: Number.MAX_SAFE_INTEGER })),
      async ({ records }) => void found.push(...records.map(({ value }) => String(value))),
      stop.signal,
    );
    await until('the first record', () => found.length === 1);
    await append(topic, [[], ['b']]);
    await until('the next record', () => found.length === 2);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect(found).toEqual(['a', 'b']);
  });

  it('passes over records that were deleted from the beginning', async () => {
    const topic = await fill([['a', 'b', 'c']]);
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
    const batches: RecordBatch[] = [];
    await reader.read(
      [{ topic, partition: 0, from: 0, to: 3 }],
      async (batch) => void batches.push(batch),
      new AbortController().signal,
    );
    expect(batches.map(({ fromOffset, nextOffset }) => [fromOffset, nextOffset])).toEqual([
      [0, 2],
      [2, 3],
    ]);
    expect(batches.flatMap(({ records }) => records.map(({ value }) => String(value)))).toEqual(['c']);
  });

  it('goes on where it was when a leader is another than was known', async () => {
    const values = Array.from({ length: 9 }, (_, i) => `${i}`);
    const topic = await fill([values.slice(0, 3)]);
    await append(topic, [values.slice(3)]);
    const found: string[] = [];
    let answers = 0;
    const moving = withFetch(kafka, async (fetch) => {
      const answer = await fetch();
      if (++answers === 2) throw Object.assign(new Error('moved'), { type: 'NOT_LEADER', retriable: true });
      return answer;
    });
    await new KafkaLogReader(moving).read(
      [{ topic, partition: 0, from: 0, to: 10 }],
      async ({ records }) => {
        found.push(...records.map(({ value }) => String(value)));
        if (found.length === 9) await append(topic, [['last']]);
      },
      new AbortController().signal,
    );
    expect(found).toEqual([...values, 'last']);
    expect(answers).toBeGreaterThan(2);
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
    const [bounds] = await reader.bounds([topic]);
    const records: LogRecord[] = [];
    await reader.read(
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
