import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jimerErased, JIMER_TOPICS } from '@app/catalog';
import { PROJECTIONS } from '@app/projections';
import { createDatabase, type TestDatabase } from '@app/testing';
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

const { paths } = JSON.parse(readFileSync(join(__dirname, '../../openapi.json'), 'utf8')) as {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly parameters?: readonly { readonly name: string }[] } }>
  >;
};

const UNTIL = '2026-03-01T00:00:00.000Z';
const EARLIER = Date.parse(UNTIL) - 10_000_000;
const LATER = Date.parse(UNTIL) + 1;

let database: TestDatabase;
let api: ReadApiFixture;
const before = new Map<string, string>();

const J = `/v1/jimers/${jimerUid(1)}`;
const E = `/v1/experiences/${experienceUid(1)}`;
const DAYS = '?from=2025-02-03&to=2025-02-05';

/** For every path that can be read from a snapshot. */
const READS: Readonly<Record<string, readonly string[]>> = {
  '/v1/jimers': ['/v1/jimers', '/v1/jimers?q=user', '/v1/jimers?limit=1'],
  '/v1/jimers/{uid}': [J],
  '/v1/jimers/{uid}/journey': [`${J}/journey`],
  '/v1/jimers/{uid}/timeline': [`${J}/timeline`],
  '/v1/jimers/{uid}/experiences/{experienceUid}/runs': [`${J}/experiences/${experienceUid(1)}/runs`],
  '/v1/jimers/by-token/{identifyToken}/state': ['/v1/jimers/by-token/user-1/state'],
  '/v1/experiences': ['/v1/experiences', '/v1/experiences?q=experience'],
  '/v1/experiences/top': [`/v1/experiences/top${DAYS}`],
  '/v1/experiences/{uid}': [E],
  '/v1/experiences/{uid}/history': [`${E}/history`],
  '/v1/experiences/{uid}/funnel': [`${E}/funnel`, `${E}/funnel${DAYS}`],
  '/v1/experiences/{uid}/funnel/explain': [`${E}/funnel/explain?day=2025-02-03&measure=saw`],
  '/v1/experiences/{uid}/jimers': [`${E}/jimers`],
  '/v1/experiences/{uid}/jimers/summary': [`${E}/jimers/summary`],
  '/v1/experiences/{uid}/answers': [`${E}/answers`],
  '/v1/experiences/{uid}/responses': [`${E}/responses`],
  '/v1/experiences/{uid}/tasks': [`/v1/experiences/${experienceUid(2)}/tasks`],
  '/v1/experiences/{uid}/answers/{stepUid}': [`${E}/answers/step-1`],
  '/v1/experiences/{uid}/answers/{stepUid}/series': [`${E}/answers/step-1/series${DAYS}`],
  '/v1/lifecycle': ['/v1/lifecycle'],
  '/v1/feedback': ['/v1/feedback', '/v1/feedback?status=new'],
  '/v1/feedback/{uid}': ['/v1/feedback/request-1'],
  '/v1/feedback/summary': ['/v1/feedback/summary'],
  '/v1/quarantine': ['/v1/quarantine'],
  '/v1/quarantine/summary': ['/v1/quarantine/summary'],
  '/v1/unrecognized': ['/v1/unrecognized'],
  '/v1/unrecognized/summary': ['/v1/unrecognized/summary'],
};
const urls = Object.values(READS).flat();

const from = (url: string, name = 'before'): string =>
  `${url}${url.includes('?') ? '&' : '?'}snapshot=${name}`;

/** Everything that the read models hold of somebody. */
function life(n: number): object[] {
  const survey = experience(1, 'SURVEY', { tags: [{ uid: 'tag-1', name: 'A tag' }] });
  const who = jimer(n);
  const response = { uid: `response-${n}` };
  const user = { uid: userUid(1) };
  return [
    event('survey.published', second(n), { experience: survey, user }),
    event('survey.started', second(n), { experience: survey, jimer: who, survey: response }),
    event('survey.step.answered', second(n + 1), {
      ...{ experience: survey, jimer: who, survey: response },
      step: { uid: 'step-1', name: 'How likely?', indexOrder: 0, type: 'NPS' },
      answer: { uid: `answer-${n}`, value: n },
    }),
    event('survey.completed', second(n + 2), { experience: survey, jimer: who, survey: response }),
    event('checklist.task.completed', second(n), {
      ...{ experience: experience(2, 'CHECKLIST'), jimer: who },
      task: { uid: 'task-1', name: `Task ${n}` },
    }),
    event('request.created', second(n), {
      request: { uid: `request-${n}`, title: `Request ${n}` },
      ...{ jimer: who, project: { uid: projectUid(1), name: 'Web' } },
    }),
    event('tour.started', second(n), { experience: { uid: `not a uid ${n}` } }),
    event('tour.flew', second(n), { n }),
  ];
}

async function makeAll(name: string, names = PROJECTIONS.map((projection) => projection.name)) {
  for (const each of names) {
    const body = { name, until: UNTIL };
    const { status } = await api.post(`/v1/projections/${each}/snapshots`, body);
    if (status !== 202) throw new Error(`${each}: ${status}`);
    await api.work(each);
  }
}

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
  api.log.clock = (offset) => EARLIER + offset;
  await api.deliver([
    ...life(1),
    event('tour.published', second(5), {
      experience: experience(3, 'TOUR', { expiresAt: '2026-04-01T00:00:00Z' }),
      user: { uid: userUid(1) },
    }),
  ]);
  for (const url of urls) before.set(url, (await api.get(url, 'admin-token')).text);
  api.log.clock = (offset) => LATER + offset;
  await api.deliver([
    ...life(2),
    event('survey.started', second(50), {
      experience: experience(1, 'SURVEY', { title: 'Renamed' }),
      jimer: jimer(1),
    }),
    event('checklist.task.skipped', second(51), {
      ...{ experience: experience(2, 'CHECKLIST'), jimer: jimer(1) },
      task: { uid: 'task-1', name: 'Task renamed' },
    }),
    event('request.created', second(60), {
      request: { uid: 'request-1', title: 'Another title' },
      ...{ jimer: jimer(1), project: { uid: projectUid(1), name: 'Web' } },
    }),
  ]);
  await makeAll('before');
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

describe('a read of a snapshot', () => {
  it('is covered here, whichever it is', () => {
    const all = Object.entries(paths).flatMap(([path, { get }]) =>
      get?.parameters?.some(({ name }) => name === 'snapshot') ? [path] : [],
    );
    expect(Object.keys(READS).sort()).toEqual(all.sort());
  });

  it.each(urls)('%s answers as it did then', async (url) => {
    const answer = await api.get(from(url), 'admin-token');
    expect(answer.status).toBe(200);
    // What depends on the present does so in a snapshot on its own time.
    expect(withoutStatus(answer.text)).toBe(withoutStatus(before.get(url)!));
    // What serves is read as ever, on the same connections.
    expect((await api.get(url, 'admin-token')).status).toBe(200);
  });

  it.each(['/v1/jimers', '/v1/feedback', `${E}/jimers`, '/v1/experiences'])(
    '%s is exported from it',
    async (url) => {
      const { statusCode, body } = await api.app.inject({
        url: from(url),
        headers: { authorization: 'Bearer admin-token', accept: 'application/x-ndjson' },
      });
      expect(statusCode).toBe(200);
      const items = body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { uid: string });
      const then = (JSON.parse(before.get(url)!) as { items: { uid: string }[] }).items;
      expect(items.map(({ uid }) => uid)).toEqual(then.map(({ uid }) => uid));
    },
  );

  it('has an entity tag of its own', async () => {
    const url = '/v1/jimers/by-token/user-1/state';
    const tagOf = async (of: string) => (await api.get(of)).headers['etag'] as string;
    const headers = { authorization: 'Bearer read-token', 'if-none-match': await tagOf(from(url)) };
    expect((await api.app.inject({ url: from(url), headers })).statusCode).toBe(304);
    expect((await api.app.inject({ url, headers })).statusCode).toBe(200);
  });

  it('takes its own time for the present', async () => {
    const url = `/v1/experiences/${experienceUid(3)}`;
    expect((await api.get(url)).body).toHaveProperty('status', 'expired');
    expect((await api.get(from(url))).body).toHaveProperty('status', 'live');
  });

  it('names the projections that lack it', async () => {
    await makeAll('partly', ['journeys', 'jimers']);
    const answer = await api.get(from(`${J}/journey`, 'partly'));
    expect([answer.status, answer.body.problems]).toEqual([
      400,
      [{ path: 'snapshot', message: expect.stringContaining('names none of surveys') as string }],
    ]);
    expect((await api.get(from(`${J}/timeline`, 'partly'))).status).toBe(200);
    const unknown = await api.get(from(`${J}/journey`, 'nothing'));
    expect(unknown.body.detail).toContain('jimers, journeys, surveys');
  });

  it('is a 400 where the snapshot lacks what is read, as one of an older version does', async () => {
    await makeAll('older', ['feedback']);
    const read = () => api.get(from('/v1/feedback', 'older'));
    expect((await read()).status).toBe(200);
    for (const change of [
      'ALTER VIEW read_models_older.feedback_item RENAME COLUMN request TO its_request',
      'DROP SCHEMA read_models_older CASCADE',
    ]) {
      await api.pool.query(change);
      const answer = await read();
      expect([answer.status, answer.body.problems]).toMatchObject([400, [{ path: 'snapshot' }]]);
    }
  });

  it.each([
    '/v1/jimers?snapshot=',
    '/v1/jimers?snapshot=Before',
    '/v1/jimers?snapshot=a&snapshot=b',
    `/v1/jimers?snapshot=${'a'.repeat(32)}`,
    "/v1/jimers?snapshot=a'b",
    '/v1/projections?snapshot=before',
    '/v1/jobs?snapshot=before',
    `${J}/explain?snapshot=before`,
    `${J}/timeline?snapshot=before&asOf=2026-01-01T00:00:00Z`,
  ])('is a 400 naming the parameter: %s', async (url) => {
    const answer = await api.get(url, 'admin-token');
    expect([answer.status, answer.body.problems]).toMatchObject([400, [{ path: 'snapshot' }]]);
  });

  it('does not wait for events that it will never have', async () => {
    const answer = await api.get(from('/v1/jimers'), 'read-token', { 'read-after': 'jimo.engagement/0@1' });
    expect([answer.status, answer.body.problems]).toMatchObject([400, [{ path: 'Read-After' }]]);
  });

  it('has nothing of whoever is erased', async () => {
    expect((await api.get(from(J))).status).toBe(200);
    for (const topic of JIMER_TOPICS)
      await api.log.append([
        jimerErased({ workspace: 'default', topic, time: LATER, by: 'spec', jimer: { uid: jimerUid(1) } }),
      ]);
    expect((await api.get(from(J))).status).toBe(404);
    for (const url of urls) expect((await api.get(from(url), 'admin-token')).text).not.toContain(jimerUid(1));
  });
});

describe('the snapshots', () => {
  it('are listed, and dropped by an admin of all workspaces', async () => {
    await makeAll('short', ['feedback']);
    const listed = async () =>
      (await api.get('/v1/snapshots')).body.items.filter(({ name }) => name === 'short');
    expect(await listed()).toMatchObject([
      {
        ...{ name: 'short', projection: 'feedback', state: 'kept', until: UNTIL, views: 'read_models_short' },
        verified: { outcome: 'clean' },
      },
    ]);
    const drop = (token: string) => api.ask('DELETE', '/v1/snapshots/short', token);
    expect((await drop('read-token')).status).toBe(403);
    expect((await drop('acme-admin-token')).status).toBe(403);
    const dropped = await drop('admin-token');
    expect([dropped.status, dropped.body]).toEqual([200, { name: 'short', projections: ['feedback'] }]);
    expect(await listed()).toEqual([]);
    expect((await api.get(from('/v1/feedback', 'short'))).status).toBe(400);
    expect((await drop('admin-token')).status).toBe(404);
    expect((await api.ask('DELETE', '/v1/snapshots/Short', 'admin-token')).body.problems).toMatchObject([
      { path: 'name' },
    ]);
  });

  it('are asked for by an admin of all workspaces, once at a time and under a free name', async () => {
    const ask = (body: object, token = 'admin-token', projection = 'journeys') =>
      api.ask('POST', `/v1/projections/${projection}/snapshots`, token, body);
    const wanted = { name: 'wanted', until: UNTIL, note: 'why not' };
    expect((await ask(wanted, 'triage-token')).status).toBe(403);
    expect((await ask(wanted, 'acme-admin-token')).status).toBe(403);
    expect((await ask(wanted, 'admin-token', 'nothing')).status).toBe(404);
    expect((await ask({ ...wanted, name: 'before' })).status).toBe(409);
    const first = await ask(wanted);
    expect([first.status, first.body]).toMatchObject([202, { created: true, job: { kind: 'snapshot' } }]);
    expect(first.headers['location']).toBe(`/v1/jobs/${first.body.job.id}`);
    expect((await ask(wanted)).body).toMatchObject({ created: false });
    expect((await ask({ ...wanted, name: 'other' })).status).toBe(409);
    await api.work('journeys');
  });

  it.each([
    [{ name: 'Wanted' }, 'name'],
    [{ name: '1st' }, 'name'],
    [{ name: 'active' }, 'name'],
    [{ name: 'a'.repeat(32) }, 'name'],
    [{ name: 'x; DROP' }, 'name'],
    [{ until: 'yesterday' }, 'until'],
    [{ until: '2026-01-01T00:00:00' }, 'until'],
    [{ until: '2999-01-01T00:00:00Z' }, 'until'],
    [{ until: undefined }, 'until'],
    [{ note: 5 }, 'note'],
    [{ more: 1 }, 'more'],
  ])('are not made of %j', async (change, path) => {
    const body = { name: 'fine', until: UNTIL, ...change };
    const answer = await api.post('/v1/projections/journeys/snapshots', body);
    expect([answer.status, answer.body.problems]).toMatchObject([400, [{ path }]]);
  });
});

function withoutStatus(text: string): string {
  return text.replaceAll(/"(?:live|expired)"|"(?:live|expired)":\d+/g, '');
}
