import { acceptEvent, ALL_TOPICS } from '@app/catalog';
import { createKafka, ensureTopics, KafkaLogReader, partitionOf } from '@app/engine-kafka';
import { createLogger } from '@app/platform';
import { createDatabase, testBrokers, until, type TestDatabase } from '@app/testing';
import type { Producer } from 'kafkajs';
import type { TopicDto } from '../pipeline/topics/topics.dto';
import { LogTail } from '../common/log-tail/log-tail';
import { event, experience, jimer, ReadApiFixture, second } from '../read-api.fixture';
import { Activity } from './activity';
import type { ActivityDto } from './activity.dto';
import { ACTIVITY_LIMITS } from './followed-activity';

const silent = { warn: () => undefined, debug: () => undefined };
const PARTITIONS = 12;
const MINUTE_MS = 60_000;
/** Other specs append to the same topics. */
const WORKSPACE = `activity-${process.pid}-${Date.now()}`;
const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);

let database: TestDatabase;
let api: ReadApiFixture;
let producer: Producer;

beforeAll(async () => {
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(admin, ALL_TOPICS, {
    partitions: PARTITIONS,
    replicationFactor: 1,
    minInsyncReplicas: 1,
    minCompactionLagMs: 7 * 86_400_000,
    maxCompactionLagMs: 14 * 86_400_000,
  });
  await admin.disconnect();
  producer = kafka.producer({ idempotent: true });
  await producer.connect();
  database = await createDatabase();
  api = await ReadApiFixture.open(
    database.url,
    {
      KAFKA_BROKERS: testBrokers(),
      KAFKA_REPLICATION_FACTOR: '1',
      KAFKA_MIN_INSYNC_REPLICAS: '1',
      READ_API_TOKENS: `read:read-token,read@${WORKSPACE}:own-token,read@${WORKSPACE}-other:other-token`,
    },
    'kafka',
  );
});

afterAll(async () => {
  await api?.close();
  await producer?.disconnect();
  await database?.drop();
});

async function append(at: number, ...events: readonly object[]): Promise<void> {
  for (const each of events) {
    const accepted = acceptEvent({ workspace: WORKSPACE, text: JSON.stringify(each), now: second(0) });
    if (accepted.outcome === 'rejected') throw new Error(accepted.detail);
    const { topic, key, value, headers, partitionKey } = accepted;
    const message = {
      ...{ key, value, headers: { ...headers }, timestamp: String(at) },
      partition: partitionOf(partitionKey, PARTITIONS),
    };
    await producer.send({ topic, messages: [message] });
  }
}

const started = (n: number): object =>
  event('tour.started', second(n), { experience: experience(1), jimer: jimer(n) });
const invalid = (n: number): object => event('tour.started', second(n), { experience: experience(n) });
const unknown = (n: number): object => event(`tour.flew.${n}`, second(n), {});

async function ask<T>(url: string, token = 'own-token'): Promise<T> {
  let answer = await api.get(url, token);
  await until('Kafka answers', async () => {
    if (answer.status === 503) answer = await api.get(url, token);
    return answer.status !== 503;
  });
  expect(answer.status).toBe(200);
  return answer.body as unknown as T;
}
const activity = (token?: string, minutes = 60) => ask<ActivityDto>(`/v1/activity?minutes=${minutes}`, token);

it('the activity counts what came before anybody asked, and what comes then, for the reach of the token', async () => {
  const now = Date.now();
  await append(now - 10 * MINUTE_MS, started(1), started(2), invalid(3), unknown(4), unknown(5));
  await append(now - 200 * MINUTE_MS, started(6));
  const first = await activity();
  const busy = first.minutes.filter(({ counts }) => Object.keys(counts).length > 0);
  const at = new Date(Math.floor(now / MINUTE_MS) * MINUTE_MS - 10 * MINUTE_MS).toISOString();
  expect(busy).toEqual([{ at, counts: { 'tour.started': 2 }, quarantined: 1, unrecognized: 2 }]);
  expect(Date.parse(first.until)).toBeGreaterThanOrEqual(now);
  expect(first.minutes[0]!.at).toBe(first.since);
  expect([60, 61]).toContain(first.minutes.length);

  await append(Date.now(), started(7));
  const total = ({ minutes }: ActivityDto) =>
    minutes.reduce((sum, { counts }) => sum + (counts['tour.started'] ?? 0), 0);
  await until('it is counted', async () => total(await activity()) === 3);
  expect(total(await activity('other-token'))).toBe(0);
  expect(total(await activity('read-token'))).toBeGreaterThanOrEqual(3);
  expect((await activity('own-token', 1)).minutes.length).toBe(1);
});

it('the topics tell of what was appended', async () => {
  const before = Date.now();
  await append(before, started(20));
  const engagement = async () =>
    (await ask<{ items: TopicDto[] }>('/v1/topics')).items.find(({ name }) => name === 'jimo.engagement')!;
  await until('it is seen', async () => Date.parse((await engagement()).newestAt ?? '') >= before);
  const { partitions, records, recordsPerSecond } = await engagement();
  expect(partitions).toHaveLength(PARTITIONS);
  expect(records).toBe(
    partitions.reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0),
  );
  expect(recordsPerSecond.lastMinute).toBeGreaterThan(0);
  expect(recordsPerSecond.last10Minutes).toBeGreaterThan(0);
});

it.each(['0', '121', 'x', '1.5'])('minutes=%s is refused, naming the parameter', async (minutes) => {
  const { status, body } = await api.get(`/v1/activity?minutes=${minutes}`, 'own-token');
  expect([status, body.problems]).toEqual([400, [expect.objectContaining({ path: 'minutes' })]]);
});

it('reads back no more records than it may, and says from when on it counts', async () => {
  const log = new KafkaLogReader(kafka);
  const logger = createLogger('test', 'silent');
  const own = new Activity({
    limits: { ...ACTIVITY_LIMITS, readBack: 0, patienceMs: 20_000 },
    ...{ log, tail: new LogTail(log, ALL_TOPICS, logger), logger, clock: Date.now },
  });
  const before = Date.now();
  await append(before, started(30));
  const { since, until: whole, minutes } = await own.of(WORKSPACE, 60);
  await own.beforeApplicationShutdown();
  await log.close();
  expect(Date.parse(since)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(whole)).toBeGreaterThanOrEqual(Date.parse(since));
  expect(minutes.flatMap(({ counts }) => Object.keys(counts))).toEqual([]);
});

it('is a 503 while Kafka is away', async () => {
  const away = await ReadApiFixture.open(database.url);
  const statuses = [await away.get('/v1/activity'), await away.get('/v1/topics')].map(({ status }) => status);
  await away.close();
  expect(statuses).toEqual([503, 503]);
});
