import { randomUUID } from 'node:crypto';
import {
  acceptEvent,
  ALL_TOPICS,
  decodeEvent,
  generateEvents,
  jimersOf,
  TOPICS,
  type CatalogEvent,
} from '@app/catalog';
import { Projector, type LogRecord } from '@app/engine';
import { createKafka, ensureTopics, KafkaLogReader, partitionOf } from '@app/engine-kafka';
import { PostgresStore } from '@app/engine-postgres';
import { Jimer, jimers, Journey, journeys, surveys, Touch } from '@app/projections';
import { createDatabase, lease, memoryOf, silent, testBrokers, type TestDatabase } from '@app/testing';
import type { Producer } from 'kafkajs';
import { ReadApiFixture } from '../read-api.fixture';
import { EvidenceLog, offsetsIn } from './evidence-log';

const QUIET = { warn: () => undefined, debug: () => undefined };
const DAYS = 86_400_000;
const PARTITIONS = 12;
const POINTS = 1_000;
/** Other specs append to the same topics. */
const WORKSPACE = `as-of-${process.pid}-${Date.now()}`;
const PROJECTIONS = [jimers, journeys, surveys];
const SEED = Number(process.env['AS_OF_SEED'] ?? 16);

/** A record of this spec's workspace, where it is. */
interface Appended {
  readonly topic: string;
  readonly partition: number;
  readonly record: LogRecord;
  readonly event: CatalogEvent;
}

let database: TestDatabase;
let api: ReadApiFixture;
let producer: Producer;
let log: readonly Appended[];

beforeAll(async () => {
  database = await createDatabase();
  const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', QUIET);
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(admin, ALL_TOPICS, {
    ...{ partitions: PARTITIONS, replicationFactor: 1, minInsyncReplicas: 1 },
    ...{ minCompactionLagMs: 7 * DAYS, maxCompactionLagMs: 14 * DAYS },
  });
  await admin.disconnect();
  const env = {
    ...{ KAFKA_BROKERS: testBrokers(), KAFKA_REPLICATION_FACTOR: '1', KAFKA_MIN_INSYNC_REPLICAS: '1' },
    READ_API_TOKENS: `read@${WORKSPACE}:read-token`,
  };
  api = await ReadApiFixture.open(database.url, env, 'kafka');
  producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const reader = new KafkaLogReader(kafka);
  // Some are late, and some delivered again: in a log of little more than a second.
  const options = { seed: SEED, jimers: 4, experiences: 5, events: 240, days: 3, redeliveryRate: 0.2 };
  for (const { body } of generateEvents({ ...options, latenessRate: 0.3, returnRate: 0.8, requestRate: 0.1 }))
    await append(body);
  log = await readLog(reader);
  await reader.close();
});

afterAll(async () => {
  await api?.close();
  await producer?.disconnect();
  await database?.drop();
});

async function append(body: string): Promise<void> {
  const taken = acceptEvent({ workspace: WORKSPACE, text: body, now: Date.UTC(2100, 0, 1) });
  if (taken.outcome === 'rejected') throw new Error(taken.detail);
  const { topic, partitionKey, key, value, headers } = taken;
  const partition = partitionOf(partitionKey, PARTITIONS);
  await producer.send({ topic, acks: -1, messages: [{ partition, key, value, headers: { ...headers } }] });
}

/** Everything in the log, applied to the tables as a projector would. */
async function readLog(reader: KafkaLogReader): Promise<Appended[]> {
  const found: Appended[] = [];
  const projector = new Projector<CatalogEvent>(
    PROJECTIONS,
    decodeEvent,
    new PostgresStore(api.pool, PROJECTIONS),
    silent,
  );
  const bounds = await reader.bounds([TOPICS.engagement, TOPICS.feedback]);
  await reader.read(
    bounds.map(({ low, high, ...place }) => ({ ...place, from: low, to: high })),
    async (batch) => {
      const { topic, partition } = batch;
      expect((await projector.apply(batch, lease)).outcome).toBe('applied');
      for (const record of batch.records) {
        const decoded = decodeEvent(record);
        if (decoded.ok && decoded.event.workspace === WORKSPACE)
          found.push({ topic, partition, record, event: decoded.event });
      }
    },
    new AbortController().signal,
  );
  return found;
}

/** The rows of a person from the records up to a time: a store in memory, fed with nothing else. */
async function bruteForce(uid: string, time: number) {
  const tables = new Map<unknown, readonly Record<string, unknown>[]>();
  const records = log.filter(({ record }) => record.timestamp <= time);
  for (const projection of PROJECTIONS) {
    const under = memoryOf(projection);
    const projector = new Projector<CatalogEvent>([projection], decodeEvent, under.store, silent);
    const slots = Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`);
    for (const own of slots.values()) {
      const { topic, partition } = own[0]!;
      const nextOffset = own.at(-1)!.record.offset + 1;
      const batch = { topic, partition, fromOffset: 0, nextOffset, records: own.map(({ record }) => record) };
      await projector.apply(batch, lease);
    }
    for (const table of projection.tables)
      tables.set(
        table,
        (await under.rowsOf(table)).filter((row) => row['jimerUid'] === uid),
      );
  }
  return tables;
}

interface PastAnswer {
  readonly exact: boolean;
  readonly items: readonly { readonly id: string }[];
  readonly experiences: readonly Record<string, unknown>[];
}

async function asked(path: string): Promise<{ status: number; body: PastAnswer & Record<string, unknown> }> {
  const { status, text } = await api.get(`/v1/jimers/${path}`);
  return { status, body: JSON.parse(text) as PastAnswer & Record<string, unknown> };
}

const isoOrNull = (time: unknown): string | null =>
  typeof time === 'number' ? new Date(time).toISOString() : null;

/** A generator of numbers that every run repeats. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/** Compares one of the three answers with what the records up to a time make. */
async function comparePoint(point: number, uid: string, asOf: string, time: number): Promise<boolean> {
  const tables = await bruteForce(uid, time);
  const [jimer] = tables.get(Jimer)!;
  const path = [uid, `${uid}/timeline`, `${uid}/journey`][point % 3]!;
  const { status, body } = await asked(`${path}?limit=200&asOf=${encodeURIComponent(asOf)}`);
  if (!jimer) {
    // A timeline of nobody yet is empty.
    expect([asOf, path, status]).toEqual([asOf, path, point % 3 === 1 ? 200 : 404]);
    return false;
  }
  expect([asOf, path, status, body.exact]).toEqual([asOf, path, 200, true]);
  if (point % 3 === 0)
    expect(body).toMatchObject({
      ...{ username: jimer['username'], email: jimer['email'] },
      firstEventAt: isoOrNull(jimer['firstEventAt']),
      lastEventAt: isoOrNull(jimer['lastEventAt']),
    });
  else if (point % 3 === 1)
    expect(body.items.map(({ id }) => id).sort()).toEqual(
      tables
        .get(Touch)!
        .map((row) => row['eventId'])
        .sort(),
    );
  else
    expect(
      body.experiences
        .map((each) => [
          each['uid'],
          each['title'],
          each['startedAt'],
          each['lastEventAt'],
          each['completedAt'],
        ])
        .sort(),
    ).toEqual(
      tables
        .get(Journey)!
        .map((row) => [
          ...[row['experienceUid'], row['title'], isoOrNull(row['startedAt'])],
          ...[isoOrNull(row['lastEventAt']), isoOrNull(row['completedAt'])],
        ])
        .sort(),
    );
  return true;
}

describe('end users as of a time of the log', () => {
  it(`are what a fold of the records up to then makes, at ${POINTS} points`, async () => {
    const uids = [...new Set(log.flatMap(({ event }) => jimersOf(event)))];
    const times = log.map(({ record }) => record.timestamp);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const random = dice(SEED);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const points = Array.from({ length: POINTS }, (_, point) => {
      const { topic, partition, record } = pick(log);
      const time = first - 5 + Math.floor(random() * (last - first + 10));
      return random() < 0.3
        ? ([point, pick(uids), `${topic}/${partition}@${record.offset}`, record.timestamp] as const)
        : ([point, pick(uids), new Date(time).toISOString(), time] as const);
    }).values();
    let found = 0;
    const lane = async (): Promise<void> => {
      for (const point of points) if (await comparePoint(...point)) found++;
    };
    await Promise.all(Array.from({ length: 6 }, lane));
    expect(found).toBeGreaterThan(POINTS / 4);
  }, 600_000);

  it('are exact for as long as nothing was compacted', async () => {
    const uid = jimersOf(log[0]!.event)[0]!;
    const now = await asked(`${uid}/timeline?limit=200`);
    const past = await asked(`${uid}/timeline?limit=200&asOf=${new Date().toISOString()}`);
    expect(past.body).toEqual({ ...now.body, exact: true });
    const long = new Date(Date.now() - 8 * DAYS).toISOString();
    expect((await asked(`${uid}?asOf=${long}`)).status).toBe(404);
  });

  it('are searched for as far as the log was then', async () => {
    const uid = jimersOf(log[0]!.event)[0]!;
    const search = jest.spyOn(api.app.get(EvidenceLog), 'search');
    await asked(`${uid}?asOf=2020-01-01T00:00:00Z`);
    await asked(`${uid}?asOf=${new Date().toISOString()}`);
    const [none, all] = search.mock.calls.map(([ranges]) => offsetsIn(ranges));
    search.mockRestore();
    expect(none).toBe(0);
    expect(all).toBeGreaterThan(0);
  });

  it('refuse what is no time and no position of the log', async () => {
    const uid = jimersOf(log[0]!.event)[0]!;
    for (const asOf of ['yesterday', '2025-02-03T12:00:00', `jimo.engagement/0@${2 ** 40}`]) {
      const { status, body } = await asked(`${uid}?asOf=${encodeURIComponent(asOf)}`);
      expect([status, body['problems']]).toEqual([
        400,
        [{ path: 'asOf', message: expect.any(String) as string }],
      ]);
    }
    expect((await asked(`${randomUUID()}?asOf=2025-02-03`)).status).toBe(404);
  });
});
