import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { acceptEvent, ALL_TOPICS, jimerErased, TOPICS } from '@app/catalog';
import { createKafka, ensureTopics, partitionOf } from '@app/engine-kafka';
import { createDatabase, EventStream, testBrokers, until, type TestDatabase } from '@app/testing';
import type { Producer } from 'kafkajs';
import {
  event,
  experience,
  experienceUid,
  jimer,
  jimerUid,
  ReadApiFixture,
  second,
} from '../read-api.fixture';

const silent = { warn: () => undefined, debug: () => undefined };
const PARTITIONS = 12;
/** Other specs append to the same topics. */
const WORKSPACE = `stream-${process.pid}-${Date.now()}`;
const ENV = {
  KAFKA_BROKERS: testBrokers(),
  KAFKA_REPLICATION_FACTOR: '1',
  KAFKA_MIN_INSYNC_REPLICAS: '1',
  READ_API_STREAMS: '6',
  READ_API_STREAMS_PER_TOKEN: '5',
  READ_API_TOKENS: `read:read-token,read@${WORKSPACE}:own-token,read@other:other-token`,
};

let database: TestDatabase;
let api: ReadApiFixture;
let producer: Producer;
let url: string;
const open: EventStream[] = [];

beforeAll(async () => {
  database = await createDatabase();
  const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);
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
  await start();
  await commit();
});

afterAll(async () => {
  for (const each of open) each.close();
  await api?.close();
  await producer?.disconnect();
  await database?.drop();
});

async function start(): Promise<void> {
  api = await ReadApiFixture.open(database.url, ENV, 'kafka');
  await api.app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(api.app.getHttpServer().address() as AddressInfo).port}/v1/stream`;
}

async function stream(query = '', token = 'own-token', lastId: string | null = null): Promise<EventStream> {
  const each = await EventStream.open(url + query, token, lastId);
  open.push(each);
  return each.status === 200 ? each.begun() : each;
}

/** Appends as the gateway would; gives the ids. */
async function append(...events: readonly object[]): Promise<string[]> {
  return appendTo(WORKSPACE, ...events);
}

async function appendTo(workspace: string, ...events: readonly object[]): Promise<string[]> {
  const ids: string[] = [];
  for (const each of events) {
    const accepted = acceptEvent({ workspace, text: JSON.stringify(each), now: second(0) });
    if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
    const { topic, key, value, headers, partitionKey, id } = accepted;
    const partition = partitionOf(partitionKey, PARTITIONS);
    await producer.send({ topic, messages: [{ key, value, headers: { ...headers }, partition }] });
    ids.push(id);
  }
  return ids;
}

/** What projectors do when they have committed all that the log holds, those of one projection left out. */
async function commit(except = ''): Promise<void> {
  const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);
  const admin = kafka.admin();
  await admin.connect();
  for (const topic of [TOPICS.lifecycle, TOPICS.engagement, TOPICS.feedback])
    for (const { partition, high } of await admin.fetchTopicOffsets(topic))
      await api.pool.query(
        `INSERT INTO engine.checkpoint (generation_id, topic, partition, next_offset)
         SELECT id, $1, $2, $3 FROM engine.generation
          WHERE state = 'active' AND $1 = ANY(topics) AND projection <> $4
         ON CONFLICT (generation_id, topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
        [topic, partition, high, except],
      );
  await admin.disconnect();
}

const started = (n: number, at: number, name = 'tour.started', tour = 1): object =>
  event(name, second(at), { experience: experience(tour), jimer: jimer(n) });

async function metric(name: string): Promise<number> {
  const text = (await api.app.inject({ url: '/metrics' })).body;
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

describe('the stream', () => {
  it('tells that a jimer was erased, and to whoever comes back nothing of that jimer else', async () => {
    const first = await stream();
    await append(started(8, 1));
    await commit();
    const { id: seen } = await first.next();
    await append(started(7, 2), started(8, 3));
    await commit();
    await until('both', () => first.events.length === 3);
    const erased = jimerErased({
      ...{ workspace: WORKSPACE, time: second(4), jimer: { uid: jimerUid(7) }, by: 'admin' },
      topic: TOPICS.engagement,
    });
    const { topic, key, value, headers } = erased;
    await producer.send({ topic, messages: [{ key, value, headers: { ...headers }, partition: 11 }] });
    await commit();
    await until('the erasure', () => first.events.length === 4);
    const toldOf = ({ events }: EventStream) =>
      events
        .map(({ data }) => data as { event: string; jimerUid: string })
        .map((each) => [each.event, each.jimerUid]);
    expect(toldOf(first).at(-1)).toEqual(['jimer.erased', jimerUid(7)]);
    const back = await stream('', 'own-token', seen);
    await until('what was missed', () => back.events.length === 2);
    const missed = [
      ['jimer.erased', jimerUid(7)],
      ['tour.started', jimerUid(8)],
    ];
    expect(toldOf(back).sort()).toEqual(missed);
    first.close();
    back.close();
  });

  it('tells a change once the last projection has committed it, and not before', async () => {
    const own = await stream();
    const [id] = await append(started(1, 1));
    await commit('jimers');
    // Another that is committed by then goes by: what is told is told in time.
    const other = await stream();
    expect([own.events, other.events]).toEqual([[], []]);
    await commit();
    const { event: name, data, id: eventId } = await own.next();
    expect(name).toBe('change');
    expect(eventId).toEqual(expect.any(String));
    expect(data).toEqual({
      id,
      event: 'tour.started',
      kind: 'engagement',
      time: new Date(second(1)).toISOString(),
      workspace: WORKSPACE,
      jimerUid: jimerUid(1),
      experienceUid: experienceUid(1),
      requestUid: null,
      position: expect.stringMatching(/^jimo\.engagement\/\d+@\d+$/) as string,
    });
    expect((await other.next()).data['id']).toBe(id);
    own.close();
    other.close();
  });

  it.each([
    ['by jimer', `?jimerUid=${jimerUid(2).toUpperCase()}`, [0, 2]],
    ['by experience', `?experienceUid=${experienceUid(2)}`, [1, 2]],
    ['by jimer and experience', `?jimerUid=${jimerUid(2)}&experienceUid=${experienceUid(2)}`, [2]],
    ['by event', '?event=tour.completed,post.liked', [1]],
    ['by kind', '?kind=feedback', [3]],
    ['by several kinds', '?kind=lifecycle,feedback', [3]],
    ['by workspace', `?workspace=${WORKSPACE}`, [0, 1, 2, 3]],
  ])('is filtered %s', async (_what, query, expected) => {
    const filtered = await stream(query, query.includes('workspace') ? 'read-token' : 'own-token');
    await appendTo('other', started(2, 0));
    const ids = await append(
      started(2, 1),
      started(3, 2, 'tour.completed', 2),
      started(2, 3, 'tour.started', 2),
      event('request.created', second(4), {
        request: { uid: 'r7' },
        jimer: jimer(5),
        project: { uid: '44444444-0000-4000-8000-000000000001' },
      }),
    );
    await commit();
    const told = new Set<unknown>();
    while (told.size < expected.length) told.add((await filtered.next()).data['id']);
    expect(told).toEqual(new Set(expected.map((i) => ids[i])));
    filtered.close();
  });

  it('goes on exactly where a client was, after a restart of the server', async () => {
    // What was appended before may still be about to be told: only an experience that nobody used is looked at.
    const own = `?experienceUid=${experienceUid(3)}`;
    const begun = (n: number, at: number): object => started(n, at, 'tour.started', 3);
    const before = await stream(own);
    const first = await append(begun(1, 10), begun(2, 11), begun(3, 12));
    await commit();
    const seen = [await before.next(), await before.next()];
    const last = seen.at(-1)!.id;
    before.close();
    const missed = await append(begun(4, 13), begun(5, 14));
    await commit();
    await api.close();
    await start();
    const after = await stream(own, 'own-token', last);
    const late = await append(begun(6, 15));
    await commit();
    const rest = [await after.next(), await after.next(), await after.next(), await after.next()];
    const ids = [...seen, ...rest].map(({ data }) => data['id']);
    expect(new Set(ids)).toEqual(new Set([...first, ...missed, ...late]));
    expect(ids).toHaveLength(6);
    after.close();
  });

  it('ends with a word when the server stops, and tells where to go on', async () => {
    const own = await stream();
    await api.close();
    await own.ended();
    expect(own.events.at(-1)).toMatchObject({ event: 'close', data: { reason: 'shutting-down' } });
    await start();
    const again = await stream('', 'own-token', own.lastId);
    const [id] = await append(started(1, 20));
    await commit();
    expect((await again.next()).data['id']).toBe(id);
    again.close();
  });

  it('tells a client to read anew what an id of another form or log cannot go on from', async () => {
    const foreign = await stream('', 'own-token', 'AgEB');
    expect(await foreign.next()).toMatchObject({ event: 'reset', data: { reason: 'foreign-id' } });
    const far = Buffer.from([
      1,
      ...[12, 12, 12].flatMap((n) => [n, ...Array.from({ length: n }, () => [255, 255, 127]).flat()]),
    ]);
    const ahead = await stream('', 'own-token', far.toString('base64url'));
    expect(await ahead.next()).toMatchObject({ event: 'reset', data: { reason: 'another-log' } });
    const [id] = await append(started(1, 30));
    await commit();
    expect((await foreign.next()).data['id']).toBe(id);
    expect((await ahead.next()).data['id']).toBe(id);
    foreign.close();
    ahead.close();
  });

  it.each([
    ['?kind=other', 'read-token', 400, 'kind'],
    ['?jimerUid=x', 'read-token', 400, 'jimerUid'],
    ['?event=tour.started,tour.flew', 'read-token', 400, 'event'],
    ['?event=tour.started&event=tour.completed', 'read-token', 400, 'event'],
    [`?workspace=${WORKSPACE}`, 'other-token', 403, null],
    ['', 'no-token', 401, null],
    ['?token=read-token', '', 401, null],
  ])('refuses %s with %s', async (query, token, status, path) => {
    const refused = await stream(query, token);
    expect(refused.status).toBe(status);
    if (path !== null) expect(refused.problem).toMatchObject({ problems: [{ path }] });
  });

  it('carries the headers of every answer', async () => {
    const asked = request(url, { headers: { authorization: 'Bearer own-token' }, agent: false });
    const answer = await new Promise<IncomingMessage>((resolve) => asked.once('response', resolve).end());
    asked.on('error', () => undefined).destroy();
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });

  it('refuses an id that it never gave, naming the header', async () => {
    const refused = await stream('', 'own-token', 'not one of ours');
    expect([refused.status, refused.problem]).toMatchObject([400, { problems: [{ path: 'Last-Event-ID' }] }]);
  });

  it('shows a token of one workspace nothing of another', async () => {
    const [own, other] = [await stream(), await stream('', 'other-token')];
    const [id] = await append(started(1, 40));
    const [foreign] = await appendTo('other', started(1, 40));
    await commit();
    expect((await own.next()).data['id']).toBe(id);
    expect((await other.next()).data['id']).toBe(foreign);
    expect([own.events.length, other.events.length]).toEqual([1, 1]);
    own.close();
    other.close();
  });

  it('has a place for so many clients, and says when there are too many', async () => {
    await until('places are free', async () => (await metric('read_api_stream_clients')) === 0);
    const ask = (count: number, token: string) =>
      Promise.all(Array.from({ length: count }, () => stream('', token)));
    const statusesOf = (streams: readonly EventStream[]) => streams.map(({ status }) => status).sort();
    const own = await ask(7, 'own-token');
    expect(statusesOf(own)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const others = await ask(3, 'read-token');
    expect(statusesOf(others)).toEqual([200, 503, 503]);
    for (const each of [...own, ...others]) each.close();
    await until('places are free again', async () => (await metric('read_api_stream_clients')) === 0);
  });

  it('drops a client that does not read, so that it costs no memory, and no other notices', async () => {
    const reader = await stream();
    const asleep = request(url, { headers: { authorization: 'Bearer own-token' }, agent: false });
    asleep.on('error', () => undefined);
    const answer = await new Promise<IncomingMessage>((resolve) => {
      asleep.once('response', resolve);
      asleep.end();
    });
    answer.pause();
    let told = 0;
    // Not those whom other tests erase: the stream tells nothing of them.
    const first = 1_000;
    for (let n = 0; (await metric('read_api_stream_closed_total')) === 0; n++) {
      const messages = Array.from({ length: 1_000 }, (_none, i) => started(first + i, 100 + n));
      const kafkaMessages = messages.map((each) => {
        const accepted = acceptEvent({ workspace: WORKSPACE, text: JSON.stringify(each), now: second(0) });
        if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
        return { key: accepted.key, value: accepted.value, headers: { ...accepted.headers }, partition: 0 };
      });
      await producer.send({ topic: TOPICS.engagement, messages: kafkaMessages });
      await commit();
      for (told += 1_000; reader.events.length < told;) await reader.next();
    }
    asleep.destroy();
    expect(reader.isOver).toBe(false);
    reader.close();
  });
});
