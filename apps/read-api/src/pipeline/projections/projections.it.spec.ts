import { createDatabase, type TestDatabase } from '@app/testing';
import { LogEnds, type Ends } from '../../common/kafka/log-ends';
import {
  event,
  experience,
  jimer,
  jimerUid,
  ReadApiFixture,
  second,
  versionOf,
} from '../../read-api.fixture';

const JOURNEYS = versionOf('journeys');

let database: TestDatabase;
let api: ReadApiFixture;

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
  await api.deliver([
    event('hint.seen', second(1), { experience: experience(1, 'HINT'), jimer: jimer(1) }),
    event('hint.seen', second(1), { experience: experience(1, 'HINT'), jimer: jimer(1) }),
    event('hint.created', second(1), { experience: experience(1, 'HINT'), user: jimer(3) }),
  ]);
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

afterEach(() => api.pool.query('TRUNCATE engine.job'));

const COMMANDS = [
  ['POST', 'rebuild'],
  ['DELETE', 'rebuild'],
  ['POST', 'verify'],
  ['DELETE', 'verify'],
  ['POST', 'rollback'],
  ['POST', 'pause'],
  ['POST', 'resume'],
] as const;

describe('a projection', () => {
  it('shows its generations, and accounts that add up', async () => {
    const { body } = await api.get('/v1/projections/journeys');
    expect(body).toMatchObject({
      state: 'active',
      trouble: null,
      paused: false,
      pausedReason: null,
      deadLetters: 0,
      generations: [
        {
          version: JOURNEYS,
          state: 'active',
          schema: expect.stringMatching(new RegExp(`^journeys_v${JOURNEYS}_g\\d+$`)) as string,
          createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
          activatedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
          supersededAt: null,
          deadLetters: { setAside: 0, replayed: 0, discarded: 0 },
          lag: null,
        },
      ],
      accountsAddUp: true,
      rebuild: null,
      verification: null,
    });
    expect(body).toHaveProperty('accounts', [
      {
        topic: 'jimo.engagement',
        partition: 0,
        start: 0,
        checkpoint: 2,
        changed: 1,
        unchanged: 1,
        skipped: { noHandler: 0, tombstone: 0, erased: 0 },
        deadLettered: 0,
        gaps: 0,
        addsUp: true,
      },
    ]);
  });

  it('says when its accounts do not add up', async () => {
    const change = (by: number) =>
      api.pool.query('UPDATE engine.checkpoint SET gaps = gaps + $1 WHERE topic = $2', [
        by,
        'jimo.engagement',
      ]);
    await change(1);
    const { body } = await api.get('/v1/projections/journeys');
    expect(body).toMatchObject({ accountsAddUp: false, accounts: [{ gaps: 1, addsUp: false }] });
    await change(-1);
  });
});

describe('a rebuild', () => {
  it('is asked for once, shows up, is done, and can be rolled back', async () => {
    const { status, headers, body } = await api.post('/v1/projections/journeys/rebuild');
    expect(status).toBe(202);
    expect(headers['location']).toBe('/v1/projections/journeys');
    expect(body).toMatchObject({
      created: true,
      job: {
        kind: 'rebuild',
        projection: 'journeys',
        version: JOURNEYS,
        state: 'queued',
        requestedBy: 'admin',
      },
    });
    expect((await api.post('/v1/projections/journeys/rebuild')).body).toEqual({ ...body, created: false });
    const { body: waiting } = await api.get('/v1/projections/journeys');
    expect(waiting).toMatchObject({ state: 'rebuilding', rebuild: body.job });

    const before = await api.get(`/v1/jimers/${jimerUid(1)}/journey`);
    await api.work('journeys');
    expect((await api.get(`/v1/jimers/${jimerUid(1)}/journey`)).text).toBe(before.text);
    const { body: built } = await api.get('/v1/projections/journeys', 'admin-token');
    expect(built).toMatchObject({
      state: 'active',
      rebuild: { id: body.job.id, state: 'succeeded', outcome: { generation: expect.any(Number) as number } },
      generations: [{ state: 'active' }, { state: 'standby' }],
      accountsAddUp: true,
    });

    const back = await api.post('/v1/projections/journeys/rollback');
    expect(back.status).toBe(200);
    expect(back.body).toMatchObject({
      activeGeneration: (waiting as unknown as { activeGeneration: number }).activeGeneration,
      generations: [{ state: 'active' }, { state: 'standby', supersededAt: expect.any(String) as string }],
    });
  });

  it('cannot be rolled back to a generation that is not kept', async () => {
    const { status, body } = await api.post('/v1/projections/jimers/rollback');
    expect(status).toBe(409);
    expect(body.detail).toContain('no earlier generation of jimers is kept');
  });

  it('can be cancelled while it is under way', async () => {
    const { body } = await api.post('/v1/projections/jimers/rebuild');
    const cancelled = await api.ask('DELETE', '/v1/projections/jimers/rebuild', 'admin-token');
    expect([cancelled.status, cancelled.body]).toEqual([
      202,
      {
        job: {
          ...{ ...body.job, cancelRequested: true, state: 'cancelled', outcome: {} },
          finishedAt: expect.any(String) as string,
        },
      },
    ]);
    const other = await api.ask('DELETE', '/v1/projections/jimers/verify', 'admin-token');
    expect([other.status, other.body.detail]).toEqual([404, 'No verification is under way.']);
  });
});

describe('a verification', () => {
  it('shows its outcome, and the rows that it names to admins of all workspaces alone', async () => {
    const { body } = await api.post('/v1/projections/journeys/verify');
    const outcome = { outcome: 'differs', rows: 1, examples: [{ workspace: 'acme' }] };
    await api.pool.query(
      `UPDATE engine.job SET state = 'succeeded', started_at = now(), finished_at = now(), outcome = $2 WHERE id = $1`,
      [body.job.id, JSON.stringify(outcome)],
    );
    const seenBy = async (token: string) => (await api.get('/v1/projections/journeys', token)).body;
    expect(await seenBy('admin-token')).toMatchObject({ verification: { kind: 'verify', outcome } });
    for (const token of ['read-token', 'acme-admin-token'])
      expect(await seenBy(token)).toHaveProperty('verification.outcome', { outcome: 'differs', rows: 1 });
    const job = (token: string) => api.get(`/v1/jobs/${body.job.id}`, token);
    expect((await job('admin-token')).body).toHaveProperty('outcome', outcome);
    expect((await job('acme-admin-token')).body).toHaveProperty('outcome', { outcome: 'differs', rows: 1 });
    expect((await api.get('/v1/jobs/999999', 'admin-token')).status).toBe(404);
    expect((await api.get('/v1/jobs/x', 'admin-token')).body.problems).toMatchObject([{ path: 'id' }]);
  });
});

describe('a pause', () => {
  it('lasts until it is resumed, and says why', async () => {
    const paused = await api.post('/v1/projections/surveys/pause', { reason: 'a migration' });
    expect(paused.status).toBe(200);
    expect(paused.body).toMatchObject({ state: 'paused', paused: true, pausedReason: 'a migration' });
    expect((await api.post('/v1/projections/surveys/pause')).body).toMatchObject({
      pausedReason: 'a migration',
    });
    const resumed = await api.post('/v1/projections/surveys/resume');
    expect(resumed.body).toMatchObject({ state: 'active', paused: false, pausedReason: null });
    const without = await api.post('/v1/projections/surveys/pause');
    expect(without.body).toMatchObject({ pausedReason: 'asked for by admin' });
    await api.post('/v1/projections/surveys/resume');
  });

  it.each([{ reason: 5 }, { reason: 'x'.repeat(1_001) }])('is a 400 naming the reason %j', async (body) => {
    const answer = await api.post('/v1/projections/surveys/pause', body);
    expect([answer.status, answer.body.problems]).toEqual([
      400,
      [expect.objectContaining({ path: 'reason' })],
    ]);
  });
});

describe('a checkpoint outside of its log', () => {
  const ends = (high: number, low = 0): Ends => new Map([['jimo.engagement', new Map([[0, { low, high }]])]]);
  afterEach(() => jest.restoreAllMocks());

  const withEnds = (before: Ends, after: Ends | null): void => {
    const logEnds = api.app.get(LogEnds);
    jest.spyOn(logEnds, 'of').mockResolvedValue(before);
    jest.spyOn(logEnds, 'now').mockResolvedValue(after);
  };

  it.each([
    [ends(1), 'jimo.engagement/0: the checkpoint is at offset 2, but the log holds 0 to 1'],
    [ends(9, 5), 'jimo.engagement/0: the checkpoint is at offset 2, but the log holds 5 to 9'],
  ])('stops the projection, which says what to do', async (log, trouble) => {
    withEnds(log, log);
    const { body } = await api.get('/v1/projections/journeys');
    expect(body).toMatchObject({ state: 'stopped', trouble: expect.stringContaining(trouble) as string });
    expect((await api.get('/v1/projections/feedback')).body).toMatchObject({
      state: 'active',
      trouble: null,
    });
  });

  it('is not one that has only moved on since the ends were fetched', async () => {
    withEnds(ends(1), ends(7));
    expect((await api.get('/v1/projections/journeys')).body).toMatchObject({
      state: 'active',
      trouble: null,
    });
    withEnds(ends(1), null);
    expect((await api.get('/v1/projections/journeys')).body).toMatchObject({
      state: 'active',
      trouble: null,
    });
  });
});

describe.each(COMMANDS)('%s %s', (method, command) => {
  const ask = (name: string, token: string, query = '') =>
    api.ask(method, `/v1/projections/${name}/${command}${query}`, token);

  it('is for admins of all workspaces', async () => {
    expect((await ask('journeys', 'read-token')).status).toBe(403);
    const limited = await ask('journeys', 'acme-admin-token');
    expect(limited.status).toBe(403);
    expect(limited.body.detail).toContain('all workspaces');
    expect((await ask('journeys', 'admin-token', '?workspace=acme')).body.problems).toMatchObject([
      { path: 'workspace' },
    ]);
  });

  it('is a 404 for an unknown projection', async () => {
    const answer = await ask('nope', 'admin-token');
    expect([answer.status, answer.headers['content-type']]).toEqual([
      404,
      expect.stringContaining('application/problem+json'),
    ]);
  });
});
