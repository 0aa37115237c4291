import { createTopic, testBrokers, uniqueTopic } from '@app/testing';
import { CompressionTypes, type Admin, type Kafka } from 'kafkajs';
import { createKafka } from '../kafka-client';
import type { Broker, Cluster } from '../kafkajs';
import { LogLook } from './log-look';

const silent = { warn: () => undefined, debug: () => undefined };
const LONG_AGO = Date.UTC(2020, 0, 1);

let kafka: Kafka;
let admin: Admin;
let look: LogLook;

beforeAll(async () => {
  kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'spec', silent);
  look = new LogLook(kafka, 20_000);
  admin = kafka.admin();
  await admin.connect();
});

afterAll(async () => {
  await look?.close();
  await admin?.disconnect();
});

/** A record per time, the last partition first. */
async function fill(partitions: readonly (readonly number[])[]): Promise<string> {
  const topic = uniqueTopic('look');
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

const valuesOf = (found: readonly { readonly record: { readonly value: Buffer | null } }[]): string[] =>
  found.map(({ record }) => String(record.value)).sort();

describe('a look into the log', () => {
  it('tells where each partition starts and ends, and where the records of a time begin', async () => {
    const topic = await fill([[1, 2, 3], [], [3, 9]]);
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    const [starts, ends, three, later] = await look.offsets(
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

  it('gives the one record that stands at a place, out of the middle of a batch too', async () => {
    const topic = await fill([[1, 2, 3], [], [4, 5]]);
    const found = await look.records([
      { topic, partition: 0, offset: 1 },
      { topic, partition: 2, offset: 1 },
    ]);
    expect(valuesOf(found)).toEqual(['at 2', 'at 5']);
    expect(found.map(({ record }) => record.timestamp - LONG_AGO).sort()).toEqual([2, 5]);
    expect(await look.records([{ topic, partition: 1, offset: 0 }])).toEqual([]);
  });

  it('asks again where the leader is another than was known', async () => {
    const topic = await fill([[1, 2]]);
    const key = Object.getOwnPropertySymbols(kafka).find(({ description }) =>
      description?.endsWith('createCluster'),
    )!;
    const { [key]: make } = kafka as unknown as Record<symbol, (options: unknown) => Cluster>;
    let clusters = 0;
    const cluster = (options: unknown): Cluster => {
      const made = make!(options);
      const findBroker = made.findBroker.bind(made);
      const moved = Object.assign(new Error('moved'), { type: 'NOT_LEADER_FOR_PARTITION' });
      if (clusters++ === 0)
        made.findBroker = async (node) =>
          Object.create(await findBroker(node), { fetch: { value: () => Promise.reject(moved) } }) as Broker;
      return made;
    };
    const behind = new LogLook(Object.create(kafka, { [key]: { value: cluster } }) as Kafka, 20_000);
    expect(valuesOf(await behind.records([{ topic, partition: 0, offset: 1 }]))).toEqual(['at 2']);
    expect(clusters).toBe(2);
    await behind.close();
  });

  it('fails for a topic that does not exist, and then finds the others all the same', async () => {
    const topic = await fill([[1]]);
    await expect(look.offsets([uniqueTopic('none')], 'end')).rejects.toThrow();
    const [ends] = await look.offsets([topic], 'end');
    expect(ends).toEqual([{ topic, partition: 0, offset: 1 }]);
  });

  it('fails within its time where nobody answers', async () => {
    // Tried once more after the time is over, and then no more: the client would go on when the tests have ended.
    const patience = { retry: { initialRetryTime: 300, retries: 1 } };
    const away = createKafka({ brokers: ['127.0.0.1:1'], ssl: false }, 'spec', silent, patience);
    const nobody = new LogLook(away, 200);
    await expect(nobody.offsets(['any'], 'end')).rejects.toThrow();
    await nobody.close();
  });
});
