import { EventEmitter } from 'node:events';
import { jimerErased, JIMER_TOPICS } from '@app/catalog';
import { createDatabase, until, type TestDatabase } from '@app/testing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { event, experience, jimer, jimerUid, ReadApiFixture, second } from '../../read-api.fixture';
import { DiffController } from './diff.controller';
import { Diffs } from './diffs';

const UNTIL = '2026-03-01T00:00:00.000Z';
let database: TestDatabase;
let api: ReadApiFixture;

const started = (n: number, at: number, title = 'Tour') =>
  event('tour.started', second(at), { experience: experience(1, 'TOUR', { title }), jimer: jimer(n) });

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
  api.log.clock = (offset) => Date.parse(UNTIL) - 10_000 + offset;
  await api.deliver([started(1, 1), started(2, 1)]);
  api.log.clock = (offset) => Date.parse(UNTIL) + offset;
  await api.deliver([started(2, 99), started(3, 5)]);
  await api.post('/v1/projections/journeys/snapshots', { name: 'before', until: UNTIL });
  await api.work('journeys');
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

interface Diff {
  readonly from: { readonly snapshot: string };
  readonly tables: readonly {
    readonly table: string;
    readonly samples: readonly { readonly kind: string }[];
  }[];
  readonly tallies: readonly { readonly table: string }[];
}
const diff = async (query: string, token = 'admin-token') => {
  const { status, body } = await api.get(`/v1/projections/journeys/diff${query}`, token);
  return { status, body: body as unknown as Diff, problems: body.problems };
};

it('shows what was added and changed, with the figures of both sides', async () => {
  const { status, body } = await diff('?from=before&to=active');
  expect(status).toBe(200);
  expect(body.from).toMatchObject({ snapshot: 'before', until: UNTIL });
  expect(body.tables.find(({ table }) => table === 'journey')).toMatchObject({
    ...{ status: 'compared', fromRows: 2, toRows: 3, added: 1, removed: 0, changed: 1 },
    columns: { last_started_at: 1 },
    onlyFrom: [],
    onlyTo: [],
  });
  const { samples } = body.tables.find(({ table }) => table === 'journey')!;
  expect(samples.map(({ kind }) => kind)).toEqual(['added', 'changed']);
  expect(samples[1]).toMatchObject({
    from: { last_started_at: '2025-02-03T12:00:01.000000Z' },
    to: { last_started_at: '2025-02-03T12:01:39.000000Z' },
  });
  expect(body.tallies.find(({ table }) => table === 'funnel')).toMatchObject({
    changed: 1,
    figures: { saw: { from: 2, to: 3 }, started: { from: 2, to: 3 } },
  });
});

it('finds no difference of a generation to itself, and the reverse of a difference', async () => {
  const { body } = await diff('?from=active&to=active');
  for (const each of [...body.tables, ...body.tallies])
    expect(each).toMatchObject({ status: 'compared', added: 0, removed: 0, changed: 0, samples: [] });
  const { body: reverse } = await diff('?from=active&to=before');
  expect(reverse.tables.find(({ table }) => table === 'journey')).toMatchObject({
    added: 0,
    removed: 1,
    changed: 1,
  });
});

it('is for admins of all workspaces, and names what is wrong', async () => {
  for (const token of ['read-token', 'triage-token', 'acme-admin-token'])
    expect((await diff('?from=before&to=active', token)).status).toBe(403);
  expect((await api.get('/v1/projections/nothing/diff?from=1&to=2', 'admin-token')).status).toBe(404);
  for (const [query, path] of [
    ['?from=before', 'to'],
    ['?to=before', 'from'],
    ['?from=Before&to=active', 'from'],
    ['?from=1&from=2&to=active', 'from'],
    ['?from=before&to=nothing', 'to'],
    ['?from=99999&to=active', 'from'],
  ])
    expect(await diff(query!)).toMatchObject({ status: 400, problems: [{ path }] });
});

it('names nobody who is erased', async () => {
  const text = async () =>
    (await api.get('/v1/projections/journeys/diff?from=before&to=active', 'admin-token')).text;
  expect(await text()).toContain(jimerUid(2));
  for (const topic of JIMER_TOPICS)
    await api.log.append([
      jimerErased({ ...{ workspace: 'default', topic, time: 0, by: 'spec' }, jimer: { uid: jimerUid(2) } }),
    ]);
  expect(await text()).not.toContain(jimerUid(2));
  expect(await text()).toContain(jimerUid(3));
});

it('answers a HEAD without the comparison', async () => {
  const { statusCode, body } = await api.app.inject({
    method: 'HEAD',
    url: '/v1/projections/journeys/diff?from=before&to=active',
    headers: { authorization: 'Bearer admin-token' },
  });
  expect([statusCode, body]).toEqual([200, '']);
});

describe('a comparison that is not read to its end', () => {
  let diffs: Diffs;
  beforeEach(() => void (diffs = new Diffs(database.url)));
  afterEach(() => diffs.beforeApplicationShutdown());

  const isIdle = async (): Promise<boolean> => {
    const { rows } = await api.pool.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'read-api-diff' AND datname = current_database()
          AND state <> 'idle'`,
    );
    return rows.length === 0;
  };

  it('gives its place and its transaction back when its iteration is left', async () => {
    for (let time = 0; time < 3; time++)
      for await (const { part } of await diffs.begin(
        'journeys',
        'active',
        'active',
        new AbortController().signal,
      )) {
        expect(part).toBe('generations');
        break;
      }
    await until('no comparison is under way', isIdle);
  });

  it('gives them back when the client was gone before it began', async () => {
    const controller = new DiffController(diffs);
    const send = jest.fn();
    const raw = Object.assign(new EventEmitter(), { destroyed: true });
    const reply = { raw, send, type: () => undefined } as unknown as FastifyReply;
    for (let time = 0; time < 3; time++)
      await expect(
        controller.diff(
          'journeys',
          { from: 'active', to: 'active' },
          { method: 'GET' } as FastifyRequest,
          reply,
        ),
      ).rejects.toMatchObject({ body: { status: 503, detail: 'The comparison was given up.' } });
    expect(send).not.toHaveBeenCalled();
    await until('no comparison is under way', isIdle);
  });
});
