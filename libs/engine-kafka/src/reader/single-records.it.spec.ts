import type { LogRecord } from '@app/engine';
import { createTopic, testBrokers, uniqueTopic } from '@app/testing';
import { CompressionTypes, type Admin, type Kafka } from 'kafkajs';
import { createKafka } from '../kafka-client';
import { withFetch } from './fetch.fixture';
import { KafkaLogReader } from './kafka-log-reader';

const silent = { warn: () => undefined, debug: () => undefined };
const LONG_AGO = Date.UTC(2020, 0, 1);

let kafka: Kafka;
let admin: Admin;
let log: KafkaLogReader;

beforeAll(async () => {
  kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'spec', silent);
  log = new KafkaLogReader(kafka, 20_000);
  admin = kafka.admin();
  await admin.connect();
});

afterAll(async () => {
  await log?.close();
  await admin?.disconnect();
});

/** A record per time, the last partition first. */
async function fill(partitions: readonly (readonly number[])[]): Promise<string> {
  const topic = uniqueTopic('single');
  await createTopic(admin, { topic, numPartitions: partitions.length });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  for (const [partition, times] of partitions.entries())
    await producer.send({
      topic,
      compression: CompressionTypes.GZIP,
      messages: times.map((time) => ({ partition, value: `at ${time}`, timestamp: String(LONG_AGO + time) })),
    });
  await producer.disconnect();
  return topic;
}

const valuesOf = (found: readonly (LogRecord | null)[]): (string | null)[] =>
  found.map((record) => record && String(record.value));

describe('single records of the log', () => {
  it('tells where each partition starts and ends, and where the records of a time begin', async () => {
    const topic = await fill([[1, 2, 3], [], [3, 9]]);
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    const [starts, ends, three, later] = await log.offsets(
      [topic],
      ...(['start', 'end', LONG_AGO + 3, LONG_AGO + 99] as const),
    );
    const of = (offsets: typeof starts) => offsets!.map(({ partition, offset }) => [partition, offset]);
    expect(of(starts)).toEqual([
      [0, 1],
      [1, 0],
      [2, 0],
    ]);
    expect(of(ends).map(([, offset]) => offset)).toEqual([3, 0, 2]);
    expect(of(three).map(([, offset]) => offset)).toEqual([2, 0, 0]);
    expect(of(later)).toEqual(of(ends));
  });

  it('gives the records at positions in their order, out of the middle of a batch too, and null for others', async () => {
    const topic = await fill([[1, 2, 3], [], [4, 5]]);
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    const positions = [
      { partition: 2, offset: 1 },
      { partition: 0, offset: 1 },
      { partition: 0, offset: 0 },
      { partition: 2, offset: 2 },
      { partition: 1, offset: 0 },
      { partition: 7, offset: 0 },
      { partition: 2, offset: 0 },
      { partition: 0, offset: 1 },
    ];
    const found = await log.recordsAt(positions.map((each) => ({ topic, ...each })));
    expect(valuesOf(found)).toEqual(['at 5', 'at 2', null, null, null, null, 'at 4', 'at 2']);
    expect(found[0]!.timestamp - LONG_AGO).toBe(5);
    expect(await log.recordsAt([])).toEqual([]);
  });

  it('asks again where the leader is another than was known', async () => {
    const topic = await fill([[1, 2]]);
    let answers = 0;
    const moving = withFetch(kafka, (fetch) => {
      const moved = Object.assign(new Error('moved'), { type: 'NOT_LEADER_FOR_PARTITION', retriable: true });
      return answers++ === 0 ? Promise.reject(moved) : fetch();
    });
    const behind = new KafkaLogReader(moving, 20_000);
    expect(valuesOf(await behind.recordsAt([{ topic, partition: 0, offset: 1 }]))).toEqual(['at 2']);
    expect(answers).toBe(2);
    await behind.close();
  });

  it('fails for a topic that does not exist, and then finds the others all the same', async () => {
    const topic = await fill([[1]]);
    await expect(log.offsets([uniqueTopic('none')], 'end')).rejects.toThrow();
    const [ends] = await log.offsets([topic], 'end');
    expect(ends).toEqual([{ topic, partition: 0, offset: 1 }]);
  });

  it('fails within its time where nobody answers', async () => {
    // Tried once more after the time is over, and then no more: the client would go on when the tests have ended.
    const patience = { retry: { initialRetryTime: 300, retries: 1 } };
    const away = createKafka({ brokers: ['127.0.0.1:1'], ssl: false }, 'spec', silent, patience);
    const nobody = new KafkaLogReader(away, 200);
    await expect(nobody.offsets(['any'], 'end')).rejects.toThrow();
    await nobody.close();
  });
});
