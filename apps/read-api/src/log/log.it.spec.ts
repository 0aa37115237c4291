import { get as httpGet } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  acceptEvent,
  ALL_TOPICS,
  backlogItemTriaged,
  type Acceptable,
  type SystemRecord,
} from '@app/catalog';
import { createKafka, ensureTopics, partitionOf } from '@app/engine-kafka';
import { createDatabase, testBrokers, until, type TestDatabase } from '@app/testing';
import type { Producer } from 'kafkajs';
import {
  event,
  experience,
  experienceUid,
  jimer,
  jimerUid,
  projectUid,
  ReadApiFixture,
  second,
  userUid,
} from '../read-api.fixture';
import { LogSearch } from './log-search';
import type { LogPageDto } from './log.dto';

const silent = { warn: () => undefined, debug: () => undefined };
const PARTITIONS = 12;
/** Other specs append to the same topics. */
const WORKSPACE = `log-${process.pid}-${Date.now()}`;
const OTHER = `${WORKSPACE}-other`;
const REQUEST = `Request-${WORKSPACE}`;
const ENV = {
  KAFKA_BROKERS: testBrokers(),
  KAFKA_REPLICATION_FACTOR: '1',
  KAFKA_MIN_INSYNC_REPLICAS: '1',
  KAFKA_TOPIC_PARTITIONS: String(PARTITIONS),
  READ_API_TOKENS: `read:all,admin:admin,read@${WORKSPACE}:own,admin@${WORKSPACE}:own-admin,read@${OTHER}:other`,
};

interface Appended {
  readonly id: string;
  readonly position: string;
}

let database: TestDatabase;
let api: ReadApiFixture;
let producer: Producer;

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
  api = await ReadApiFixture.open(database.url, ENV, 'kafka');
});

afterAll(async () => {
  await api?.close();
  await producer?.disconnect();
  await database?.drop();
});

async function place(record: Acceptable | SystemRecord): Promise<Appended> {
  const { topic, key, value, headers, partitionKey, id } = record;
  const partition = partitionOf(partitionKey, PARTITIONS);
  const [sent] = await producer.send({
    topic,
    messages: [{ key, value, headers: { ...headers }, partition }],
  });
  return { id, position: `${topic}/${partition}@${sent!.baseOffset}` };
}

/** Appends as the gateway would, each a millisecond after the one before. */
async function append(workspace: string, ...bodies: readonly object[]): Promise<Appended[]> {
  const appended: Appended[] = [];
  for (const body of bodies) {
    const accepted = acceptEvent({ workspace, text: JSON.stringify(body), now: second(0) });
    if (accepted.outcome === 'rejected') throw new Error(accepted.detail);
    const before = Date.now();
    await until('the clock to go on', () => Date.now() > before);
    appended.push(await place(accepted));
  }
  return appended;
}

const started = (n: number, at: number, tour = 1, more: object = {}): object =>
  event('tour.started', second(at), { experience: experience(tour, 'TOUR', more), jimer: jimer(n) });

async function search(query: string, token = 'own'): Promise<LogPageDto> {
  const { status, body } = await api.get(`/v1/log?${query}`, token);
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body as unknown as LogPageDto;
}

/** Every event that is found, page by page, with what happens between two pages. */
async function all(
  query: string,
  token?: string,
  between?: () => Promise<unknown>,
): Promise<LogPageDto['items']> {
  const items: LogPageDto['items'] = [];
  let cursor: string | null = null;
  do {
    const page: LogPageDto = await search(cursor === null ? query : `${query}&cursor=${cursor}`, token);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor !== null) await between?.();
  } while (cursor !== null);
  return items;
}

const idsOf = (items: readonly { readonly id: string | null }[]) => items.map(({ id }) => id);

async function refusal(query: string, token = 'own'): Promise<readonly [number, string]> {
  const { status, body } = await api.get(`/v1/log?${query}`, token);
  const problems = (body.problems ?? []) as { readonly path: string; readonly message: string }[];
  return [status, problems.map(({ path, message }) => `${path} ${message}`).join('; ') || body.detail];
}

describe('the log', () => {
  let tour: Appended, survey: Appended, created: Appended, request: Appended, triaged: Appended;
  let unrecognized: Appended, quarantined: Appended, foreign: Appended;

  beforeAll(async () => {
    [created, tour, survey, request] = (await append(
      WORKSPACE,
      event('tour.created', second(1), {
        experience: experience(1),
        user: { uid: userUid(1), email: 'sam@example.com', firstName: 'Sam', lastName: 'at Jimo' },
      }),
      started(1, 2, 1, { title: 'Wélcome' }),
      started(2, 3, 2),
      event('request.created', second(4), {
        request: { uid: REQUEST, title: 'Dark mode' },
        jimer: jimer(1),
        project: { uid: projectUid(1) },
      }),
    )) as [Appended, Appended, Appended, Appended];
    const item = { status: 'planned', tags: [], assignee: null, note: null, mergedInto: null } as const;
    triaged = await place(
      backlogItemTriaged({
        ...{ workspace: WORKSPACE, time: second(5), request: { uid: REQUEST }, jimer: { uid: jimerUid(1) } },
        ...{ version: 2, item, changed: ['status'], change: jimerUid(9), by: 'triage', actor: null },
      }),
    );
    [unrecognized, quarantined] = (await append(
      WORKSPACE,
      { event: 'tour.exploded', time: second(6), jimer: { uid: jimerUid(1) } },
      event('tour.started', second(7), { jimer: { uid: jimerUid(1) }, request: { uid: REQUEST } }),
    )) as [Appended, Appended];
    [foreign] = (await append(OTHER, started(1, 8))) as [Appended];
  });

  it('has an event as it was received, with where and when it was appended and its headers', async () => {
    const { items, nextCursor, remaining } = await search(`id=${request.id}&jimerUid=${jimerUid(1)}`);
    expect(items).toEqual([
      {
        position: request.position,
        appendedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        workspace: WORKSPACE,
        id: request.id,
        event: 'request.created',
        time: new Date(second(4)).toISOString(),
        headers: expect.objectContaining({
          ce_id: request.id,
          ce_type: 'com.usejimo.request.created',
        }) as object,
        value: expect.objectContaining({ event: 'request.created', time: second(4) }) as object,
      },
    ]);
    expect([nextCursor, remaining]).toEqual([null, 0]);
  });

  it.each<[string, () => string, () => readonly Appended[]]>([
    ['a jimer', () => `jimerUid=${jimerUid(1)}`, () => [triaged, request, tour]],
    ['an experience', () => `experienceUid=${experienceUid(1).toUpperCase()}`, () => [tour, created]],
    ['a request', () => `requestUid=${REQUEST}`, () => [triaged, request]],
    ['an event id', () => `id=${survey.id}`, () => [survey]],
    ['a kind', () => 'event=tour.started', () => [survey, tour]],
    ['a kind of system event', () => 'event=backlog.item.triaged', () => [triaged]],
    ['text', () => `q=${encodeURIComponent('wélCOME')}`, () => [tour]],
    ['several of these', () => `jimerUid=${jimerUid(1)}&event=tour.started`, () => [tour]],
    ['nothing', () => '', () => [triaged, request, survey, tour, created]],
  ])('is searched by %s, newest first', async (_what, query, found) => {
    expect(idsOf(await all(query()))).toEqual(idsOf(found()));
    expect(idsOf(await all(`${query()}&limit=1`))).toEqual(idsOf(found()));
  });

  it('is searched by times of the log', async () => {
    const [at] = (await search(`id=${survey.id}`)).items;
    const appendedAt = encodeURIComponent(at!.appendedAt);
    expect(idsOf(await all(`from=${appendedAt}`))).toEqual(idsOf([triaged, request, survey]));
    expect(idsOf(await all(`to=${appendedAt}`))).toEqual(idsOf([tour, created]));
    expect(idsOf(await all(`from=${appendedAt}&to=${appendedAt}`))).toEqual([]);
    expect(await all('from=2100-01-01')).toEqual([]);
    expect(await all('to=2001-01-01')).toEqual([]);
  });

  it('shows rejected events to administrators', async () => {
    const rejected = [quarantined, unrecognized];
    const found = await all(`jimerUid=${jimerUid(1)}`, 'own-admin');
    expect(idsOf(found)).toEqual(idsOf([...rejected, triaged, request, tour]));
    expect(JSON.parse(found[0]!.headers['ce_problems']!)).toEqual([
      expect.objectContaining({ path: 'experience' }),
    ]);
    expect(idsOf(await all('event=tour.exploded', 'own-admin'))).toEqual([unrecognized.id]);
    expect(idsOf(await all('event=tour.started', 'own-admin'))).toEqual(idsOf([quarantined, survey, tour]));
    expect(idsOf(await all(`requestUid=${REQUEST}`, 'own-admin'))).toEqual(
      idsOf([quarantined, triaged, request]),
    );
  });

  it('shows a workspace its own', async () => {
    expect(idsOf(await all(`jimerUid=${jimerUid(1)}`, 'other'))).toEqual([foreign.id]);
    expect(idsOf(await all(`jimerUid=${jimerUid(1)}&workspace=${OTHER}`, 'all'))).toEqual([foreign.id]);
    const both = await all(
      `jimerUid=${jimerUid(1)}&from=${new Date(Date.now() - 600_000).toISOString()}`,
      'all',
    );
    expect(new Set(idsOf(both))).toEqual(
      expect.objectContaining(new Set(idsOf([foreign, tour, request, triaged]))),
    );
    expect((await refusal(`workspace=${OTHER}`))[0]).toBe(403);
  });

  it('gives the one event at a position', async () => {
    for (const each of [tour, triaged]) {
      const { items, nextCursor } = await search(`position=${each.position}`);
      expect([idsOf(items), nextCursor]).toEqual([[each.id], null]);
    }
    expect(idsOf((await search(`position=${quarantined.position}`, 'own-admin')).items)).toEqual([
      quarantined.id,
    ]);
  });

  it('says what is wrong with a position', async () => {
    const [topic, place] = tour.position.split('/') as [string, string];
    const [partition] = place.split('@');
    expect(await refusal(`position=${foreign.position}`)).toEqual([
      404,
      expect.stringMatching(/not one that this/),
    ]);
    const beyond = `${topic}/${partition}@999999999`;
    expect(await refusal(`position=${beyond}`)).toEqual([
      404,
      expect.stringMatching(/ends before offset \d+\.$/),
    ]);
    expect(await refusal(`position=${topic}/999@0`)).toEqual([404, `The log has no partition ${topic}/999.`]);
    expect(await refusal('position=other/0@0')).toEqual([
      400,
      expect.stringMatching(/^position must be in one of/),
    ]);
    expect(await refusal('position=1')).toEqual([400, 'position must be <topic>/<partition>@<offset>']);
    expect(await refusal(`position=${quarantined.position}`)).toEqual([403, expect.stringMatching(/admin/)]);
    const both = `position=${tour.position}&id=${tour.id}&q=a`;
    expect(await refusal(both)).toEqual([400, 'id does not go with position; q does not go with position']);
  });

  it('says what is wrong with a filter', async () => {
    expect(await refusal('event=tour.exploded')).toEqual([
      400,
      expect.stringMatching(/^event is not in the catalogue/),
    ]);
    expect(await refusal('jimerUid=1')).toEqual([400, 'jimerUid must be a UUID']);
    expect(await refusal('from=yesterday&to=1')).toEqual([
      400,
      expect.stringMatching(/^from must be .*; to must be/),
    ]);
    expect(await refusal('from=2025-02-02&to=2025-02-01')).toEqual([400, 'to must not be before from']);
    expect(await refusal('q=')).toEqual([400, expect.stringMatching(/^q must be a text/)]);
    expect(await refusal('limit=201')).toEqual([400, expect.stringMatching(/^limit must be/)]);
    for (const cursor of ['x', 'AQ', '*', 'AQEA'])
      expect(await refusal(`cursor=${cursor}`)).toEqual([400, 'cursor is not one that this list gave']);
  });

  it('has no tombstone, and nothing of who was erased', async () => {
    const [gone, kept] = (await append(WORKSPACE, started(7, 20), started(8, 21))) as [Appended, Appended];
    expect(idsOf(await all('q=User 7'))).toEqual([gone.id]);
    await api.pool.query(
      `INSERT INTO engine.erasure (workspace, jimer_uid, requested_by) VALUES ($1, $2, 'admin')`,
      [WORKSPACE, jimerUid(7)],
    );
    for (const query of [`jimerUid=${jimerUid(7)}`, `id=${gone.id}`, 'q=User 7'])
      for (const token of ['own', 'own-admin']) expect(await all(query, token)).toEqual([]);
    expect((await refusal(`position=${gone.position}`))[0]).toBe(404);
    const [topic, partition] = kept.position.split(/[/@]/) as [string, string];
    const [tombstone] = await producer.send({
      topic,
      messages: [{ key: `${kept.id}x`, value: null, partition: Number(partition) }],
    });
    expect((await refusal(`position=${topic}/${partition}@${tombstone!.baseOffset}`, 'admin'))[0]).toBe(404);
    expect(idsOf(await all(`jimerUid=${jimerUid(8)}`))).toEqual([kept.id]);
  });

  it('shows what another producer wrote to administrators of all workspaces, as it is', async () => {
    const text = `by nobody ${WORKSPACE}`;
    const [sent] = await producer.send({
      topic: 'jimo.engagement',
      messages: [{ key: 'another', value: text, partition: 0 }],
    });
    const position = `jimo.engagement/0@${sent!.baseOffset}`;
    const nothing = { workspace: null, id: null, event: null, time: null, headers: {} };
    const query = `q=${encodeURIComponent(text)}`;
    expect(await all(query, 'admin')).toEqual([
      expect.objectContaining({ ...nothing, position, value: text }),
    ]);
    expect((await search(`position=${position}`, 'admin')).items).toHaveLength(1);
    for (const token of ['all', 'own-admin']) {
      expect(await all(query, token)).toEqual([]);
      expect((await refusal(`position=${position}`, token))[0]).toBe(404);
    }
  });

  it('is read page by page without gap or repetition while events are appended', async () => {
    const before = await append(
      WORKSPACE,
      ...Array.from({ length: 40 }, (_none, i) => started(20 + (i % 5), 100 + i, 9)),
    );
    let at = 1_000;
    const found = await all(`experienceUid=${experienceUid(9)}&limit=7`, 'own', () =>
      append(WORKSPACE, started(20 + (at % 5), at++, 9), started(30, at++, 9)),
    );
    expect(idsOf(found)).toEqual(idsOf(before).reverse());
    const positions = found.map(({ appendedAt }) => Date.parse(appendedAt));
    expect(positions).toEqual([...positions].sort((a, b) => b - a));
  });

  it('is one file of everything that is found', async () => {
    const query = `/v1/log?jimerUid=${jimerUid(1)}`;
    const answer = await api.app.inject({
      url: query,
      headers: { authorization: 'Bearer own-admin', accept: 'application/x-ndjson' },
    });
    expect(answer.headers['content-disposition']).toBe('attachment; filename="log.ndjson"');
    const lines = answer.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    expect(idsOf(lines)).toEqual(idsOf([quarantined, unrecognized, triaged, request, tour]));
    const csv = await api.app.inject({
      url: query,
      headers: { authorization: 'Bearer own', accept: 'text/csv' },
    });
    expect(csv.body.split('\r\n')[0]).toBe('position,appendedAt,workspace,id,event,time,headers,value');
  });

  it('is not searched on when whoever asked is gone', async () => {
    await api.app.listen(0, '127.0.0.1');
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const asked = Promise.withResolvers<AbortSignal>();
    const page = jest
      .spyOn(api.app.get(LogSearch), 'page')
      .mockImplementation((_query, _searcher, signal) => {
        asked.resolve(signal);
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('gone'))),
        );
      });
    const request = httpGet({ port, path: '/v1/log', headers: { authorization: 'Bearer own' } });
    request.on('error', () => undefined);
    const signal = await asked.promise;
    expect(signal.aborted).toBe(false);
    request.destroy();
    await until('the search to be told', () => signal.aborted);
    page.mockRestore();
  });
});

it('is a 503 while Kafka is away', async () => {
  const away = await ReadApiFixture.open(database.url, { ...ENV, KAFKA_BROKERS: '127.0.0.1:1' }, 'kafka');
  try {
    for (const query of ['', '?position=jimo.engagement/0@0']) {
      const answer = await away.get(`/v1/log${query}`, 'own');
      expect([answer.status, answer.body.detail]).toEqual([503, 'Kafka does not answer.']);
    }
  } finally {
    await away.close();
  }
});
