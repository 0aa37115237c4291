import { createDatabase, type TestDatabase } from '@app/testing';
import { jimerUid, ReadApiFixture } from '../../read-api.fixture';

let database: TestDatabase;
let api: ReadApiFixture;

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
});

beforeEach(() => api.pool.query('TRUNCATE engine.job, engine.erasure'));

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

const asked = async (url: string, method: 'POST' | 'DELETE' = 'POST'): Promise<string> =>
  (await api.ask(method, url, 'admin-token')).body.job.id;
const cancel = (id: string, token = 'admin-token') => api.ask('DELETE', `/v1/jobs/${id}`, token);

describe('jobs', () => {
  it('are listed, the newest first', async () => {
    const first = await asked('/v1/projections/journeys/verify');
    const second = await asked('/v1/projections/jimers/rebuild');
    const { body } = await api.get('/v1/jobs', 'admin-token');
    expect(body.items.map(({ id }) => id)).toEqual([second, first]);
    expect(body.items[0]).toMatchObject({ kind: 'rebuild', projection: 'jimers', state: 'queued' });
  });

  it.each([
    ['a rebuild', '/v1/projections/journeys/rebuild', 'POST'],
    ['a verification', '/v1/projections/journeys/verify', 'POST'],
    ['an erasure', `/v1/jimers/${jimerUid(1)}?workspace=default`, 'DELETE'],
  ] as const)('are cancelled by id: %s that nobody works on ends at once', async (_, url, method) => {
    const id = await asked(url, method);
    expect(await cancel(id)).toMatchObject({
      status: 202,
      body: { job: { id, state: 'cancelled', cancelRequested: true } },
    });
    expect((await cancel(id)).status).toBe(202);
    // There is room for another.
    expect(await asked(url, method)).not.toBe(id);
  });

  it('are given up by their worker, or without it when it does not', async () => {
    const id = await asked('/v1/projections/journeys/verify');
    const set = (change: string) => api.pool.query(`UPDATE engine.job SET ${change} WHERE id = $1`, [id]);
    await set(`state = 'running', heartbeat_at = now()`);
    expect((await cancel(id)).body.job).toMatchObject({ state: 'running', cancelRequested: true });
    await set(`heartbeat_at = now() - interval '1 minute'`);
    expect((await cancel(id)).body.job).toMatchObject({ state: 'cancelled' });
  });

  it('that have ended are a conflict, unknown ones a 404, and what is no id a 400', async () => {
    const id = await asked('/v1/projections/journeys/verify');
    await api.pool.query(`UPDATE engine.job SET state = 'succeeded', finished_at = now() WHERE id = $1`, [
      id,
    ]);
    const ended = await cancel(id);
    expect([ended.status, ended.body.detail]).toEqual([409, 'The job has ended: succeeded.']);
    expect((await cancel('999999')).status).toBe(404);
    for (const none of ['abc', '0', '-1', '1.5', '9'.repeat(30), '%00'])
      expect([none, (await cancel(none)).status]).toEqual([none, 400]);
  });

  it('are for admins of all workspaces to list and to cancel', async () => {
    const id = await asked('/v1/projections/journeys/verify');
    for (const token of ['read-token', 'triage-token', 'acme-admin-token']) {
      expect([token, (await cancel(id, token)).status]).toEqual([token, 403]);
      expect([token, (await api.get('/v1/jobs', token)).status]).toEqual([token, 403]);
    }
    expect((await api.get(`/v1/jobs/${id}`, 'admin-token')).body).toMatchObject({ state: 'queued' });
  });
});
