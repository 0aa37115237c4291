import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}
// What is checked in is what the code says (docs.spec).
const { paths } = JSON.parse(readFileSync(join(__dirname, '../../openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const ENV = {
  READ_API_TOKENS:
    'admin:admin-token,admin@acme:acme-admin-token,admin@globex:globex-admin-token,triage@acme:acme-triage-token',
};
const OURS = 'ours-alone';
const THEIRS = 'theirs-alone';
const STEP = 'step-1';
const ITEM = 'item-1';
/** Of an item, a letter and events that only globex has. */
const ONLY_THEIRS = { item: 'item-9', letter: '', quarantined: '', unrecognized: '' };

let databases: TestDatabase[] = [];
/** Acme and nobody else; and acme beside globex, which has the same uids and more of everything. */
let alone: ReadApiFixture;
let shared: ReadApiFixture;

beforeAll(async () => {
  databases = [await createDatabase(), await createDatabase()];
  alone = await ReadApiFixture.open(databases[0]!.url, ENV);
  shared = await ReadApiFixture.open(databases[1]!.url, ENV);
  for (const api of [alone, shared]) await fill(api, 'acme', OURS, 2);
  const theirs = await fill(shared, 'globex', THEIRS, 5);
  await shared.deliver([request(ONLY_THEIRS.item, THEIRS, 90)], 'globex');
  Object.assign(ONLY_THEIRS, theirs);
});

afterAll(async () => {
  for (const api of [alone, shared]) await api?.close();
  for (const database of databases) await database.drop();
});

const request = (uid: string, mark: string, at: number): object =>
  event('request.created', second(at), {
    request: { uid, title: `Request ${mark}` },
    jimer: jimer(1, { username: mark }),
    project: { uid: projectUid(1), name: mark },
  });

/** Fills all read models, for as many jimers. @returns ids of dead letters and rejected events */
async function fill(api: ReadApiFixture, workspace: string, mark: string, jimers: number) {
  const what = experience(1, 'SURVEY', { title: mark, tags: [{ uid: 'tag-1', name: mark }] });
  const user = { uid: userUid(1), email: `${mark}@example.com`, firstName: mark, lastName: mark };
  const events: object[] = [event('survey.published', second(0), { experience: what, user })];
  for (let n = 1; n <= jimers; n++) {
    const who = jimer(n, { username: mark, email: `${mark}@example.com` });
    const response = { uid: `response-${n}` };
    events.push(
      event('survey.started', second(n), { experience: what, jimer: who, survey: response }),
      event('survey.step.answered', second(n + 1), {
        experience: what,
        jimer: who,
        survey: response,
        step: { uid: STEP, name: mark, indexOrder: 0, type: 'NPS' },
        answer: { uid: `answer-${n}`, value: jimers },
      }),
      event('checklist.task.completed', second(n), {
        experience: experience(2, 'CHECKLIST', { title: mark }),
        jimer: who,
        task: { uid: 'task-1', name: mark },
      }),
    );
  }
  events.push(event('survey.started', second(100 + jimers), { experience: what, jimer: jimer(1) }));
  await api.deliver([...events, request(ITEM, mark, 50), request(`item-${jimers}0`, mark, 51)], workspace);
  const [quarantined, unrecognized] = await api.deliver(
    [
      event('tour.started', second(1), { experience: { uid: mark } }),
      event('tour.flew', second(1), { experience: { uid: mark } }),
    ],
    workspace,
  );
  const { rows } = await api.pool.query<{ id: string }>(
    `INSERT INTO engine.dead_letter
            (generation_id, topic, partition, record_offset, record_key, workspace, event_name, reason, created_at)
     SELECT id, 'jimo.engagement', 0, $2, 'key', $1, 'hint.seen', $3, '2025-02-03'
       FROM engine.generation WHERE projection = 'journeys' AND state = 'active' RETURNING id::text`,
    [workspace, jimers, mark],
  );
  return { quarantined: quarantined!.id, unrecognized: unrecognized!.id, letter: rows[0]!.id };
}

const J = `/v1/jimers/${jimerUid(1)}`;
const E = `/v1/experiences/${experienceUid(1)}`;
const FUNNEL = '?from=2025-02-03&to=2025-02-05';

/** For every read, requests that show what both workspaces have under the same uids. */
const READS: Readonly<Record<string, readonly string[]>> = {
  '/v1/jimers': ['/v1/jimers', `/v1/jimers?q=alone`, '/v1/jimers?identifyToken=user-1', '/v1/jimers?limit=1'],
  '/v1/jimers/{uid}': [J],
  '/v1/jimers/{uid}/journey': [`${J}/journey`],
  '/v1/jimers/{uid}/timeline': [`${J}/timeline`],
  '/v1/jimers/{uid}/experiences/{experienceUid}/runs': [`${J}/experiences/${experienceUid(1)}/runs`],
  '/v1/jimers/by-token/{identifyToken}/state': ['/v1/jimers/by-token/user-1/state'],
  '/v1/experiences': ['/v1/experiences', '/v1/experiences?q=alone', '/v1/experiences?tag=tag-1'],
  '/v1/experiences/top': [`/v1/experiences/top${FUNNEL}`, `/v1/experiences/top${FUNNEL}&by=started&limit=1`],
  '/v1/experiences/{uid}': [E],
  '/v1/experiences/{uid}/history': [`${E}/history`],
  '/v1/experiences/{uid}/funnel': [`${E}/funnel`, `${E}/funnel${FUNNEL}`],
  '/v1/experiences/{uid}/jimers': [`${E}/jimers`, `${E}/jimers?state=started`],
  '/v1/experiences/{uid}/jimers/summary': [`${E}/jimers/summary`],
  '/v1/experiences/{uid}/answers': [`${E}/answers`, `${E}/answers${FUNNEL}`],
  '/v1/experiences/{uid}/responses': [`${E}/responses`, `${E}/responses${FUNNEL}`],
  '/v1/experiences/{uid}/tasks': [`/v1/experiences/${experienceUid(2)}/tasks`],
  '/v1/experiences/{uid}/answers/{stepUid}': [`${E}/answers/${STEP}`],
  '/v1/experiences/{uid}/answers/{stepUid}/series': [`${E}/answers/${STEP}/series${FUNNEL}`],
  '/v1/lifecycle': ['/v1/lifecycle', '/v1/lifecycle?from=2025-02-03&limit=1'],
  '/v1/feedback': ['/v1/feedback', '/v1/feedback?q=alone', '/v1/feedback?status=new'],
  '/v1/feedback/{uid}': [`/v1/feedback/${ITEM}`],
  '/v1/feedback/summary': ['/v1/feedback/summary'],
  '/v1/quarantine': ['/v1/quarantine'],
  '/v1/quarantine/summary': ['/v1/quarantine/summary'],
  '/v1/unrecognized/summary': ['/v1/unrecognized/summary'],
  '/v1/unrecognized': ['/v1/unrecognized'],
  '/v1/dead-letters': ['/v1/dead-letters'],
};

/** Explanations name positions, which no two installations have in common. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  '/v1/jimers/{uid}/explain': `${J}/explain`,
  '/v1/jimers/{uid}/experiences/{experienceUid}/explain': `${J}/experiences/${experienceUid(1)}/explain`,
  '/v1/jimers/{uid}/experiences/{experienceUid}/tasks/{taskUid}/explain': `${J}/experiences/${experienceUid(2)}/tasks/task-1/explain`,
  '/v1/jimers/{uid}/experiences/{experienceUid}/answers/{stepUid}/explain': `${J}/experiences/${experienceUid(1)}/answers/${STEP}/explain`,
  '/v1/experiences/{uid}/explain': `${E}/explain`,
  '/v1/experiences/{uid}/funnel/explain': `${E}/funnel/explain?day=2025-02-03&measure=started`,
  '/v1/feedback/{uid}/explain': `/v1/feedback/${ITEM}/explain`,
};

/** Reads whose answers no two installations have in common: what they must not tell is said below. */
const OTHER_READS = [
  '/v1/dead-letters/{id}',
  '/v1/dead-letters/{id}/record',
  '/v1/health',
  '/v1/jobs',
  '/v1/jobs/{id}',
  '/v1/projections',
  '/v1/projections/{name}',
  '/v1/projections/{name}/diff',
  '/v1/snapshots',
];
/** Reads that tell of the token, or of the topics: of no workspace's rows. */
const OF_NO_ROWS = ['/v1/access', '/v1/topics'];
/** Specs over a Kafka try what these show to which token (stream, activity and log.it.spec). */
const LIVE = ['/v1/activity', '/v1/log', '/v1/stream'];

const reads = Object.entries(READS).flatMap(([path, urls]) =>
  urls.flatMap((url) =>
    Object.keys(paths[path]?.['get']?.responses['200']?.content ?? {})
      // An export is the whole list.
      .filter((accept) => accept === 'application/json' || !url.includes('limit='))
      .map((accept): [string, string] => [url, accept]),
  ),
);

async function ask(api: ReadApiFixture, url: string, token: string, accept: string) {
  const headers = { authorization: `Bearer ${token}`, accept };
  const { statusCode: status, body: text } = await api.app.inject({ url, headers });
  return { status, text };
}

const limitedTo = (url: string, workspace: string): string =>
  `${url}${url.includes('?') ? '&' : '?'}workspace=${workspace}`;

describe('a read', () => {
  it('is covered here, whichever it is', () => {
    const all = Object.keys(paths).filter((path) => 'get' in paths[path]!);
    expect(
      [...Object.keys(READS), ...Object.keys(EXPLANATIONS), ...OTHER_READS, ...OF_NO_ROWS, ...LIVE].sort(),
    ).toEqual(all.sort());
  });

  it.each(reads)('%s as %s answers a token of one workspace as if no other existed', async (url, accept) => {
    const expected = await ask(alone, url, 'acme-admin-token', accept);
    expect(expected.status).toBe(200);
    expect(await ask(shared, url, 'acme-admin-token', accept)).toEqual(expected);
    expect(await ask(shared, limitedTo(url, 'acme'), 'admin-token', accept)).toEqual(expected);
    // Not because there is nothing to tell.
    const theirs = await ask(shared, url, 'globex-admin-token', accept);
    expect(theirs.status).toBe(200);
    expect(theirs.text).not.toBe(expected.text);
    expect(theirs.text).not.toContain(OURS);
  });

  it.each([
    ...Object.values(READS).flat(),
    ...OF_NO_ROWS,
    ...LIVE,
    '/v1/projections',
    '/v1/projections/journeys',
  ])('%s is refused to a token of one workspace that asks for another', async (url) => {
    const answer = await ask(shared, limitedTo(url, 'globex'), 'acme-admin-token', '*/*');
    expect(answer.status).toBe(403);
  });

  it.each(Object.values(EXPLANATIONS))(
    '%s explains what one workspace has by its own events',
    async (url) => {
      const ours = await ask(shared, url, 'acme-admin-token', 'application/json');
      expect(ours.status).toBe(200);
      expect(ours.text).not.toContain(THEIRS);
      expect(ours.text).not.toContain('globex');
      expect((await ask(shared, url, 'globex-admin-token', '*/*')).text).not.toBe(ours.text);
      expect((await ask(shared, limitedTo(url, 'globex'), 'acme-admin-token', '*/*')).status).toBe(403);
    },
  );

  it("does not give another workspace's dead letter", async () => {
    const url = `/v1/dead-letters/${ONLY_THEIRS.letter}`;
    expect((await shared.get(url, 'acme-admin-token')).status).toBe(404);
    expect((await shared.get(`${url}/record`, 'acme-admin-token')).status).toBe(404);
    expect((await shared.get(url, 'globex-admin-token')).status).toBe(200);
    expect((await shared.get(limitedTo(url, 'globex'), 'acme-admin-token')).status).toBe(403);
  });

  it('of how projections stand tells a token of one workspace nothing that others have', async () => {
    for (const url of ['/v1/projections', '/v1/projections/journeys']) {
      const { status, text } = await ask(shared, url, 'acme-admin-token', 'application/json');
      expect(status).toBe(200);
      expect(text).not.toContain(THEIRS);
    }
  });
});

describe('a command', () => {
  const acting = 'acme-admin-token';
  /** On what only globex has, by a token of acme. */
  const COMMANDS: Readonly<Record<string, () => [url: string, body?: object]>> = {
    'delete /v1/jimers/{uid}': () => [`/v1/jimers/${jimerUid(5)}`],
    'delete /v1/jobs/{id}': () => ['/v1/jobs/1'],
    'patch /v1/feedback/{uid}': () => [`/v1/feedback/${ONLY_THEIRS.item}`, { status: 'planned' }],
    'post /v1/dead-letters/replay': () => ['/v1/dead-letters/replay', { ids: [ONLY_THEIRS.letter] }],
    'post /v1/dead-letters/{id}/replay': () => [`/v1/dead-letters/${ONLY_THEIRS.letter}/replay`],
    'post /v1/dead-letters/{id}/discard': () => [
      `/v1/dead-letters/${ONLY_THEIRS.letter}/discard`,
      { reason: 'not theirs' },
    ],
    'post /v1/quarantine/{id}/replay': () => [`/v1/quarantine/${ONLY_THEIRS.quarantined}/replay`],
    'post /v1/unrecognized/{id}/replay': () => [`/v1/unrecognized/${ONLY_THEIRS.unrecognized}/replay`],
    'post /v1/quarantine/replay': () => ['/v1/quarantine/replay', { ids: [ONLY_THEIRS.quarantined] }],
    'post /v1/unrecognized/replay': () => ['/v1/unrecognized/replay', { ids: [ONLY_THEIRS.unrecognized] }],
    'post /v1/quarantine/discard': () => [
      '/v1/quarantine/discard',
      { ids: [ONLY_THEIRS.quarantined], reason: 'not theirs' },
    ],
    'post /v1/unrecognized/discard': () => [
      '/v1/unrecognized/discard',
      { ids: [ONLY_THEIRS.unrecognized], reason: 'not theirs' },
    ],
    'post /v1/quarantine/{id}/discard': () => [
      `/v1/quarantine/${ONLY_THEIRS.quarantined}/discard`,
      { reason: 'not theirs' },
    ],
    'post /v1/unrecognized/{id}/discard': () => [
      `/v1/unrecognized/${ONLY_THEIRS.unrecognized}/discard`,
      { reason: 'not theirs' },
    ],
    'post /v1/projections/{name}/rebuild': () => ['/v1/projections/journeys/rebuild'],
    'delete /v1/projections/{name}/rebuild': () => ['/v1/projections/journeys/rebuild'],
    'post /v1/projections/{name}/verify': () => ['/v1/projections/journeys/verify'],
    'delete /v1/projections/{name}/verify': () => ['/v1/projections/journeys/verify'],
    'post /v1/projections/{name}/rollback': () => ['/v1/projections/journeys/rollback'],
    'post /v1/projections/{name}/pause': () => ['/v1/projections/journeys/pause'],
    'post /v1/projections/{name}/resume': () => ['/v1/projections/journeys/resume'],
    'post /v1/projections/{name}/repair': () => ['/v1/projections/journeys/repair', { fromVerify: true }],
    'post /v1/projections/{name}/snapshots': () => [
      '/v1/projections/journeys/snapshots',
      { name: 'ours', until: '2026-01-01' },
    ],
    'delete /v1/snapshots/{name}': () => ['/v1/snapshots/theirs'],
  };

  const everythingOf = async (workspace: string): Promise<string[]> => {
    const texts: string[] = [];
    for (const [url, accept] of reads)
      texts.push((await ask(shared, limitedTo(url, workspace), 'admin-token', accept)).text);
    return texts;
  };

  const send = async (operation: string, query = '') => {
    const [url, body] = COMMANDS[operation]!();
    const method = operation.split(' ')[0]!.toUpperCase() as 'PATCH' | 'POST' | 'DELETE';
    return shared.ask(method, url + query, acting, body, { 'if-match': '*' });
  };

  it('is covered here, whichever it is', () => {
    const all = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'get')
        .map((method) => `${method} ${path}`),
    );
    expect(Object.keys(COMMANDS).sort()).toEqual(all.sort());
  });

  it("of a token of one workspace does nothing to another's", async () => {
    const before = await everythingOf('globex');
    const appended = shared.log.appended.length;
    for (const operation of Object.keys(COMMANDS)) {
      const here = await send(operation);
      expect({ operation, status: here.status }).toEqual({
        operation,
        status: /\/(?:projections|jobs|snapshots)\//.test(operation) ? 403 : 404,
      });
      expect(here.text).not.toContain(THEIRS);
      const there = await send(operation, '?workspace=globex');
      expect({ operation, status: there.status }).toEqual({ operation, status: 403 });
    }
    expect(await everythingOf('globex')).toEqual(before);
    expect(shared.log.appended).toHaveLength(appended);
    const jobs = await shared.pool.query('SELECT 1 FROM engine.job');
    expect(jobs.rows).toEqual([]);
  });

  it('on a uid that both have changes only the own one', async () => {
    const before = await everythingOf('globex');
    const change = { status: 'planned', note: 'ours' };
    const url = `/v1/feedback/${ITEM}`;
    const answer = await shared.ask('PATCH', url, 'acme-triage-token', change, { 'if-match': '"1"' });
    expect(answer.status).toBe(200);
    expect((await shared.get(url, acting)).body).toMatchObject(change);
    expect(await everythingOf('globex')).toEqual(before);
  });
});
