import { createDatabase, until, type TestDatabase } from '@app/testing';
import { Client } from 'pg';
import {
  event,
  experience,
  iso,
  jimer,
  jimerUid,
  projectUid,
  ReadApiFixture,
  second,
  versionOf,
} from '../read-api.fixture';

let database: TestDatabase;
let api: ReadApiFixture;

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

const feedback = (n: number, request: object = {}, more: object = {}) =>
  event('request.created', second(n), {
    request: { uid: `request/${n}`, ...request },
    jimer: jimer(n),
    project: { uid: projectUid(n % 2), name: `Project ${n % 2}` },
    ...more,
  });

describe('feedback', () => {
  beforeAll(() =>
    api.deliver([
      feedback(1, { title: 'Dark mode', votes: 1 }),
      feedback(2, { title: 'Quotes "and" Ümlaut', nested: [{ note: ['deep inside'] }] }),
      feedback(3, { title: 'x', colour: 'DARK' }),
    ]),
  );

  it('is listed newest first', async () => {
    const items = await api.all('/v1/feedback', 2);
    expect(items.map(({ uid }) => uid)).toEqual(['request/3', 'request/2', 'request/1']);
  });

  it('shows the request as received', async () => {
    const { status, body } = await api.get('/v1/feedback/request%2F1');
    expect(status).toBe(200);
    expect(body).toEqual({
      uid: 'request/1',
      workspace: 'default',
      request: { uid: 'request/1', title: 'Dark mode', votes: 1 },
      project: { uid: projectUid(1), name: 'Project 1' },
      jimer: jimer(1),
      createdAt: iso(second(1)),
      status: 'new',
      tags: [],
      assignee: null,
      note: null,
      mergedInto: null,
      version: 1,
      mergedFrom: [],
      history: [],
    });
    expect((await api.get('/v1/feedback/none')).status).toBe(404);
  });

  it.each([
    [`projectUid=${projectUid(0)}`, [2]],
    [`jimerUid=${jimerUid(3)}`, [3]],
    ['status=new', [3, 2, 1]],
    ['status=planned', []],
    ['tag=x', []],
    ['q=dark', [3, 1]],
    ['q=%22AND%22%20%C3%BC', [2]],
    ['q=DEEP', [2]],
    ['q=title', []],
    ['q=votes', []],
    ['q=project%201', [3, 1]],
  ])('is found by %s', async (query, found) => {
    const { body } = await api.get(`/v1/feedback?${query}`);
    expect(body.items.map(({ uid }) => uid)).toEqual(found.map((n) => `request/${n}`));
  });

  it('is paged over all workspaces as one list, ties included', async () => {
    const project = { uid: projectUid(7), name: 'Shared' };
    const homes = ['beta', 'gamma', 'default', 'alpha'];
    for (const [place, home] of homes.entries())
      await api.deliver(
        [10, 11, 12 + place].map((n) => feedback(n, {}, { project })),
        home,
      );
    const listed = await api.all(`/v1/feedback?projectUid=${projectUid(7)}`, 2);
    const expected = homes
      .flatMap((home, place) => [10, 11, 12 + place].map((n) => ({ n, home })))
      .sort((a, b) => b.n - a.n || (a.home < b.home ? 1 : -1));
    expect(listed.map(({ uid, workspace }) => [uid, workspace])).toEqual(
      expected.map(({ n, home }) => [`request/${n}`, home]),
    );
    const own = await api.all(`/v1/feedback?projectUid=${projectUid(7)}&workspace=beta`, 2);
    expect(own.map(({ uid }) => uid)).toEqual(['request/12', 'request/11', 'request/10']);
  });

  it('is paged with each item once, also those of a request that several have submitted at once', async () => {
    const project = { uid: projectUid(8), name: 'Crowded' };
    const who = [1, 2, 3, 4];
    for (const home of ['default', 'acme'])
      await api.deliver(
        who.map((n) => feedback(20, {}, { project, jimer: jimer(n) })),
        home,
      );
    const submitters = async (query: string): Promise<string[]> => {
      const items = await api.all(`/v1/feedback?projectUid=${projectUid(8)}${query}`, 1);
      return items.map(({ workspace, jimer }) => `${workspace} ${(jimer as { uid: string }).uid}`);
    };
    const newestFirst = (home: string): string[] => who.toReversed().map((n) => `${home} ${jimerUid(n)}`);
    expect(await submitters('')).toEqual([...newestFirst('default'), ...newestFirst('acme')]);
    expect(await submitters('&workspace=acme')).toEqual(newestFirst('acme'));
  });

  it.each([
    ['/v1/feedback?status=old', 'status'],
    ['/v1/feedback?projectUid=1', 'projectUid'],
    ['/v1/feedback?jimerUid=1', 'jimerUid'],
    ['/v1/feedback/%00', 'uid'],
    [`/v1/feedback/${'x'.repeat(500)}`, 'uid'],
  ])('%s is a 400 naming the parameter', async (url, parameter) => {
    const { status, body } = await api.get(url);
    expect(status).toBe(400);
    expect(body.problems).toEqual([expect.objectContaining({ path: parameter })]);
  });
});

describe('rejected events', () => {
  const invalid = event('tour.started', second(1), { experience: experience(1) });
  let taken: { id: string }[];

  beforeAll(async () => {
    taken = await api.deliver([
      invalid,
      event('usage.limit.reached', second(2), { big: 1, text: 'a\u0000b\ud800' }),
      event('tour.started', second(3), { jimer: jimer(1) }),
    ]);
  });

  it.each(['/v1/quarantine', '/v1/unrecognized', '/v1/dead-letters'])(
    '%s needs the scope admin',
    async (url) => {
      expect((await api.get(url, null)).status).toBe(401);
      expect((await api.get(url, 'read-token')).status).toBe(403);
      expect((await api.get(url, 'admin-token')).status).toBe(200);
    },
  );

  it('is shown with its reasons, under the id that the gateway answered', async () => {
    const items = await api.all('/v1/quarantine', 1, 'admin-token');
    expect(items.map(({ id }) => id)).toEqual([taken[2]!.id, taken[0]!.id]);
    expect(items[1]).toEqual({
      id: taken[0]!.id,
      workspace: 'default',
      event: 'tour.started',
      time: iso(second(1)),
      receivedAt: expect.stringMatching(/^2100-/) as string,
      problems: [expect.objectContaining({ path: expect.stringContaining('jimer') as string })],
      payload: invalid,
      replayedAt: null,
      acceptedId: null,
      replayedPosition: null,
      state: 'set-aside',
      discardedAt: null,
      discardReason: null,
    });
  });

  it('shows unknown kinds, with what Postgres cannot hold as U+FFFD', async () => {
    const { body } = await api.get('/v1/unrecognized', 'admin-token');
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      event: 'usage.limit.reached',
      problems: [],
      payload: { text: 'a\ufffdb\ufffd' },
    });
  });

  it('shows a bound token only its own workspace', async () => {
    expect((await api.get('/v1/quarantine', 'acme-admin-token')).body.items).toEqual([]);
  });

  it('is paged with each event once, also where one came again with other content in the same millisecond', async () => {
    const mentioning = (n: number) => ({ event: 'tour.started', time: second(9), about: jimerUid(n) });
    const again = await api.deliver([1, 2, 3].map(mentioning), 'beta');
    expect(new Set(again.map(({ id }) => id)).size).toBe(1);
    await api.pool.query(
      `UPDATE read_models.set_aside_event SET received_at = '2100-01-01' WHERE workspace = 'beta'`,
    );
    const listed = await api.all('/v1/quarantine?workspace=beta', 1, 'admin-token');
    expect(listed.map(({ payload }) => (payload as { about: string }).about).sort()).toEqual(
      [1, 2, 3].map(jimerUid),
    );
  });

  it('shows payloads of any depth', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const body = `{"event":"tour.started","time":${second(5)},"deep":${deep}}`;
    const unknown = body.replace('tour.started', 'tour.unknown');
    const taken = await api.deliver([body, unknown]);
    for (const [i, topic] of ['quarantine', 'unrecognized'].entries()) {
      const { status, text } = await api.get(`/v1/${topic}?limit=1`, 'admin-token');
      expect(status).toBe(200);
      expect(text.startsWith(`{"items":[{"id":"${taken[i]!.id}"`)).toBe(true);
      expect(text).toContain(deep);
    }
  });
});

describe('projections', () => {
  it('tell their generation, checkpoints and dead letters, and no lag while Kafka is away', async () => {
    await api.deliver([
      event('hint.seen', second(1), { experience: experience(1, 'HINT'), jimer: jimer(1) }),
    ]);
    const { status, body } = await api.get('/v1/projections');
    expect(status).toBe(200);
    expect(body.items.map(({ name }) => name).sort()).toEqual([
      'experiences',
      'feedback',
      'jimers',
      'journeys',
      'set-aside',
      'surveys',
    ]);
    const { body: journeys } = await api.get('/v1/projections/journeys');
    expect(journeys).toMatchObject({
      name: 'journeys',
      version: versionOf('journeys'),
      activeGeneration: expect.any(Number) as number,
      state: 'active',
      lag: null,
      deadLetters: 0,
    });
    expect(journeys.partitions).toContainEqual(
      expect.objectContaining({ topic: 'jimo.engagement', partition: 0, checkpoint: 1, endOffset: null }),
    );
    expect((await api.get('/v1/projections/nope')).status).toBe(404);
  });

  it('list their dead letters to admins', async () => {
    const { rows } = await api.pool.query<{ id: number }>(
      `SELECT id FROM engine.generation WHERE projection = 'journeys' AND state = 'active'`,
    );
    await api.pool.query(
      `INSERT INTO engine.dead_letter
         (generation_id, topic, partition, record_offset, record_key, workspace, event_name, reason)
       SELECT $1, 'jimo.engagement', 3, n, 'key', CASE n WHEN 1 THEN 'acme' END, 'hint.seen', 'too odd'
         FROM generate_series(1, 3) AS n`,
      [rows[0]!.id],
    );
    const items = await api.all('/v1/dead-letters', 2, 'admin-token');
    expect(items.map(({ position }) => position)).toEqual([3, 2, 1].map((n) => `jimo.engagement/3@${n}`));
    expect(items[2]).toMatchObject({ projection: 'journeys', workspace: 'acme', reason: 'too odd' });
    const { body } = await api.get('/v1/dead-letters', 'acme-admin-token');
    expect(body.items).toHaveLength(1);
    expect((await api.get('/v1/projections/journeys')).body.deadLetters).toBe(3);
  });
});

describe('Read-After', () => {
  it('waits until the projections that are read have passed the position', async () => {
    const [first] = await api.deliver([
      event('hint.seen', second(1), { experience: experience(1, 'HINT'), jimer: jimer(50) }),
    ]);
    const [topic, offset] = first!.position.split('@') as [string, string];
    const next = `${topic}@${Number(offset) + 1}`;
    const answer = api.get(`/v1/jimers/${jimerUid(51)}`, 'read-token', {
      'read-after': `${first!.position}, ${next}`,
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await api.deliver([
      event('hint.seen', second(2), { experience: experience(1, 'HINT'), jimer: jimer(51) }),
    ]);
    expect((await answer).status).toBe(200);
  });

  it('ignores topics that are not read', async () => {
    const headers = { 'read-after': 'jimo.lifecycle/0@999999, other/1@5' };
    expect((await api.get('/v1/jimers', 'read-token', headers)).status).toBe(200);
  });

  it('is a 504 when the position is not passed within 5 s', async () => {
    const started = performance.now();
    const { status, headers } = await api.get('/v1/experiences', 'read-token', {
      'read-after': 'jimo.lifecycle/77@0',
    });
    expect(status).toBe(504);
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(performance.now() - started).toBeGreaterThan(4_900);
  });

  it.each(['', 'x', 'jimo.lifecycle/0', 'a/1@1,,'])('is a 400 when it is malformed: %j', async (header) => {
    const { status, body } = await api.get('/v1/jimers', 'read-token', { 'read-after': header });
    expect(status).toBe(400);
    expect(body.problems).toEqual([expect.objectContaining({ path: 'Read-After' })]);
  });
});

describe('the process', () => {
  it('is ready once the projectors hold their partitions', async () => {
    const before = await api.get('/health/ready', null);
    expect(before.status).toBe(503);
    expect(before.body.checks).toMatchObject({ database: { ok: true }, projectors: { ok: false } });
    await api.holdPartitions();
    expect((await api.get('/health/ready', null)).status).toBe(200);
  });

  it('answers 503 with Retry-After while the database is away, and serves again after', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const admin = new Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await admin.connect();
    try {
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      for (let i = 0; i < 3; i++) {
        const away = await api.get('/v1/jimers');
        expect(away.status).toBe(503);
        expect(away.headers['retry-after']).toBeDefined();
        expect(away.headers['content-type']).toMatch('application/problem+json');
      }
      expect((await api.get('/health/ready', null)).status).toBe(503);
      expect((await api.get('/health/live', null)).status).toBe(200);
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    } finally {
      await admin.end();
    }
    await until('the read API serves again', async () => (await api.get('/v1/jimers')).status === 200);
    expect((await api.get('/health/ready', null)).status).toBe(200);
  });
});
