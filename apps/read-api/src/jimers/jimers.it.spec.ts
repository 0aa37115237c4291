import type { AddressInfo } from 'node:net';
import { createDatabase, type TestDatabase } from '@app/testing';
import {
  event,
  experience,
  experienceUid,
  iso,
  jimer,
  jimerUid,
  projectUid,
  ReadApiFixture,
  second,
  type Answer,
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

const FOREIGN = { username: 'É', email: 'ÉMILE@Ünï.fr', identifyToken: null };
// ß folds to ss, which moves everything after it.
const LONG = { username: 'l', email: `${'ß'.repeat(150)}@${'x'.repeat(200)}`, identifyToken: null };

describe('the directory of jimers', () => {
  beforeAll(() =>
    api.deliver([
      event('tour.started', second(1), { experience: experience(1), jimer: jimer(1) }),
      event('hint.seen', second(2), {
        experience: experience(2, 'HINT'),
        jimer: jimer(2, { username: 'Zoë ÉCLAIR', email: 'Zoe@Example.com', identifyToken: null }),
      }),
      event('hint.seen', second(3), {
        experience: experience(2, 'HINT'),
        jimer: jimer(3, { username: '100% _sure\\', email: null, identifyToken: 'x'.repeat(500) }),
      }),
      event('hint.seen', second(4), { experience: experience(2, 'HINT'), jimer: jimer(4, FOREIGN) }),
      event('hint.seen', second(5), { experience: experience(2, 'HINT'), jimer: jimer(5, LONG) }),
      ...[12345678901234567890n, 12345678901234567891n].map((token, i) =>
        JSON.stringify(
          event('hint.seen', second(6 + i), {
            experience: experience(2, 'HINT'),
            jimer: jimer(6 + i, { identifyToken: 'NUMBER' }),
          }),
        ).replace('"NUMBER"', String(token)),
      ),
    ]),
  );

  it('shows a jimer as the newest event does', async () => {
    const { status, body } = await api.get(`/v1/jimers/${jimerUid(1).toUpperCase()}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      uid: jimerUid(1),
      workspace: 'default',
      identifyToken: 'user-1',
      username: 'User 1',
      email: 'user1@example.com',
      createdAt: '2025-01-01T00:00:00.000Z',
      lastActivityAt: '2025-02-01T00:00:00.000Z',
      firstEventAt: iso(second(1)),
      lastEventAt: iso(second(1)),
    });
  });

  it.each([
    ['identifyToken=user-1', [1]],
    ['identifyToken=USER-1', []],
    [`identifyToken=${'x'.repeat(500)}`, [3]],
    [`identifyToken=${'x'.repeat(499)}`, []],
    ['email=zoe@example.COM', [2]],
    ['email=example.com', []],
    [`email=${encodeURIComponent('ÉMILE@Ünï.fr')}`, [4]],
    [`email=${encodeURIComponent('émile@üNÏ.FR')}`, [4]],
    [`email=${encodeURIComponent(LONG.email)}`, [5]],
    [`email=${'SS'.repeat(150)}@${'x'.repeat(200)}`, [5]],
    [`email=${'SS'.repeat(150)}@${'x'.repeat(199)}`, []],
    ['identifyToken=12345678901234567890', [6]],
    ['identifyToken=12345678901234567891', [7]],
    ['identifyToken=12345678901234567000', []],
    ['q=user', [1, 6, 7]],
    ['q=%C3%A9clair', [2]],
    ['q=EXAMPLE', [1, 2, 6, 7]],
    ['q=%25', [3]],
    ['q=_', [3]],
    ['q=%5C', [3]],
    ['q=nobody', []],
    ['email=user1@example.com&q=user', [1]],
  ])('finds by %s', async (query, found) => {
    const { body } = await api.get(`/v1/jimers?${query}`);
    expect(body.items.map((item) => item.uid)).toEqual(found.map(jimerUid));
  });

  it('is listed page by page, nobody twice and nobody left out', async () => {
    const items = await api.all('/v1/jimers', 1);
    expect(items.map(({ uid }) => uid)).toEqual([1, 2, 3, 4, 5, 6, 7].map(jimerUid));
  });

  it.each([
    ['/v1/jimers?limit=0', 'limit'],
    ['/v1/jimers?limit=201', 'limit'],
    ['/v1/jimers?cursor=abc', 'cursor'],
    ['/v1/jimers?email=a&email=b', 'email'],
    ['/v1/jimers?q=%00', 'q'],
    ['/v1/jimers?q=', 'q'],
    [`/v1/jimers?q=${'x'.repeat(16_001)}`, 'q'],
    [`/v1/jimers?identifyToken=${'x'.repeat(16_001)}`, 'identifyToken'],
    ['/v1/jimers/not-a-uuid', 'uid'],
    ['/v1/jimers/%00/journey', 'uid'],
  ])('%s is a 400 naming the parameter', async (url, parameter) => {
    const { status, body, headers } = await api.get(url);
    expect(status).toBe(400);
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(body.problems).toEqual([expect.objectContaining({ path: parameter })]);
  });

  it('does not know a uid that no event carried', async () => {
    for (const tail of ['', '/journey', '/timeline'])
      expect((await api.get(`/v1/jimers/${jimerUid(99)}${tail}`)).status).toBe(404);
  });
});

describe("a jimer's journey", () => {
  const who = jimer(10);
  const survey = experience(11, 'SURVEY');
  const checklist = experience(12, 'CHECKLIST');
  const post = experience(13, 'POST');
  const answer = (time: number, step: string, surveyUid: string, value: unknown) =>
    event('survey.step.answered', time, {
      experience: survey,
      jimer: who,
      survey: { uid: surveyUid },
      step: { uid: step, name: `Step ${step}`, type: 'NPS', indexOrder: step === 'a' ? 0 : 1 },
      answer: { uid: `${step}-${surveyUid}`, value },
    });
  const task = (name: string, time: number, uid: string) =>
    event(`checklist.task.${name}`, time, {
      experience: checklist,
      jimer: who,
      task: { uid, name: `Task ${uid}` },
    });

  beforeAll(() =>
    api.deliver([
      event('tour.started', second(10), { experience: experience(10), jimer: who }),
      event('tour.started', second(20), {
        experience: experience(10, 'TOUR', { title: 'Newest' }),
        jimer: who,
      }),
      event('tour.completed', second(15), { experience: experience(10), jimer: who }),
      event('tour.cta.clicked', second(16), { experience: experience(10), jimer: who, cta: { uid: 'c1' } }),
      event('survey.started', second(30), { experience: survey, jimer: who }),
      answer(second(31), 'b', 's1', 3),
      answer(second(32), 'a', 's1', '9'),
      answer(second(33), 'b', 's2', { deep: [12345678901] }),
      event('survey.completed', second(34), { experience: survey, jimer: who, survey: { uid: 's1' } }),
      event('checklist.started', second(40), { experience: checklist, jimer: who }),
      task('completed', second(41), 't1'),
      task('skipped', second(41), 't1'),
      task('completed', second(41), 't2'),
      task('skipped', second(42), 't2'),
      event('checklist.dismissed', second(43), { experience: checklist, jimer: who }),
      event('post.liked', second(50), { post, jimer: who }),
      event('post.commented', second(51), { post, jimer: who, comment: { uid: 'k1', text: 'x' } }),
      event('post.cta.clicked', second(52), { experience: post, jimer: who, cta: { uid: 'c2' } }),
      event('banner.seen', second(60), { experience: experience(14, 'BANNER'), jimer: who }),
      event('request.created', second(70), {
        request: { uid: 'r1', title: 'More' },
        jimer: who,
        project: { uid: projectUid(1), name: 'P' },
      }),
    ]),
  );

  it('tells per experience what happened, the newest first', async () => {
    const { status, body } = await api.get(`/v1/jimers/${jimerUid(10)}/journey`);
    expect(status).toBe(200);
    expect(body.jimer.uid).toBe(jimerUid(10));
    expect(body.experiences.map((item) => item.uid)).toEqual([14, 13, 12, 11, 10].map(experienceUid));
    const [banner, liked, listed, surveyed, toured] = body.experiences;
    const nothing = {
      starts: 0,
      completions: 0,
      views: 0,
      ctaClicks: 0,
      comments: 0,
      liked: false,
      tasks: [],
      progress: null,
      answers: [],
    };
    expect(toured).toEqual({
      ...nothing,
      uid: experienceUid(10),
      title: 'Newest',
      type: 'TOUR',
      state: 'started',
      firstSeenAt: iso(second(10)),
      startedAt: iso(second(10)),
      lastStartedAt: iso(second(20)),
      completedAt: iso(second(15)),
      lastCompletedAt: iso(second(15)),
      dismissedAt: null,
      lastDismissedAt: null,
      lastEventAt: iso(second(20)),
      starts: 2,
      completions: 1,
      ctaClicks: 1,
    });
    expect(surveyed).toMatchObject({ state: 'completed', starts: 1, completions: 1 });
    expect(surveyed!.answers).toEqual([
      { stepUid: 'a', stepName: 'Step a', stepType: 'NPS', value: '9', at: iso(second(32)) },
      {
        stepUid: 'b',
        stepName: 'Step b',
        stepType: 'NPS',
        value: { deep: [12345678901] },
        at: iso(second(33)),
      },
    ]);
    expect(listed).toMatchObject({ state: 'dismissed', dismissedAt: iso(second(43)) });
    expect(listed!.tasks).toEqual([
      { uid: 't1', name: 'Task t1', status: 'completed', at: iso(second(41)) },
      { uid: 't2', name: 'Task t2', status: 'skipped', at: iso(second(42)) },
    ]);
    expect(listed!.progress).toEqual({ completed: 1, skipped: 1, knownTasks: 2 });
    expect(liked).toMatchObject({ type: 'POST', state: 'seen', liked: true, comments: 1, ctaClicks: 1 });
    expect(banner).toMatchObject({ state: 'seen', views: 1, startedAt: null });
  });

  it('has pages that hold what the whole holds, each experience once', async () => {
    const url = `/v1/jimers/${jimerUid(10)}/journey`;
    const { body: whole } = await api.get(url);
    expect(whole.nextCursor).toBeNull();
    for (const limit of [1, 2, 4, 5]) {
      const pages = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body }: Answer = await api.get(`${url}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        expect(body.jimer).toEqual(whole.jimer);
        expect(body.experiences.length).toBeLessThanOrEqual(limit);
        pages.push(...body.experiences);
        cursor = body.nextCursor;
      }
      expect(pages).toEqual(whole.experiences);
    }
    for (const query of ['limit=201', 'limit=0', 'cursor=x'])
      expect((await api.get(`${url}?${query}`)).status).toBe(400);
  });

  it('is bounded, however many experiences there are, at the same time too', async () => {
    const count = 203;
    await api.deliver(
      Array.from({ length: count }, (_none, i) =>
        event('hint.seen', second(80), { experience: experience(500 + i, 'HINT'), jimer: jimer(17) }),
      ),
    );
    const url = `/v1/jimers/${jimerUid(17)}/journey`;
    const { body: first } = await api.get(url);
    expect([first.experiences.length, first.nextCursor]).toEqual([200, expect.any(String)]);
    const { body: rest } = await api.get(`${url}?cursor=${first.nextCursor}`);
    expect([rest.experiences.length, rest.nextCursor]).toEqual([3, null]);
    const uids = [...first.experiences, ...rest.experiences].map(({ uid }) => uid);
    expect(uids).toEqual(Array.from({ length: count }, (_none, i) => experienceUid(500 + i)));
    const headers = { authorization: 'Bearer read-token', accept: 'application/x-ndjson' };
    const exported = (await api.app.inject({ url, headers })).body.trimEnd().split('\n');
    expect(exported.map((line) => (JSON.parse(line) as { uid: string }).uid)).toEqual(uids);
  });

  it('knows the tasks that anybody has touched, and who completed or skipped them', async () => {
    await api.deliver([
      event('checklist.task.completed', second(44), {
        experience: checklist,
        jimer: jimer(11),
        task: { uid: 't3', name: 'Third' },
      }),
      event('checklist.task.completed', second(45), {
        experience: checklist,
        jimer: jimer(11),
        task: { uid: 't2', name: 'Renamed' },
      }),
    ]);
    expect(await api.all(`/v1/experiences/${experienceUid(12)}/tasks`, 2)).toEqual([
      { uid: 't1', name: 'Task t1', completed: 1, skipped: 0 },
      { uid: 't2', name: 'Renamed', completed: 1, skipped: 1 },
      { uid: 't3', name: 'Third', completed: 1, skipped: 0 },
    ]);
    const { body } = await api.get(`/v1/jimers/${jimerUid(10)}/journey`);
    expect(body.experiences.find(({ uid }) => uid === experienceUid(12))).toMatchObject({
      progress: { completed: 1, skipped: 1, knownTasks: 3 },
    });
    expect((await api.get(`/v1/experiences/${experienceUid(99)}/tasks`)).status).toBe(404);
  });

  it('has runs of which a page of any size holds what the whole holds', async () => {
    const tour = experience(40);
    const at = (name: string, time: number) =>
      event(name, second(time), { experience: tour, jimer: jimer(16) });
    await api.deliver([
      ...[at('tour.completed', 1), at('tour.started', 3), at('tour.started', 5)],
      ...[at('tour.completed', 5), at('tour.completed', 6), at('tour.started', 12)],
      // Two starts in a second are two runs; what ends in it ends the second of them.
      ...[at('tour.started', 9), at('survey.started', 9), at('tour.completed', 9)],
    ]);
    const url = `/v1/jimers/${jimerUid(16)}/experiences/${experienceUid(40)}/runs`;
    const { items } = (await api.get(url)).body;
    const run = (startedAt: number | null, completedAt: number | null, outcome: string) => ({
      startedAt: startedAt && iso(second(startedAt)),
      completedAt: completedAt && iso(second(completedAt)),
      ...{ dismissedAt: null, outcome },
    });
    expect(items).toEqual([
      ...[run(12, null, 'started'), run(9, 9, 'completed'), run(9, null, 'abandoned')],
      ...[run(5, 5, 'completed'), run(3, null, 'abandoned'), run(null, 1, 'completed')],
    ]);
    for (const limit of [1, 2, 3, 5, 6]) expect(await api.all(url, limit)).toEqual(items);
  });

  it('has the runs of each experience, newest first', async () => {
    const url = (n: number) => `/v1/jimers/${jimerUid(10)}/experiences/${experienceUid(n)}/runs`;
    expect(await api.all(url(10), 1)).toEqual([
      { startedAt: iso(second(20)), completedAt: null, dismissedAt: null, outcome: 'started' },
      { startedAt: iso(second(10)), completedAt: iso(second(15)), dismissedAt: null, outcome: 'completed' },
    ]);
    expect((await api.get(url(14))).body.items).toEqual([]);
    expect((await api.get(url(99))).status).toBe(404);
    expect((await api.get(`${url(10)}?cursor=x`)).body.problems).toEqual([
      expect.objectContaining({ path: 'cursor' }),
    ]);
  });

  it('has a timeline of every event, newest first, page by page', async () => {
    const items = await api.all(`/v1/jimers/${jimerUid(10)}/timeline`, 3);
    expect(items).toHaveLength(20);
    expect(items[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      event: 'request.created',
      time: iso(second(70)),
      experienceUid: null,
    });
    const times = items.map((item) => item['time']);
    expect(times).toEqual([...times].sort().reverse());
    expect(new Set(items.map((item) => item['id'])).size).toBe(20);
  });

  it('has the events of one second in the order in which they must have happened, on whatever page', async () => {
    const who = jimer(15);
    const on = (name: string, n: number, type: string, more: object = {}): object =>
      event(name, second(80), { experience: experience(n, type), jimer: who, ...more });
    const answer = (uid: string): object =>
      on('survey.step.answered', 11, 'SURVEY', {
        survey: { uid: 's-15' },
        step: { uid, name: uid, indexOrder: 0, type: 'NPS' },
        answer: { uid, value: 9 },
      });
    const task = { task: { uid: 't', name: 'Task' } };
    const newestFirst = [
      ...['checklist.dismissed', 'checklist.completed', 'survey.completed', 'tour.completed'],
      ...['checklist.task.completed', 'survey.step.answered', 'survey.step.answered', 'tour.cta.clicked'],
      ...['checklist.task.skipped', 'checklist.started', 'survey.started', 'tour.started', 'hint.seen'],
    ];
    await api.deliver([
      // Ids decide in which order each delivery arrives here, and so none of it.
      on('tour.started', 10, 'TOUR', { time: '0001-01-01T00:00:00Z' }),
      on('tour.completed', 10, 'TOUR', { time: second(79) }),
      on('checklist.completed', 12, 'CHECKLIST'),
      on('tour.completed', 10, 'TOUR'),
      answer('a'),
      on('hint.seen', 13, 'HINT'),
      on('checklist.task.completed', 12, 'CHECKLIST', task),
      on('checklist.dismissed', 12, 'CHECKLIST'),
      on('survey.completed', 11, 'SURVEY', { survey: { uid: 's-15' } }),
      on('tour.cta.clicked', 10, 'TOUR', { cta: { uid: 'c' } }),
      on('tour.started', 10, 'TOUR'),
      on('checklist.started', 12, 'CHECKLIST'),
      on('survey.started', 11, 'SURVEY'),
      on('checklist.task.skipped', 12, 'CHECKLIST', task),
      answer('b'),
      on('tour.started', 10, 'TOUR', { time: second(81) }),
    ]);
    const url = `/v1/jimers/${jimerUid(15)}/timeline`;
    const items = await api.all(url, 200);
    const names = items.map((item) => item['event'] as string);
    expect([names[0], ...names.slice(-2)]).toEqual(['tour.started', 'tour.completed', 'tour.started']);
    const tied = names.slice(1, -2);
    expect(tied.toSorted()).toEqual(newestFirst.toSorted());
    for (const name of ['tour', 'survey', 'checklist'])
      expect(tied.filter((one) => one.startsWith(name))).toEqual(
        newestFirst.filter((one) => one.startsWith(name)),
      );
    expect(tied.at(-1)).toBe('hint.seen');
    expect(items.at(-1)!['time']).toBe('0001-01-01T00:00:00.000Z');
    for (const limit of [1, 2, 3, 7]) expect(await api.all(url, limit)).toEqual(items);
  });
});

describe('the state of a jimer by token', () => {
  const url = '/v1/jimers/by-token/user-10/state';

  it('is the state in every experience, and nothing else', async () => {
    const { status, body, headers } = await api.get(url);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('private, no-cache');
    expect(body).toEqual({
      uid: jimerUid(10),
      workspace: 'default',
      experiences: [
        { uid: experienceUid(10), type: 'TOUR', state: 'started' },
        { uid: experienceUid(11), type: 'SURVEY', state: 'completed' },
        { uid: experienceUid(12), type: 'CHECKLIST', state: 'dismissed' },
        { uid: experienceUid(13), type: 'POST', state: 'seen' },
        { uid: experienceUid(14), type: 'BANNER', state: 'seen' },
      ],
      nextCursor: null,
    });
    const { body: first } = await api.get(`${url}?limit=3`);
    const { body: rest } = await api.get(`${url}?limit=3&cursor=${first.nextCursor}`);
    expect([...first.experiences, ...rest.experiences]).toEqual(body.experiences);
    expect([first.experiences.length, rest.nextCursor]).toEqual([3, null]);
    expect((await api.get(`${url}?limit=1001`)).body.problems).toMatchObject([{ path: 'limit' }]);
  });

  it('is 304 until it changes', async () => {
    const { headers } = await api.get(url);
    const known = { 'if-none-match': String(headers['etag']) };
    const unchanged = await api.app.inject({
      url,
      headers: { ...known, authorization: 'Bearer read-token' },
    });
    expect([unchanged.statusCode, unchanged.body, unchanged.headers['etag']]).toEqual([
      304,
      '',
      headers['etag'],
    ]);
    await api.deliver([
      event('tour.completed', second(80), { experience: experience(10), jimer: jimer(10) }),
    ]);
    const changed = await api.get(url, 'read-token', known);
    expect(changed.status).toBe(200);
    expect(changed.body.experiences[0]!.state).toBe('completed');
  });

  it('is that of the jimer who was heard of last, where several have the token', async () => {
    const twice = [21, 22].map((n) =>
      event('hint.seen', second(n), {
        experience: experience(2, 'HINT'),
        jimer: jimer(n, { identifyToken: 'both/of them' }),
      }),
    );
    await api.deliver(twice);
    const { body } = await api.get(`/v1/jimers/by-token/${encodeURIComponent('both/of them')}/state`);
    expect(body).toMatchObject({ uid: jimerUid(22) });
  });

  it('is a 404 for a token that nobody has', async () => {
    expect((await api.get('/v1/jimers/by-token/nobody/state')).status).toBe(404);
    expect((await api.get('/v1/jimers/by-token/user-10/state', 'acme-token')).status).toBe(404);
    expect((await api.get('/v1/jimers/by-token/%00/state')).body.problems).toEqual([
      expect.objectContaining({ path: 'identifyToken' }),
    ]);
  });
});

describe('a uid that is in two workspaces', () => {
  beforeAll(async () => {
    const both = [event('tour.started', second(1), { experience: experience(20), jimer: jimer(20) })];
    await api.deliver(both, 'acme');
    await api.deliver([...both, ...both], 'other');
  });

  it.each(['', '/journey', '/timeline'])('needs ?workspace= for %j', async (tail) => {
    const url = `/v1/jimers/${jimerUid(20)}${tail}`;
    const { status, body } = await api.get(url);
    expect(status).toBe(400);
    expect(body.problems).toEqual([expect.objectContaining({ path: 'workspace' })]);
    expect(JSON.stringify(body)).not.toMatch(/acme|other/);
    expect((await api.get(`${url}?workspace=acme`)).status).toBe(200);
    expect((await api.get(`${url}?workspace=none`)).status).toBe(404);
    expect((await api.get(url, 'acme-token')).status).toBe(200);
  });

  it('is shown to a bound token only in its own workspace', async () => {
    const { body } = await api.get('/v1/jimers', 'acme-token');
    expect(body.items.map((item) => item.workspace)).toEqual(['acme']);
    expect((await api.get('/v1/jimers?workspace=other', 'acme-token')).status).toBe(403);
    expect((await api.get(`/v1/jimers/${jimerUid(1)}`, 'acme-token')).status).toBe(404);
  });

  it('needs ?workspace= when asked for by its token', async () => {
    const url = '/v1/jimers/by-token/user-20/state';
    expect((await api.get(url)).body.problems).toEqual([expect.objectContaining({ path: 'workspace' })]);
    expect((await api.get(`${url}?workspace=acme`)).body).toMatchObject({ workspace: 'acme' });
    expect((await api.get(url, 'acme-token')).body).toMatchObject({ workspace: 'acme' });
  });

  it('is listed once for each to a token for all', async () => {
    const { body } = await api.get('/v1/jimers?identifyToken=user-20');
    expect(body.items.map((item) => item.workspace)).toEqual(['acme', 'other']);
  });
});

describe('who somebody is', () => {
  const at = (n: number, identity: object) =>
    event('tour.started', second(n), {
      experience: experience(40),
      jimer: jimer(n, { username: `who ${n}`, email: null, identifyToken: null, ...identity }),
    });
  const state = (token: string) => api.get(`/v1/jimers/by-token/${encodeURIComponent(token)}/state`);
  const found = async (query: string) => (await api.get(`/v1/jimers?${query}`)).body.items;

  it('is nobody by a placeholder, in every way of asking', async () => {
    const placeholders = ['undefined', ' NULL\n', '[object Object]', 'NaN', '0', 'none', ' ', '{{user.id}}'];
    await api.deliver(
      [...placeholders, 0, false].map((token, i) => at(100 + i, { identifyToken: token, email: token })),
    );
    for (const token of placeholders) {
      const { status, body } = await state(token);
      expect([status, body.detail]).toEqual([404, expect.stringContaining('placeholder')]);
      const encoded = encodeURIComponent(token);
      expect(await found(`identifyToken=${encoded}`)).toEqual([]);
      expect(await found(`email=${encoded}`)).toEqual([]);
      if (token !== '0' && token.trim() !== '')
        expect(await found(`q=${encodeURIComponent(token.trim())}`)).toEqual([]);
    }
    for (const item of await found('q=who%2010'))
      expect(item).toMatchObject({ identifyToken: null, email: null });
  });

  it.each([200, 201, 401, 2_001, 5_001, 16_000])('is found by a token of %i characters', async (length) => {
    const token = 'ü'.repeat(length - 6) + String(length).padStart(6, '0');
    const n = 200 + (length % 97);
    await api.deliver([at(n, { identifyToken: token })]);
    const encoded = encodeURIComponent(token);
    expect((await state(token)).body).toMatchObject({ uid: jimerUid(n) });
    for (const query of [`identifyToken=${encoded}`, `q=${encoded}`])
      expect((await found(query)).map(({ uid }) => uid)).toEqual([jimerUid(n)]);
  });

  it('is found by the longest token in an address of its length', async () => {
    const token = '語'.repeat(16_000);
    await api.deliver([at(297, { identifyToken: token })]);
    await api.app.listen(0, '127.0.0.1');
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const answer = await fetch(
      `http://127.0.0.1:${port}/v1/jimers/by-token/${encodeURIComponent(token)}/state`,
      { headers: { authorization: 'Bearer read-token' } },
    );
    expect([answer.status, await answer.json()]).toMatchObject([200, { uid: jimerUid(297) }]);
  });

  it.each([
    ['é', 'e\u0301'],
    ['Å', '\u212b'],
    ['각', '\u1100\u1161\u11a8'],
    ['ṩ', 's\u0307\u0323'],
  ])('is the same for %s, however it is written', async (composed, decomposed) => {
    const n = 310 + (composed.charCodeAt(0) % 50);
    await api.deliver([
      at(n, {
        username: `N-${decomposed}-${n}`,
        identifyToken: `t-${decomposed}-${n}`,
        email: `${decomposed}${n}@x.fr`,
      }),
    ]);
    for (const form of [composed, decomposed]) {
      const encoded = encodeURIComponent(form);
      expect((await state(`t-${form}-${n}`)).body).toMatchObject({ uid: jimerUid(n) });
      for (const query of [
        `identifyToken=t-${encoded}-${n}`,
        `email=${encoded}${n}%40X.fr`,
        `q=n-${encoded}-${n}`,
      ])
        expect((await found(query)).map(({ uid }) => uid)).toEqual([jimerUid(n)]);
    }
  });

  it('may be under several uids: who erases one is told of the others', async () => {
    const [email, token] = ['Robin@Example.com', 'customer-robin'];
    await api.deliver([
      at(400, { email, identifyToken: token }),
      at(401, { email: email.toUpperCase(), identifyToken: token }),
      at(402, { email }),
      at(403, { identifyToken: token }),
      at(404, { email: 'other@example.com', identifyToken: 'undefined' }),
      at(405, { identifyToken: 'undefined' }),
    ]);
    await api.deliver([at(406, { email })], 'acme');
    const erase = (n: number, asWhom = 'admin-token') =>
      api.ask('DELETE', `/v1/jimers/${jimerUid(n)}`, asWhom) as Promise<{ status: number; body: unknown }>;
    const other = (n: number, sharing: string[], workspace = 'default') => ({
      uid: jimerUid(n),
      workspace,
      username: `who ${n}`,
      sharing,
    });
    const answer = await erase(400);
    expect(answer).toMatchObject({ status: 202 });
    expect((answer.body as { others: unknown }).others).toEqual([
      other(406, ['email'], 'acme'),
      other(403, ['identifyToken']),
      other(402, ['email']),
      other(401, ['email', 'identifyToken']),
    ]);
    const { rows } = await api.pool.query<{ parameters: unknown }>(
      `SELECT parameters FROM engine.job WHERE kind = 'erase' ORDER BY id DESC LIMIT 1`,
    );
    expect(rows).toEqual([{ parameters: { others: 4 } }]);
    expect((await erase(404)).body).toMatchObject({ others: [] });
    // A token of one workspace hears of that one only.
    expect((await erase(406, 'acme-admin-token')).body).toMatchObject({ others: [] });
  });
});
