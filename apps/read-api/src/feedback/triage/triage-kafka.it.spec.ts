import { randomUUID } from 'node:crypto';
import { acceptEvent, ALL_TOPICS, decodeEvent, type CatalogEvent } from '@app/catalog';
import { Projector } from '@app/engine';
import { BatchConsumer, createKafka, ensureTopics } from '@app/engine-kafka';
import { PostgresStore } from '@app/engine-postgres';
import { feedback } from '@app/projections';
import { createDatabase, silent, testBrokers, until, type TestDatabase } from '@app/testing';
import { EVENT_LOG, type EventLog } from '../../common/kafka/event-log';
import { event, jimer, projectUid, ReadApiFixture, second, type Answer } from '../../read-api.fixture';

const QUIET = { warn: () => undefined, debug: () => undefined };
const DAYS = 86_400_000;

describe('triage over Kafka, by two processes of the API', () => {
  let database: TestDatabase;
  const apis: ReadApiFixture[] = [];
  let consumer: BatchConsumer;

  const logOf = (api: ReadApiFixture): EventLog => api.app.get<EventLog>(EVENT_LOG);

  beforeAll(async () => {
    database = await createDatabase();
    const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', QUIET);
    const admin = kafka.admin();
    await admin.connect();
    await ensureTopics(admin, ALL_TOPICS, {
      ...{ partitions: 12, replicationFactor: 1, minInsyncReplicas: 1 },
      ...{ minCompactionLagMs: 7 * DAYS, maxCompactionLagMs: 14 * DAYS },
    });
    await admin.disconnect();
    const env = {
      KAFKA_BROKERS: testBrokers(),
      KAFKA_REPLICATION_FACTOR: '1',
      KAFKA_MIN_INSYNC_REPLICAS: '1',
    };
    for (let n = 0; n < 2; n++) apis.push(await ReadApiFixture.open(database.url, env, 'kafka'));
    const store = new PostgresStore(apis[0]!.pool, [feedback]);
    const projector = new Projector<CatalogEvent>([feedback], decodeEvent, store, silent);
    consumer = new BatchConsumer(
      kafka,
      {
        topics: projector.topics,
        forgetPositions: () => projector.forgetPositions(),
        takes: (topic) => projector.takes(topic),
        position: (topic, partition) => projector.position(topic, partition),
        apply: (batch, lease) => projector.apply(batch, lease),
      },
      { groupId: randomUUID(), concurrency: 3, maxBytesPerPartition: 1 << 20, maxBytes: 8 << 20 },
      {
        assigned: () => undefined,
        trouble: () => undefined,
        fatal: (error) => {
          throw error;
        },
      },
    );
    await consumer.start();
  });

  afterAll(async () => {
    await consumer?.stop();
    await Promise.all(apis.map((api) => api.close()));
    await database?.drop();
  });

  async function submitted(): Promise<string> {
    const uid = randomUUID();
    const text = JSON.stringify(
      event('request.created', second(1), {
        ...{ request: { uid }, jimer: jimer(1) },
        project: { uid: projectUid(1), name: 'Web' },
      }),
    );
    const acceptance = acceptEvent({ workspace: 'default', text, now: Date.now() });
    if (acceptance.outcome !== 'accepted') throw new Error(acceptance.outcome);
    await until('Kafka takes the request', async () => {
      await logOf(apis[0]!).append([acceptance]);
      return true;
    });
    await until('it is projected', async () => (await read(uid)).status === 200);
    return uid;
  }

  const read = (uid: string, headers = {}): Promise<Answer> =>
    apis[1]!.get(`/v1/feedback/${uid}`, 'read-token', headers);
  const patch = (n: number, uid: string, version: number, change: object): Promise<Answer> =>
    apis[n % 2]!.ask('PATCH', `/v1/feedback/${uid}`, 'triage-token', change, { 'if-match': `"${version}"` });

  it('of 20 changes of one version one is made, the others are told, and nothing is lost', async () => {
    const uid = await submitted();
    for (let version = 1; version <= 3; version++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_none, n) => patch(n, uid, version, { note: `${version}/${n}` })),
      );
      const made = answers.filter(({ status }) => status === 200);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(412)]);
      const { position, ...item } = made[0]!.body;
      expect((await read(uid, { 'read-after': position })).body).toEqual(item);
      expect(item).toMatchObject({ version: version + 1 });
    }
  });

  it('of two that merge into each other one is refused', async () => {
    const [a, b] = [await submitted(), await submitted()];
    const answers = await Promise.all([patch(0, a, 1, { mergedInto: b }), patch(1, b, 1, { mergedInto: a })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('many items are changed at once, each by whoever asked', async () => {
    const uids = await Promise.all([submitted(), submitted(), submitted(), submitted(), submitted()]);
    const answers = await Promise.all(uids.map((uid, n) => patch(n, uid, 1, { assignee: uid })));
    expect(answers.map(({ status }) => status)).toEqual(uids.map(() => 200));
    for (const [n, uid] of uids.entries()) {
      const headers = { 'read-after': answers[n]!.body.position };
      expect((await read(uid, headers)).body).toMatchObject({ assignee: uid, version: 2 });
    }
  });
});
