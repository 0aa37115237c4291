import { ALL_TOPICS } from '@app/catalog';
import { createKafka, ensureTopics } from '@app/engine-kafka';
import { createDatabase, testBrokers, until, type TestDatabase } from '@app/testing';
import { event, experience, jimer, ReadApiFixture, second } from '../../read-api.fixture';

const DAYS = 86_400_000;
const silent = { warn: () => undefined, debug: () => undefined };

describe('a replay over Kafka', () => {
  let database: TestDatabase;
  const running: ReadApiFixture[] = [];

  async function open(brokers: string): Promise<ReadApiFixture> {
    const api = await ReadApiFixture.open(database.url, { KAFKA_BROKERS: brokers, ...REPLICAS }, 'kafka');
    running.push(api);
    return api;
  }
  const REPLICAS = { KAFKA_REPLICATION_FACTOR: '1', KAFKA_MIN_INSYNC_REPLICAS: '1' };

  beforeAll(async () => {
    database = await createDatabase();
  });

  afterAll(async () => {
    await Promise.all(running.map((api) => api.close()));
    await database?.drop();
  });

  it('stands in the topics at the position that was answered', async () => {
    const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);
    const admin = kafka.admin();
    await admin.connect();
    await ensureTopics(admin, ALL_TOPICS, {
      partitions: 12,
      replicationFactor: 1,
      minInsyncReplicas: 1,
      minCompactionLagMs: 7 * DAYS,
      maxCompactionLagMs: 14 * DAYS,
    });
    const endOf = async (topic: string, partition: number) =>
      Number((await admin.fetchTopicOffsets(topic)).find((each) => each.partition === partition)!.high);

    const api = await open(testBrokers());
    const tour = event('tour.started', second(1), { experience: experience(1), jimer: jimer(1) });
    const [taken] = await api.deliver([tour], 'default', second(1) - 2 * DAYS);
    let answer = await api.post(`/v1/quarantine/${taken!.id}/replay`);
    await until('Kafka takes events', async () => {
      if (answer.status === 503) answer = await api.post(`/v1/quarantine/${taken!.id}/replay`);
      return answer.status !== 503;
    });
    expect(answer.status).toBe(202);
    const [, partition, offset] = /^jimo\.engagement\/(\d+)@(\d+)$/.exec(answer.body.position)!.map(Number);
    expect(await endOf('jimo.engagement', partition!)).toBeGreaterThan(offset!);
    const told = await admin.fetchTopicOffsets('jimo.quarantine');
    expect(told.some(({ high }) => Number(high) > 0)).toBe(true);
    await admin.disconnect();
  });

  it('is a 503 with Retry-After while Kafka is away, and reads and readiness do not mind', async () => {
    const api = await open('127.0.0.1:1');
    await api.holdPartitions();
    const { body } = await api.get('/v1/quarantine', 'admin-token');
    const answer = await api.post(`/v1/quarantine/${body.items[0]!.id}/replay`);
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    const ready = await api.get('/health/ready', null);
    expect([ready.status, ready.body.checks]).toEqual([
      200,
      expect.objectContaining({
        commands: { ok: true, note: expect.stringContaining('Kafka does not take events') as string },
      }),
    ]);
  });
});
