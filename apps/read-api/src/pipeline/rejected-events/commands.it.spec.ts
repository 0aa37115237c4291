import { acceptEvent, decodeEvent, TOPICS } from '@app/catalog';
import { textHeaders } from '@app/engine';
import { createDatabase, type TestDatabase } from '@app/testing';
import {
  event,
  experience,
  iso,
  jimer,
  jimerUid,
  ReadApiFixture,
  second,
  type Item,
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

const started = (n: number, more: object = {}) =>
  event('tour.started', second(n), { experience: experience(n), jimer: jimer(n, more) });

/** Quarantined, since the gateway's clock was two days behind; it would be accepted now. */
async function tooEarly(n: number, workspace = 'default'): Promise<{ id: string; position: string }> {
  const [taken] = await api.deliver([started(n)], workspace, second(n) - 2 * 86_400_000);
  expect(taken!.position).toContain(TOPICS.quarantine);
  return taken!;
}

/** On the topic of the unrecognized, though it is catalogued: as if the catalogue had been extended since. */
async function unknownThen(n: number): Promise<{ id: string }> {
  const text = JSON.stringify({ ...started(n), event: 'tour.begun' });
  const then = acceptEvent({ workspace: 'default', text, now: second(n) });
  if (then.outcome !== 'unrecognized') throw new Error(then.outcome);
  const value = Buffer.from(JSON.stringify(started(n)));
  const headers = { ...then.headers, ce_type: 'com.usejimo.tour.started' };
  await api.log.append([{ ...then, value, headers }]);
  return then;
}

const listed = async (kind: string, query = '', token = 'admin-token'): Promise<Map<string, Item>> =>
  new Map((await api.all(`/v1/${kind}${query}`, 50, token)).map((item) => [item.id, item]));

describe('a quarantined event that would be accepted now', () => {
  it('is accepted under the id that the gateway gives, and counts in the read models', async () => {
    const { id } = await tooEarly(1);
    expect((await api.get(`/v1/jimers/${jimerUid(1)}`)).status).toBe(404);
    const { status, body } = await api.post(`/v1/quarantine/${id}/replay`);
    expect(status).toBe(202);
    expect(body).toEqual({ id, status: 'accepted', position: 'jimo.engagement/0@0' });
    const headers = { 'read-after': body.position };
    const journey = await api.get(`/v1/jimers/${jimerUid(1)}/journey`, 'read-token', headers);
    expect(journey.body.experiences).toMatchObject([{ state: 'started', startedAt: iso(second(1)) }]);
  });

  it('is the same record that the gateway would append now', async () => {
    const { id } = await tooEarly(2);
    await api.post(`/v1/quarantine/${id.toUpperCase()}/replay`);
    const text = JSON.stringify(started(2));
    const now = acceptEvent({ workspace: 'default', text, now: Date.now() });
    if (now.outcome !== 'accepted') throw new Error(now.outcome);
    const { key, value, headers, partitionKey } = now;
    expect(api.log.appended.at(-2)).toMatchObject({
      topic: TOPICS.engagement,
      key,
      value,
      headers,
      partitionKey,
    });
  });

  it('is told of in its own topic and partition, by whom, and is listed as replayed from then on', async () => {
    const { id } = await tooEarly(3, 'acme');
    const { body } = await api.post(`/v1/quarantine/${id}/replay`, undefined, 'acme-admin-token');
    const [original] = api.log.appended.filter(({ headers }) => headers['ce_id'] === id);
    const { partitionKey, ...told } = api.log.appended.at(-1)!;
    expect(told.topic).toBe(TOPICS.quarantine);
    expect(partitionKey).toBe(original!.partitionKey);
    const decoded = decodeEvent({ ...told, headers: textHeaders(told.headers), timestamp: 0 });
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(decoded.event.payload).toMatchObject({
      setAside: { kind: 'quarantine', id },
      accepted: { id, position: body.position },
      by: 'admin@acme',
    });
    expect((await listed('quarantine')).has(id)).toBe(false);
    expect((await listed('quarantine', '?state=set-aside')).has(id)).toBe(false);
    expect((await listed('quarantine', '?state=replayed')).get(id)).toMatchObject({
      workspace: 'acme',
      replayedAt: iso(decoded.event.time),
      acceptedId: id,
      replayedPosition: body.position,
      problems: [{ path: 'time' }],
    });
  });

  it('may be replayed twice: the same record again, and no row more', async () => {
    const { id } = await tooEarly(4);
    const [first, again] = [
      await api.post(`/v1/quarantine/${id}/replay`),
      await api.post(`/v1/quarantine/${id}/replay`),
    ];
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body.id).toBe(first.body.id);
    const records = api.log.appended.filter(
      ({ topic, headers }) => topic === TOPICS.engagement && headers['ce_id'] === id,
    );
    expect(records).toHaveLength(2);
    expect(records[0]).toEqual(records[1]);
    const { body } = await api.get(`/v1/jimers/${jimerUid(4)}/journey`);
    expect(body.experiences).toMatchObject([{ starts: 1 }]);
    expect((await listed('quarantine', '?state=replayed')).get(id)).toMatchObject({
      replayedPosition: again.body.position,
    });
  });
});

describe('an event of an unknown kind that is known now', () => {
  it('is accepted under the id of its kind', async () => {
    const { id } = await unknownThen(10);
    const { status, body } = await api.post(`/v1/unrecognized/${id}/replay`);
    expect(status).toBe(202);
    expect(body.id).not.toBe(id);
    expect((await listed('unrecognized', '?state=replayed')).get(id)).toMatchObject({ acceptedId: body.id });
    expect((await api.get(`/v1/jimers/${jimerUid(10)}`)).status).toBe(200);
  });
});

describe('an event that is still not accepted', () => {
  it('is a 409 with the reasons, and nothing is appended', async () => {
    const [invalid, unknown] = await api.deliver([
      event('tour.started', second(20), { experience: experience(20) }),
      event('usage.limit.reached', second(21), {}),
    ]);
    const before = api.log.appended.length;
    const asked = [
      await api.post(`/v1/quarantine/${invalid!.id}/replay`),
      await api.post(`/v1/unrecognized/${unknown!.id}/replay`),
    ];
    expect(asked.map(({ status }) => status)).toEqual([409, 409]);
    expect(asked[0]!.headers['content-type']).toMatch('application/problem+json');
    expect(asked.map(({ body }) => body.problems)).toEqual([
      [{ path: 'jimer', message: 'is missing' }],
      [{ path: 'event', message: 'is not in the catalogue' }],
    ]);
    expect(api.log.appended).toHaveLength(before);
  });
});

describe('an event that is given up', () => {
  it('is listed as discarded with the reason, and told of in its own topic and partition', async () => {
    const { id } = await tooEarly(50, 'acme');
    const url = `/v1/quarantine/${id}/discard`;
    const { status, body } = await api.post(url, { reason: 'a test of the sender' }, 'acme-admin-token');
    expect([status, body]).toEqual([
      202,
      { id, status: 'discarded', position: expect.any(String) as string },
    ]);
    expect(body.position).toMatch(/^jimo\.quarantine\/0@\d+$/);
    const [original] = api.log.appended.filter(({ headers }) => headers['ce_id'] === id);
    const told = api.log.appended.at(-1)!;
    expect([told.topic, told.partitionKey]).toEqual([TOPICS.quarantine, original!.partitionKey]);
    expect(JSON.parse(String(told.value))).toMatchObject({
      setAside: { kind: 'quarantine', id },
      reason: 'a test of the sender',
      by: 'admin@acme',
    });
    expect((await listed('quarantine')).has(id)).toBe(false);
    expect((await listed('quarantine', '?state=discarded')).get(id)).toMatchObject({
      state: 'discarded',
      discardedAt: expect.stringMatching(/Z$/) as string,
      discardReason: 'a test of the sender',
      replayedAt: null,
    });
  });

  it('is given up once, and is not replayed', async () => {
    const { id } = await tooEarly(51);
    const reason = { reason: 'enough' };
    expect((await api.post(`/v1/quarantine/${id}/discard`, reason)).status).toBe(202);
    const before = api.log.appended.length;
    expect((await api.post(`/v1/quarantine/${id}/discard`, reason)).status).toBe(409);
    expect((await api.post(`/v1/quarantine/${id}/replay`)).status).toBe(409);
    const several = await api.post('/v1/quarantine/replay', { ids: [id] });
    expect([several.status, several.body.problems]).toEqual([
      409,
      [{ path: 'ids.0', message: 'was discarded before' }],
    ]);
    expect(api.log.appended).toHaveLength(before);
  });

  it('is not one that was replayed', async () => {
    const { id } = await tooEarly(52);
    await api.post(`/v1/quarantine/${id}/replay`);
    expect((await api.post(`/v1/quarantine/${id}/discard`, { reason: 'late' })).status).toBe(409);
  });

  it('needs a reason', async () => {
    const { id } = await tooEarly(53);
    for (const [url, body] of [
      [`/v1/quarantine/${id}/discard`, {}],
      ['/v1/quarantine/discard', { ids: [id], reason: '' }],
    ] as const) {
      const answer = await api.post(url, body);
      expect([answer.status, answer.body.problems]).toEqual([
        400,
        [expect.objectContaining({ path: 'reason' })],
      ]);
    }
  });
});

describe('several events at once', () => {
  it('are replayed as far as they are accepted now, and the others stay, with the reasons', async () => {
    const [first, second_] = [await tooEarly(60), await tooEarly(61)];
    const [never] = await api.deliver([event('tour.started', second(62), { experience: experience(62) })]);
    const ids = [first.id, never!.id, second_.id.toUpperCase(), first.id];
    const { status, body } = await api.post('/v1/quarantine/replay', { ids });
    expect(status).toBe(202);
    expect(body.items).toMatchObject([
      { id: first.id, outcome: 'accepted', acceptedId: first.id, problems: [] },
      { id: never!.id, outcome: 'refused', position: null, problems: [{ path: 'jimer' }] },
      { id: second_.id, outcome: 'accepted', acceptedId: second_.id },
    ]);
    for (const n of [60, 61]) expect((await api.get(`/v1/jimers/${jimerUid(n)}`)).status).toBe(200);
    const waiting = await listed('quarantine');
    expect(ids.map((id) => waiting.has(id.toLowerCase()))).toEqual([false, true, false, false]);
  });

  it('are given up for the same reason', async () => {
    const [first] = await api.deliver([event('usage.limit.reached', second(63), {})]);
    const [other] = await api.deliver([event('usage.limit.reached', second(64), {})]);
    const ids = [first!.id, other!.id];
    const { status, body } = await api.post('/v1/unrecognized/discard', { ids, reason: 'not of interest' });
    expect([status, body.items.map(({ id }) => id)]).toEqual([202, ids]);
    const discarded = await listed('unrecognized', '?state=discarded');
    for (const id of ids) expect(discarded.get(id)).toMatchObject({ discardReason: 'not of interest' });
  });

  it('are left alone when one of them is unknown, which is named', async () => {
    const { id } = await tooEarly(65);
    const before = api.log.appended.length;
    const unknown = '00000000-0000-4000-8000-000000000000';
    for (const [url, more] of [
      ['/v1/quarantine/replay', {}],
      ['/v1/quarantine/discard', { reason: 'x' }],
    ] as const) {
      const { status, body } = await api.post(url, { ids: [id, unknown], ...more });
      expect([status, body.problems]).toEqual([404, [{ path: 'ids.1', message: 'is no quarantined event' }]]);
    }
    expect(api.log.appended).toHaveLength(before);
  });

  it.each([
    [{}, 'ids'],
    [{ ids: [] }, 'ids'],
    [{ ids: ['x'] }, 'ids'],
    [{ ids: Array.from({ length: 101 }, () => '00000000-0000-4000-8000-000000000000') }, 'ids'],
  ])('are said one by one: %#', async (body, path) => {
    const answer = await api.post('/v1/quarantine/replay', body);
    expect([answer.status, answer.body.problems]).toEqual([400, [expect.objectContaining({ path })]]);
  });
});

describe('all events that match', () => {
  const TOTAL = 130;
  const named = (name: string, n: number) => event(name, second(2_000 + n), {});

  it('are counted by name and problem, listed, and given up in bounded steps, and no other is', async () => {
    const matching = Array.from({ length: TOTAL }, (_, n) =>
      event('tour.started', second(1_000 + n), { experience: experience(1) }),
    );
    await api.deliver(matching, 'acme');
    await api.deliver([event('post.liked', second(1_500), { jimer: jimer(1) })], 'acme');
    const admin = 'acme-admin-token';
    const { body: summary } = await api.get('/v1/quarantine/summary', admin);
    expect(summary).toMatchObject({
      groups: expect.arrayContaining([
        {
          event: 'tour.started',
          problem: 'jimer: is missing',
          count: TOTAL,
          firstReceivedAt: expect.stringMatching(/Z$/) as string,
          lastReceivedAt: expect.stringMatching(/Z$/) as string,
        },
      ]) as unknown[],
    });
    const { total, groups } = summary as unknown as {
      total: number;
      groups: { event: string; count: number }[];
    };
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(total);
    expect(groups[0]).toMatchObject({ event: 'tour.started', count: TOTAL });
    const query = `?event=tour.started&problem=${encodeURIComponent('jimer: is missing')}`;
    expect((await listed('quarantine', query, admin)).size).toBe(TOTAL);

    const filter = { all: true, event: 'tour.started', problem: 'jimer: is missing' };
    const steps: number[] = [];
    let cursor: string | null = null;
    do {
      const answer = await api.post(
        '/v1/quarantine/discard',
        { ...filter, reason: 'a faulty sender', ...(cursor && { cursor }) },
        admin,
      );
      expect(answer.status).toBe(202);
      steps.push(answer.body.items.length);
      cursor = answer.body.nextCursor;
    } while (cursor !== null);
    expect(steps).toEqual([100, 30]);
    const after = (await api.get('/v1/quarantine/summary', admin)).body as unknown as { total: number };
    expect(after.total).toBe(total - TOTAL);
  });

  it('are replayed, and those that are refused again are passed over once', async () => {
    await api.deliver([named('usage.a', 1), named('usage.a', 2), named('usage.b', 3)], 'acme');
    const { status, body } = await api.post(
      '/v1/unrecognized/replay',
      { all: true, event: 'usage.a' },
      'acme-admin-token',
    );
    expect([status, body.nextCursor]).toEqual([202, null]);
    expect(body.items).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }]);
  });

  it.each([
    [{ all: false }, 'all'],
    [{ all: true, ids: ['00000000-0000-4000-8000-000000000000'] }, 'ids'],
    [{ ids: ['00000000-0000-4000-8000-000000000000'], event: 'tour.started' }, 'all'],
    [{ all: true, cursor: 'x' }, 'cursor'],
    [{ event: 'tour.started' }, 'ids'],
  ])('are meant without doubt: %j', async (body, path) => {
    const { status, body: problem } = await api.post('/v1/quarantine/replay', body);
    expect([status, problem.problems]).toEqual([400, [expect.objectContaining({ path })]]);
  });

  it('are those of the workspace of the token', async () => {
    const { body } = await api.get('/v1/unrecognized/summary', 'read-token');
    expect(body).toMatchObject({ status: 403 });
  });
});

describe('a log that does not take the event', () => {
  afterEach(() => (api.log.patience = null));

  it('is a 503 with Retry-After, and nothing is said to be replayed', async () => {
    const { id } = await tooEarly(30);
    for (const patience of [0, 1]) {
      api.log.patience = patience;
      const { status, headers } = await api.post(`/v1/quarantine/${id}/replay`);
      expect([status, headers['retry-after']]).toEqual([503, '5']);
      expect((await listed('quarantine')).has(id)).toBe(true);
    }
    api.log.patience = null;
    expect((await api.post(`/v1/quarantine/${id}/replay`)).status).toBe(202);
    const { body } = await api.get(`/v1/jimers/${jimerUid(30)}/journey`);
    expect(body.experiences).toMatchObject([{ starts: 1 }]);
  });
});

describe('who may replay what', () => {
  it('is an admin, within the workspace of the token', async () => {
    const { id } = await tooEarly(40);
    const replay = `/v1/quarantine/${id}/replay`;
    expect((await api.post(replay, undefined, 'read-token')).status).toBe(403);
    expect((await api.post(replay, undefined, 'acme-admin-token')).status).toBe(404);
    expect((await api.post(`${replay}?workspace=acme`)).status).toBe(404);
    expect((await api.post(`/v1/unrecognized/${id}/replay`)).status).toBe(404);
    expect((await api.post(`${replay}?workspace=default`)).status).toBe(202);
  });

  it.each([
    ['POST', '/v1/quarantine/x/replay', 'id'],
    ['GET', '/v1/quarantine?state=maybe', 'state'],
    ['GET', '/v1/unrecognized?state=replayed&state=discarded', 'state'],
  ] as const)('%s %s is a 400 naming the parameter', async (method, url, path) => {
    const { status, body } = await api.ask(method, url, 'admin-token');
    expect(status).toBe(400);
    expect(body.problems).toEqual([expect.objectContaining({ path })]);
  });
});

describe('the log alone', () => {
  it('gives the same read model when it is built anew, replays and all', async () => {
    const before = [
      await listed('quarantine', '?state=replayed'),
      await listed('unrecognized', '?state=replayed'),
    ];
    expect(before.map((items) => items.size > 0)).toEqual([true, true]);
    await api.post('/v1/projections/set-aside/rebuild');
    await api.work('set-aside');
    expect(await listed('quarantine', '?state=replayed')).toEqual(before[0]);
    expect(await listed('unrecognized', '?state=replayed')).toEqual(before[1]);
  });
});
