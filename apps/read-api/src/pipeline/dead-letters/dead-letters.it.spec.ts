import { createDatabase, type TestDatabase } from '@app/testing';
import {
  event,
  experience,
  jimer,
  jimerUid,
  ReadApiFixture,
  second,
  versionOf,
  type Item,
} from '../../read-api.fixture';

let database: TestDatabase;
let api: ReadApiFixture;

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
});

beforeEach(() => api.pool.query('TRUNCATE engine.dead_letter, engine.job'));

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

/** Letters of a projection at offsets of the engagement topic; gives their ids. */
async function deadLettersOf(
  projection: string,
  offsets: readonly number[],
  workspace: string | null = 'default',
  state = 'active',
): Promise<string[]> {
  const { rows } = await api.pool.query<{ id: string }>(
    `INSERT INTO engine.dead_letter (generation_id, topic, partition, record_offset, record_key, workspace, event_name, reason)
     SELECT g.id, 'jimo.engagement', 0, n, 'key', $3, 'hint.seen', 'too odd'
       FROM engine.generation AS g, unnest($2::bigint[]) AS n WHERE g.projection = $1 AND g.state = $4 RETURNING id::text`,
    [projection, offsets, workspace, state],
  );
  return rows.map(({ id }) => id);
}

const idsOf = async (query: string, token = 'admin-token') =>
  (await api.all(`/v1/dead-letters${query}`, 50, token)).map(({ id }: Item) => id).sort();
const jobOf = (job: { id: string }) =>
  api.pool
    .query<{ parameters: unknown; version: number }>(
      'SELECT parameters, version FROM engine.job WHERE id = $1',
      [job.id],
    )
    .then(({ rows }) => rows[0]!);

describe('dead letters', () => {
  it('are listed by state and projection: open ones by default', async () => {
    const [one, two] = await deadLettersOf('journeys', [1, 2]);
    const [three] = await deadLettersOf('jimers', [1]);
    await api.post(`/v1/dead-letters/${one}/discard`, { reason: 'a test' });
    expect(await idsOf('')).toEqual([two, three].sort());
    expect(await idsOf('?projection=jimers')).toEqual([three]);
    expect(await idsOf('?state=discarded')).toEqual([one]);
    expect(await idsOf('?state=replayed')).toEqual([]);
    expect((await api.get('/v1/projections/journeys')).body).toMatchObject({
      deadLetters: 1,
      generations: [{ deadLetters: { setAside: 1, replayed: 0, discarded: 1 } }],
    });
  });

  it('show what became of them', async () => {
    const [id] = await deadLettersOf('journeys', [7]);
    const letter = await api.get(`/v1/dead-letters/${id}`, 'admin-token');
    expect(letter.body).toEqual({
      id,
      projection: 'journeys',
      generation: expect.any(Number) as number,
      position: 'jimo.engagement/0@7',
      workspace: 'default',
      eventId: null,
      event: 'hint.seen',
      reason: 'too odd',
      createdAt: expect.any(String) as string,
      state: 'set-aside',
      attempts: 1,
      resolvedAt: null,
      resolution: null,
    });
  });

  it.each([
    ['GET', '/v1/dead-letters?state=odd', undefined, 'state'],
    ['GET', '/v1/dead-letters?projection=odd', undefined, 'projection'],
    ['GET', '/v1/dead-letters/x', undefined, 'id'],
    ['POST', '/v1/dead-letters/0/replay', undefined, 'id'],
    ['POST', '/v1/dead-letters/1/discard', {}, 'reason'],
    ['POST', '/v1/dead-letters/1/discard', { reason: '' }, 'reason'],
    ['POST', '/v1/dead-letters/replay', { project: 'journeys' }, 'project'],
    ['POST', '/v1/dead-letters/replay', { projection: 'odd' }, 'projection'],
    ['POST', '/v1/dead-letters/replay', { ids: [] }, 'ids'],
    ['POST', '/v1/dead-letters/replay', { ids: [1] }, 'ids'],
    ['POST', '/v1/dead-letters/replay', ['1'], 'body'],
  ] as const)('%s %s %j is a 400 naming the input', async (method, url, body, path) => {
    const answer = await api.ask(method, url, 'admin-token', body);
    expect(answer.status).toBe(400);
    expect(answer.body.problems).toEqual([expect.objectContaining({ path })]);
  });
});

describe('replaying', () => {
  it('asks for a job that applies the record, and shows the outcome', async () => {
    await api.deliver([
      event('hint.seen', second(1), { experience: experience(1, 'HINT'), jimer: jimer(1) }),
    ]);
    // As if this projection alone had not been able to apply it.
    await api.pool.query('DELETE FROM read_models.jimer');
    const [id] = await deadLettersOf('jimers', [0]);
    const { status, body, headers } = await api.post(`/v1/dead-letters/${id}/replay`);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      created: true,
      job: { kind: 'replay', projection: 'jimers', state: 'queued', requestedBy: 'admin', outcome: null },
    });
    expect(headers['location']).toBe(`/v1/jobs/${body.job.id}`);
    expect(await jobOf(body.job)).toEqual({ parameters: { ids: [id] }, version: versionOf('jimers') });
    expect(await api.work('jimers')).toBe(body.job.id);
    expect((await api.get(`/v1/jobs/${body.job.id}`, 'admin-token')).body).toMatchObject({
      state: 'succeeded',
      outcome: { replayed: 1 },
    });
    expect((await api.get(`/v1/dead-letters/${id}`, 'admin-token')).body).toMatchObject({
      state: 'replayed',
      attempts: 2,
      resolution: 'applied',
      resolvedAt: expect.any(String) as string,
    });
    expect((await api.get(`/v1/jimers/${jimerUid(1)}`)).status).toBe(200);
    expect((await api.post(`/v1/dead-letters/${id}/replay`)).status).toBe(409);
  });

  it('of some or all asks for one job per projection concerned', async () => {
    const journeys = await deadLettersOf('journeys', [1, 2]);
    const jimers = await deadLettersOf('jimers', [1]);
    const all = await api.post('/v1/dead-letters/replay');
    expect(all.status).toBe(202);
    expect(all.body.jobs.map(({ projection }) => projection).sort()).toEqual(['jimers', 'journeys']);
    expect(await jobOf(all.body.jobs[0]!)).toMatchObject({ parameters: {} });
    const one = await api.post('/v1/dead-letters/replay', { projection: 'jimers' });
    expect(one.body.jobs).toMatchObject([{ projection: 'jimers' }]);
    const some = await api.post('/v1/dead-letters/replay', { ids: [journeys[1], jimers[0]] });
    expect(await Promise.all(some.body.jobs.map(jobOf))).toMatchObject([
      { parameters: { ids: [journeys[1]] } },
      { parameters: { ids: jimers } },
    ]);
    expect((await api.post('/v1/dead-letters/replay', { projection: 'surveys' })).body.jobs).toEqual([]);
  });

  it('of one that is unknown or resolved asks for nothing', async () => {
    const [good, bad] = await deadLettersOf('journeys', [1, 2]);
    await api.post(`/v1/dead-letters/${bad}/discard`, { reason: 'a test' });
    const unknown = await api.post('/v1/dead-letters/replay', { ids: [good, '999999'] });
    expect([unknown.status, unknown.body.problems]).toEqual([
      404,
      [expect.objectContaining({ path: 'ids.1' })],
    ]);
    const resolved = await api.post('/v1/dead-letters/replay', { ids: [bad, good] });
    expect([resolved.status, resolved.body.problems]).toEqual([
      409,
      [expect.objectContaining({ path: 'ids.0' })],
    ]);
    const { rows } = await api.pool.query('SELECT FROM engine.job');
    expect(rows).toHaveLength(0);
  });
});

describe('discarding', () => {
  it('gives a letter up for good, with the reason, once', async () => {
    const [id] = await deadLettersOf('journeys', [1]);
    const { status, body } = await api.post(`/v1/dead-letters/${id}/discard`, { reason: 'a test account' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, state: 'discarded', resolution: 'a test account' });
    const again = await api.post(`/v1/dead-letters/${id}/discard`, { reason: 'again' });
    expect(again.status).toBe(409);
    expect(again.body.detail).toMatch(/^The dead letter was discarded at \d{4}-/);
    expect((await api.post('/v1/dead-letters/999999/discard', { reason: 'x' })).status).toBe(404);
  });
});

describe('an admin of one workspace', () => {
  it('sees and acts on its own letters only', async () => {
    const [own] = await deadLettersOf('journeys', [1], 'acme');
    const [other] = await deadLettersOf('journeys', [2]);
    const [nobodys] = await deadLettersOf('journeys', [3], null);
    expect(await idsOf('', 'acme-admin-token')).toEqual([own]);
    for (const id of [other, nobodys]) {
      const path = `/v1/dead-letters/${id}`;
      expect((await api.get(path, 'acme-admin-token')).status).toBe(404);
      expect((await api.post(`${path}/replay`, undefined, 'acme-admin-token')).status).toBe(404);
      expect((await api.post(`${path}/discard`, { reason: 'x' }, 'acme-admin-token')).status).toBe(404);
      const some = await api.post('/v1/dead-letters/replay', { ids: [own, id] }, 'acme-admin-token');
      expect(some.status).toBe(404);
    }
    const all = await api.post('/v1/dead-letters/replay', undefined, 'acme-admin-token');
    expect(all.body.jobs).toMatchObject([{ requestedBy: 'admin@acme' }]);
    expect(await jobOf(all.body.jobs[0]!)).toMatchObject({ parameters: { ids: [own] } });
    const limited = await api.post('/v1/dead-letters/replay?workspace=acme');
    expect(await jobOf(limited.body.jobs[0]!)).toMatchObject({ parameters: { ids: [own] } });
  });

  it.each([
    ['POST', '/v1/dead-letters/replay'],
    ['POST', '/v1/dead-letters/1/replay'],
    ['POST', '/v1/dead-letters/1/discard'],
    ['GET', '/v1/dead-letters/1'],
    ['GET', '/v1/jobs/1'],
  ] as const)('is needed at least: %s %s', async (method, url) => {
    expect((await api.ask(method, url, 'read-token')).status).toBe(403);
    expect((await api.ask(method, url, null)).status).toBe(401);
  });
});
