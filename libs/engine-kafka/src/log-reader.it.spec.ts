import { logReaderContract, testBrokers, uniqueTopic } from '@app/testing';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { KafkaLogReader } from './log-reader';

let kafka: Kafka;
let admin: Admin;

beforeAll(async () => {
  kafka = new Kafka({ brokers: [testBrokers()], logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
});

afterAll(() => admin?.disconnect());

async function fill(partitions: readonly (readonly string[])[]): Promise<string> {
  const topic = uniqueTopic();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions.length }], waitForLeaders: true });
  const producer = kafka.producer();
  await producer.connect();
  const messages = partitions.flatMap((values, partition) => values.map((value) => ({ value, partition })));
  await producer.send({ topic, messages });
  await producer.disconnect();
  return topic;
}

describe('the log in Kafka', () => {
  logReaderContract(() => ({ reader: new KafkaLogReader(kafka, 'contract'), fill }));

  it('leaves no consumer group behind', async () => {
    const name = uniqueTopic('reader');
    const topic = await fill([['a', 'b']]);
    const reader = new KafkaLogReader(kafka, name);
    const ranges = [{ topic, partition: 0, from: 0, to: 2 }];
    await reader.read(ranges, () => Promise.resolve(), new AbortController().signal);
    const { groups } = await admin.listGroups();
    expect(groups.filter(({ groupId }) => groupId.startsWith(name))).toEqual([]);
  });
});
