import {
  backlogItemTriaged,
  decodeEvent,
  readBacklogItemTriaged,
  type BacklogItemTriaged,
} from '@app/catalog';
import { textHeaders } from '@app/engine';
import { createDatabase, type TestDatabase } from '@app/testing';
import {
  event,
  jimer,
  jimerUid,
  projectUid,
  ReadApiFixture,
  second,
  type Answer,
} from '../../read-api.fixture';

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

let requests = 0;

/** A new item of the backlog; gives its uid. */
async function submitted(workspace = 'default', uid = `item-${++requests}`): Promise<string> {
  await api.deliver(
    [
      event('request.created', second(++requests), {
        request: { uid, title: uid },
        jimer: jimer(1),
        project: { uid: projectUid(1), name: 'Web' },
      }),
    ],
    workspace,
  );
  return uid;
}

const patch = (
  uid: string,
  ifMatch: string | null,
  change: unknown,
  { token = 'triage-token', query = '' } = {},
): Promise<Answer> =>
  api.ask('PATCH', `/v1/feedback/${uid}${query}`, token, change as object, {
    ...(ifMatch !== null && { 'if-match': ifMatch }),
  });

const read = async (uid: string, query = ''): Promise<Answer> => api.get(`/v1/feedback/${uid}${query}`);
const pathsOf = ({ body }: Answer): unknown[] =>
  (body.problems as { path: string }[]).map(({ path }) => path);
const listed = async (query: string): Promise<string[]> =>
  (await api.all(`/v1/feedback?${query}`, 50)).map(({ uid }) => uid);

describe('a change of triage', () => {
  it('answers the item as it will be, its version as ETag, and the position', async () => {
    const uid = await submitted();
    const before = await read(uid);
    expect(before.headers['etag']).toBe('"1"');
    const answer = await patch(uid, '"1"', {
      status: 'planned',
      tags: ['ux', 'Quick win', 'ux'],
      assignee: 'Kim',
      note: 'Soon',
      actor: 'Ana',
    });
    expect([answer.status, answer.headers['etag']]).toEqual([200, '"2"']);
    const { position, ...item } = answer.body;
    expect(position).toMatch(/^jimo\.feedback\/0@\d+$/);
    expect(item).toMatchObject({
      ...before.body,
      ...{ status: 'planned', tags: ['Quick win', 'ux'], assignee: 'Kim', note: 'Soon', version: 2 },
      history: [
        {
          version: 2,
          by: 'triage',
          actor: 'Ana',
          changes: {
            status: { from: 'new', to: 'planned' },
            tags: { from: [], to: ['Quick win', 'ux'] },
            assignee: { from: null, to: 'Kim' },
            note: { from: null, to: 'Soon' },
          },
        },
      ],
    });
    const later = await api.get(`/v1/feedback/${uid}`, 'read-token', { 'read-after': position });
    expect(later.body).toEqual(item);
    expect(later.headers['etag']).toBe('"2"');
  });

  it('stays in sight when somebody else submits a request of the same uid', async () => {
    const uid = await submitted();
    await patch(uid, '"1"', { status: 'planned' });
    await api.deliver([
      event('request.created', second(++requests), { request: { uid, title: 'again' }, jimer: jimer(2) }),
    ]);
    expect((await read(uid)).body).toMatchObject({
      status: 'planned',
      version: 2,
      history: [{ version: 2 }],
    });
    expect((await patch(uid, '"2"', { status: 'done' })).body).toMatchObject({ status: 'done', version: 3 });
    expect((await read(uid)).body).toMatchObject({ history: [{ version: 2 }, { version: 3 }] });
  });

  it('is an event of our own with the whole item, in the partition of its request', async () => {
    const uid = await submitted('acme', 'Of-Acme');
    await patch(uid, '"1"', { status: 'done' }, { token: 'acme-triage-token' });
    const { topic, partitionKey, value, headers } = api.log.appended.at(-1)!;
    expect([topic, partitionKey]).toEqual(['jimo.feedback', 'of-acme']);
    const decoded = decodeEvent({ value, headers: textHeaders(headers), timestamp: 0 });
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(decoded.event).toMatchObject({
      origin: 'system',
      name: 'backlog.item.triaged',
      workspace: 'acme',
    });
    expect(readBacklogItemTriaged(decoded.event)).toMatchObject({
      request: { uid },
      version: 2,
      item: { status: 'done', tags: [], assignee: null, note: null, mergedInto: null },
      changed: ['status'],
      by: 'triage@acme',
      actor: null,
    });
  });

  it('leaves what it does not name, and null clears', async () => {
    const uid = await submitted();
    await patch(uid, '"1"', { tags: ['a'], assignee: 'Kim', note: 'n' });
    expect((await patch(uid, '"2"', { status: 'declined' })).body).toMatchObject({
      tags: ['a'],
      assignee: 'Kim',
    });
    const cleared = await patch(uid, '"3"', { tags: null, assignee: null, note: null });
    expect(cleared.body).toMatchObject({
      tags: [],
      assignee: null,
      note: null,
      status: 'declined',
      version: 4,
    });
    expect((await read(uid)).body).toMatchObject({
      history: [{ version: 2 }, { version: 3 }, { version: 4, changes: { note: { from: 'n', to: null } } }],
    });
  });

  it('that changes nothing makes no version', async () => {
    const uid = await submitted();
    const before = api.log.appended.length;
    const { status, body } = await patch(uid, '"1"', { status: 'new', tags: [] });
    expect([status, body.position, api.log.appended.length]).toEqual([200, null, before]);
    expect(body).toMatchObject({ version: 1, history: [] });
  });

  it('on another version is a 412 naming the one there is', async () => {
    const uid = await submitted();
    expect((await patch(uid, '"1"', { status: 'planned' })).status).toBe(200);
    for (const [stale, is] of [
      ['"1"', 2],
      ['W/"1", "7"', 2],
      ['"3"', 2],
    ] as const) {
      const answer = await patch(uid, stale, { status: 'done' });
      expect([answer.status, answer.headers['etag'], pathsOf(answer)]).toEqual([
        412,
        `"${is}"`,
        ['If-Match'],
      ]);
      expect(answer.body.detail).toContain('version 2');
    }
    expect((await read(uid)).body).toMatchObject({ status: 'planned', version: 2 });
  });

  it.each(['"2"', 'W/"2"', '2', '"1", "2"', '*'])('is made on If-Match %s', async (ifMatch) => {
    const uid = await submitted();
    await patch(uid, '"1"', { status: 'planned' });
    expect((await patch(uid, ifMatch, { status: 'done' })).body).toMatchObject({
      version: 3,
      status: 'done',
    });
  });

  it.each([
    [{ status: 'lost' }, 'status'],
    [{ status: null }, 'status'],
    [{ tags: 'ux' }, 'tags'],
    [{ tags: ['ux', ''] }, 'tags'],
    [{ tags: [' ux'] }, 'tags'],
    [{ tags: ['x'.repeat(51)] }, 'tags'],
    [{ tags: ['a\u0000'] }, 'tags'],
    [{ tags: [1] }, 'tags'],
    [{ tags: Array.from({ length: 21 }, (_none, i) => `t${i}`) }, 'tags'],
    [{ assignee: '' }, 'assignee'],
    [{ assignee: ['Kim'] }, 'assignee'],
    [{ assignee: 'x'.repeat(201) }, 'assignee'],
    [{ note: 'x'.repeat(10_001) }, 'note'],
    [{ note: '\ud800' }, 'note'],
    [{ mergedInto: 7 }, 'mergedInto'],
    [{ status: 'done', actor: '' }, 'actor'],
    [{ status: 'done', colour: 'red' }, 'colour'],
    [{}, 'body'],
    [{ actor: 'Kim' }, 'body'],
    [[], 'body'],
  ])('with %j is a 400 naming %s', async (change, path) => {
    const uid = await submitted();
    const answer = await patch(uid, '"1"', change);
    expect([answer.status, pathsOf(answer)]).toEqual([400, [path]]);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect((await read(uid)).body).toMatchObject({ version: 1 });
  });

  it('needs If-Match, and the scope triage, and reaches its own workspace only', async () => {
    const uid = await submitted();
    const ask = async (...args: Parameters<typeof patch>) => (await patch(...args)).status;
    expect(await ask(uid, null, { status: 'done' })).toBe(428);
    expect(await ask(uid, 'one', { status: 'done' })).toBe(400);
    expect(await ask(uid, '"one"', { status: 'done' })).toBe(412);
    expect(await ask(uid, '"0"', { status: 'done' })).toBe(412);
    expect(await ask(uid, '"1"', { status: 'done' }, { token: 'read-token' })).toBe(403);
    expect(await ask(uid, '"1"', { status: 'done' }, { token: 'acme-triage-token' })).toBe(404);
    expect(await ask('nobody', '"1"', { status: 'done' })).toBe(404);
    await submitted('acme', uid);
    expect(await ask(uid, '"1"', { status: 'done' })).toBe(400);
    expect(await ask(uid, '"1"', { status: 'done' }, { token: 'acme-triage-token' })).toBe(200);
    expect((await read(uid, '?workspace=default')).body).toMatchObject({ version: 1 });
    expect(await ask(uid, '"1"', { status: 'done' }, { query: '?workspace=default' })).toBe(200);
  });
});

describe('merging duplicates', () => {
  it('lists what was merged into an item, and hides or shows them', async () => {
    const [first, second_, other] = [await submitted(), await submitted(), await submitted()];
    await patch(first, '"1"', { mergedInto: other, tags: ['merging'] });
    await patch(second_, '"1"', { mergedInto: other, tags: ['merging'] });
    await patch(other, '"1"', { tags: ['merging'] });
    expect((await read(other)).body).toMatchObject({ mergedFrom: [first, second_], mergedInto: null });
    expect((await read(first)).body).toMatchObject({ mergedInto: other, mergedFrom: [] });
    expect(await listed('tag=merging')).toEqual([other, second_, first]);
    expect(await listed('tag=merging&merged=false')).toEqual([other]);
    expect(await listed('tag=merging&merged=true')).toEqual([second_, first]);
    expect(await listed(`mergedInto=${other}`)).toEqual([second_, first]);
    await patch(first, '"2"', { mergedInto: null });
    expect((await read(other)).body).toMatchObject({ mergedFrom: [second_] });
  });

  it('refuses itself, the unknown, other workspaces, and what would close a circle', async () => {
    const [a, b, c] = [await submitted(), await submitted(), await submitted()];
    const foreign = await submitted('acme');
    for (const target of [a, 'nobody', foreign]) {
      const answer = await patch(a, '"1"', { mergedInto: target });
      expect([target, answer.status, pathsOf(answer)]).toEqual([target, 400, ['mergedInto']]);
    }
    expect((await patch(a, '"1"', { mergedInto: b })).status).toBe(200);
    for (const [item, target] of [
      [b, a],
      [c, a],
    ] as const) {
      const answer = await patch(item, '"1"', { mergedInto: target });
      expect([answer.status, pathsOf(answer)]).toEqual([409, ['mergedInto']]);
      expect(answer.body.detail).toContain(b);
    }
    expect((await patch(b, '"1"', { mergedInto: c })).status).toBe(200);
    expect((await patch(c, '"1"', { mergedInto: a })).status).toBe(409);
    // What it is merged into already is not asked for again.
    expect((await patch(a, '"2"', { mergedInto: b, status: 'done' })).status).toBe(200);
  });
});

describe('lists', () => {
  it('are filtered by assignee and several statuses', async () => {
    const [a, b, c] = [await submitted(), await submitted(), await submitted()];
    await patch(a, '"1"', { assignee: 'Lists', status: 'planned' });
    await patch(b, '"1"', { assignee: 'Lists', status: 'done' });
    await patch(c, '"1"', { assignee: 'Lists' });
    expect(await listed('assignee=Lists')).toEqual([c, b, a]);
    expect(await listed('assignee=Lists&status=planned,new')).toEqual([c, a]);
    expect(await listed('assignee=Lists&status=planned&status=done')).toEqual([b, a]);
    expect(await listed('assignee=lists')).toEqual([]);
  });

  it.each([
    ['status=planned,old', 'status'],
    ['status=', 'status'],
    ['merged=maybe', 'merged'],
    ['merged=true&merged=false', 'merged'],
    ['assignee=', 'assignee'],
    ['mergedInto=a&mergedInto=b', 'mergedInto'],
  ])('refuse %s by name', async (query, path) => {
    const answer = await api.get(`/v1/feedback?${query}`);
    expect([answer.status, pathsOf(answer)]).toEqual([400, [path]]);
  });
});

describe('when others, the projector or the log are in the way', () => {
  afterEach(() => {
    api.log.patience = null;
    api.log.toldBounds = undefined;
  });

  it('is a 503 with Retry-After while the log does not answer, or is not projected to its end', async () => {
    const uid = await submitted();
    const high = api.log.appended.length + 100;
    for (const bounds of [null, [{ topic: 'jimo.feedback', partition: 0, low: 0, high }]]) {
      api.log.toldBounds = bounds;
      const answer = await patch(uid, '"1"', { status: 'done' });
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
      expect(answer.body.detail).toContain('nothing was changed');
    }
    api.log.toldBounds = undefined;
    expect((await read(uid)).body).toMatchObject({ version: 1 });
    expect((await patch(uid, '"1"', { status: 'done' })).status).toBe(200);
  });

  it('appends the same record again when it is not known whether the log took it', async () => {
    const uid = await submitted();
    const before = api.log.appended.length;
    api.log.lostAnswers = 2;
    const answer = await patch(uid, '"1"', { status: 'planned' });
    expect(answer.status).toBe(200);
    const appended = api.log.appended.slice(before);
    expect(appended).toHaveLength(3);
    expect(new Set(appended.map(({ key }) => key)).size).toBe(1);
    expect((await read(uid)).body).toMatchObject({ version: 2, history: [{ version: 2 }] });
    expect((await patch(uid, '"2"', { status: 'done' })).body).toMatchObject({ version: 3 });
  });

  it('an answer that was given stands, whatever of the same version comes to light later', async () => {
    const uid = await submitted();
    const answered = await patch(uid, '"1"', { status: 'planned', tags: ['stands'] });
    const time = Date.parse((answered.body as unknown as { history: { time: string }[] }).history[0]!.time);
    const lost = (more: Partial<BacklogItemTriaged>, at: number) =>
      backlogItemTriaged({
        workspace: 'default',
        time: at,
        request: { uid },
        jimer: { uid: jimerUid(1) },
        version: 2,
        item: { status: 'done', tags: ['lost'], assignee: null, note: null, mergedInto: null },
        changed: ['status'],
        change: '00000000-0000-4000-8000-000000000001',
        by: 'triage',
        actor: null,
        ...more,
      });
    await api.log.append([lost({}, time - 1)]);
    const { position, ...item } = answered.body;
    expect(position).toContain('jimo.feedback');
    expect((await read(uid)).body).toEqual(item);
    expect((await patch(uid, '"2"', { status: 'in-progress' })).body).toMatchObject({ version: 3 });
    // Even of a clock that is ahead: its version is passed by.
    await api.log.append([lost({}, time + 86_400_000)]);
    expect((await read(uid)).body).toMatchObject({ version: 3, status: 'in-progress', tags: ['stands'] });
  });

  it('a webhook that sends the name of the event changes nothing', async () => {
    const uid = await submitted();
    const forged = { request: { uid }, version: 2, item: { status: 'done' } };
    await api.deliver([event('backlog.item.triaged', second(1), forged)]);
    expect((await read(uid)).body).toMatchObject({ version: 1, status: 'new' });
  });
});
