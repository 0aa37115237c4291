import { createTopic, testBrokers, uniqueTopic } from '@app/testing';
import type { Admin } from 'kafkajs';
import { createKafka } from './kafka-client';
import { ensureTopics, TopicMismatch, type TopicRequirements } from './topics';

const REQUIREMENTS: TopicRequirements = {
  partitions: 3,
  replicationFactor: 1,
  minInsyncReplicas: 1,
  minCompactionLagMs: 604_800_000,
  maxCompactionLagMs: 1_209_600_000,
};

const silent = { warn: () => undefined, debug: () => undefined };

describe('ensureTopics', () => {
  let admin: Admin;
  beforeAll(async () => {
    admin = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent).admin();
    await admin.connect();
  });
  afterAll(() => admin?.disconnect());

  const partitionsOf = async (topic: string) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]!.partitions.length;
  };

  it('creates what is missing, and a second time finds nothing to do', async () => {
    const topics = [uniqueTopic(), uniqueTopic()];
    await ensureTopics(admin, topics, REQUIREMENTS);
    await ensureTopics(admin, topics, REQUIREMENTS);
    expect(await Promise.all(topics.map(partitionsOf))).toEqual([3, 3]);
  });

  it('may run in several processes at once', async () => {
    const topics = [uniqueTopic(), uniqueTopic()];
    await Promise.all([1, 2, 3].map(() => ensureTopics(admin, topics, REQUIREMENTS)));
    expect(await Promise.all(topics.map(partitionsOf))).toEqual([3, 3]);
  });

  it('takes more partitions than configured', async () => {
    const topic = uniqueTopic();
    await ensureTopics(admin, [topic], REQUIREMENTS);
    await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
    await ensureTopics(admin, [topic], REQUIREMENTS);
    expect(await partitionsOf(topic)).toBe(5);
  });

  it('names every topic and setting that is not as it must be, and changes nothing', async () => {
    const topic = uniqueTopic();
    await createTopic(admin, {
      topic,
      numPartitions: 2,
      configEntries: [{ name: 'retention.ms', value: '1000' }],
    });
    const wanted = { ...REQUIREMENTS, replicationFactor: 2, minInsyncReplicas: 2 };
    const error: unknown = await ensureTopics(admin, [topic], wanted).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TopicMismatch);
    expect((error as TopicMismatch).message.split('; ')).toEqual([
      `topic ${topic}: partitions is 2, must be 3 or more`,
      `topic ${topic}: replication factor is 1, must be 2`,
      `topic ${topic}: cleanup.policy is delete, must be compact`,
      `topic ${topic}: min.compaction.lag.ms is 0, must be 604800000`,
      `topic ${topic}: max.compaction.lag.ms is 9223372036854775807, must be 1209600000`,
      `topic ${topic}: retention.ms is 1000, must be -1`,
      `topic ${topic}: min.insync.replicas is 1, must be 2`,
    ]);
    expect(await partitionsOf(topic)).toBe(2);
  });
});
