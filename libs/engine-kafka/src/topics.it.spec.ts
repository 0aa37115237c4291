import { createTopic, testBrokers, uniqueTopic, until } from '@app/testing';
import { type Admin, ConfigResourceTypes, type Kafka } from 'kafkajs';
import { createKafka } from './kafka-client';
import { TopicSettingsWatch } from './topic-settings-watch';
import { ensureTopics, TopicMismatch, topicDifferences, type TopicRequirements } from './topics';

const REQUIREMENTS: TopicRequirements = {
  partitions: 3,
  replicationFactor: 1,
  minInsyncReplicas: 1,
  minCompactionLagMs: 604_800_000,
  maxCompactionLagMs: 1_209_600_000,
};

const silent = { warn: () => undefined, debug: () => undefined };

let kafka: Kafka;
let admin: Admin;
beforeAll(async () => {
  kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);
  admin = kafka.admin();
  await admin.connect();
});
afterAll(() => admin?.disconnect());

describe('ensureTopics', () => {
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
    await until('brokers know of five partitions', async () => (await partitionsOf(topic)) === 5);
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
      `topic ${topic}: partitions is 2, must be 3 or more (KAFKA_TOPIC_PARTITIONS)`,
      `topic ${topic}: replication factor is 1, must be 2 (KAFKA_REPLICATION_FACTOR)`,
      `topic ${topic}: cleanup.policy is delete, must be compact`,
      `topic ${topic}: min.compaction.lag.ms is 0, must be 604800000`,
      `topic ${topic}: max.compaction.lag.ms is 9223372036854775807, must be 1209600000`,
      `topic ${topic}: retention.ms is 1000, must be -1`,
      `topic ${topic}: min.insync.replicas is 1, must be 2 (KAFKA_MIN_INSYNC_REPLICAS)`,
    ]);
    expect(await partitionsOf(topic)).toBe(2);
  });
});

describe('a watch of the settings of topics', () => {
  const opened: TopicSettingsWatch[] = [];
  afterEach(() => opened.splice(0).forEach((watch) => watch.stop()));

  async function watchOf(...topics: string[]) {
    await ensureTopics(admin, topics, REQUIREMENTS);
    const reported: string[] = [];
    const watch = new TopicSettingsWatch(kafka, topics, REQUIREMENTS, ({ differences }) =>
      reported.push((differences ?? []).map(({ setting, found }) => `${setting} ${found}`).join(', ')),
    );
    opened.push(watch);
    return { watch, reported };
  }

  const set = (topic: string, settings: Readonly<Record<string, string>>) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: Object.entries({ ...KEPT, ...settings }).map(([name, value]) => ({ name, value })),
        },
      ],
    });

  const KEPT = {
    'cleanup.policy': 'compact',
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'min.compaction.lag.ms': String(REQUIREMENTS.minCompactionLagMs),
    'max.compaction.lag.ms': String(REQUIREMENTS.maxCompactionLagMs),
    'min.insync.replicas': '1',
  };

  it.each([
    ['a policy that deletes', { 'cleanup.policy': 'delete' }, 'cleanup.policy delete'],
    [
      'a policy that deletes beside compacting',
      { 'cleanup.policy': 'compact,delete' },
      'cleanup.policy compact,delete',
    ],
    ['an age at which records go', { 'retention.ms': '604800000' }, 'retention.ms 604800000'],
    ['a size at which records go', { 'retention.bytes': '1073741824' }, 'retention.bytes 1073741824'],
    [
      'a shorter time before redeliveries may displace a record',
      { 'min.compaction.lag.ms': '0' },
      'min.compaction.lag.ms 0',
    ],
  ])('finds %s, and that it was set back', async (_what, settings, found) => {
    const topic = uniqueTopic();
    const { watch, reported } = await watchOf(topic);
    await watch.check();
    await set(topic, settings);
    await until('the broker to tell', async () => {
      await watch.check();
      return reported.at(-1) === found;
    });
    expect(reported[0]).toBe('');
    await set(topic, {});
    await until('the broker to tell that it was set back', async () => {
      await watch.check();
      return reported.at(-1) === '';
    });
  });

  it('finds a topic that is gone', async () => {
    const [one, other] = [uniqueTopic(), uniqueTopic()];
    const { watch } = await watchOf(one, other);
    await admin.deleteTopics({ topics: [other] });
    await until('the topic to be gone', async () => {
      await watch.check();
      return watch.state.differences?.some(({ topic }) => topic === other);
    });
    expect(watch.state.differences).toEqual([
      { topic: other, setting: 'the topic', found: 'missing', wanted: 'there' },
    ]);
  });

  it('keeps what it found last while Kafka does not answer', async () => {
    const away = createKafka({ brokers: ['127.0.0.1:1'], ssl: false }, 'test', silent, {
      retry: { retries: 0 },
    });
    const watch = new TopicSettingsWatch(away, ['any'], REQUIREMENTS, () => undefined);
    await watch.check();
    expect(watch.state).toEqual({
      differences: null,
      trouble: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('asks without requirements only for what loses records', async () => {
    const topic = uniqueTopic();
    await createTopic(admin, { topic, numPartitions: 1 });
    const settings = (await topicDifferences(admin, [topic], null)).map(({ setting }) => setting);
    expect(settings).toEqual(['cleanup.policy', 'retention.ms']);
  });
});
