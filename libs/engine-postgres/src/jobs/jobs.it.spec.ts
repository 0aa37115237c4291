import { createDatabase, everything, openPostgres, type TestDatabase } from '@app/testing';
import { BuildLost } from '@app/engine/adapters';
import { Erasures } from '../erasure/erasures';
import { JOB_KINDS, LOG_SUBJECT, type JobKind } from './job';
import { Jobs } from './jobs';
import type { ClaimedJob } from './claimed-job';
import { retireExpired } from '../generations/activate-and-retire';
import { PostgresBuild } from '../rebuild/postgres-build';
import { workPool } from '../database';
import type { Pool } from 'pg';

let database: TestDatabase;
let pool: Pool;
let jobs: Jobs;

beforeAll(async () => {
  database = await createDatabase();
  const opened = await openPostgres(database.url, everything);
  await opened.pool.end();
  pool = workPool(database.url, 'spec', 4);
  jobs = new Jobs(pool);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

afterEach(() => pool.query('TRUNCATE engine.job, engine.erasure'));

const subjectOf = (kind: JobKind) => (kind === 'erase' ? LOG_SUBJECT : everything);
const ask = async (kind: JobKind): Promise<string> =>
  (await jobs.request(subjectOf(kind), kind, 'spec')).job.id;
const take = async (kind: JobKind, id: string): Promise<ClaimedJob> =>
  (await jobs.claim([subjectOf(kind)], 'worker', id))!;
const set = (id: string, change: string) => pool.query(`UPDATE engine.job SET ${change} WHERE id = $1`, [id]);

describe.each(JOB_KINDS)('a job of kind %s that is cancelled', (kind) => {
  it('ends immediately while it is queued, and makes room for another', async () => {
    const id = await ask(kind);
    expect(await jobs.cancel(id)).toMatchObject({ state: 'cancelled', outcome: {} });
    expect(await jobs.claim([subjectOf(kind)], 'worker', id)).toBeNull();
    expect((await jobs.request(subjectOf(kind), kind, 'spec')).isNew).toBe(true);
  });

  it('is given up by its worker as long as that is alive', async () => {
    const id = await ask(kind);
    const claim = await take(kind, id);
    expect(await jobs.cancel(id)).toMatchObject({ state: 'running', finishedAt: null });
    expect(await claim.heartbeat(null)).toBe('cancel');
    await claim.finish('cancelled', {});
    expect(await jobs.get(id)).toMatchObject({ state: 'cancelled' });
  });

  it.each([
    ['is dead', `heartbeat_at = now() - interval '1 minute'`],
    ['shows signs of life but does not give it up', `cancel_requested_at = now() - interval '1 minute'`],
  ])('ends without a worker that %s, and what that still writes is refused', async (_, change) => {
    const id = await ask(kind);
    const claim = await take(kind, id);
    await jobs.cancel(id);
    await set(id, change);
    expect(await jobs.endCancelled()).toBe(1);
    expect(await jobs.get(id)).toMatchObject({
      state: 'cancelled',
      outcome: { reason: 'worker did not give it up: it was ended without' },
    });
    expect(await claim.heartbeat(null)).toBe('lost');
    await claim.finish('succeeded', {});
    expect(await jobs.get(id)).toMatchObject({ state: 'cancelled' });
    const client = await pool.connect();
    await expect(claim.guard(client)).rejects.toThrow(BuildLost);
    client.release();
  });
});

it('a request says whether the job that is under way was asked for with the same parameters', async () => {
  const request = async (parameters: object) =>
    (await jobs.request(everything, 'repair', 'spec', { ...parameters })).isAsAsked;
  expect(await request({ jimers: [{ uid: 'a', workspace: 'w' }] })).toBe(true);
  expect(await request({ jimers: [{ workspace: 'w', uid: 'a' }], fromVerify: undefined })).toBe(true);
  expect(await request({ jimers: [{ uid: 'b', workspace: 'w' }] })).toBe(false);
  expect(await request({ fromVerify: true })).toBe(false);
});

it('a job that was not cancelled, or has ended, stays as it is', async () => {
  const [waiting, done] = [await ask('verify'), await ask('rebuild')];
  await set(waiting, `state = 'running', heartbeat_at = now() - interval '1 hour'`);
  await set(done, `state = 'succeeded', finished_at = now()`);
  expect(await jobs.endCancelled()).toBe(0);
  expect(await jobs.cancel(done)).toMatchObject({ state: 'succeeded', cancelRequestedAt: null });
  expect(await jobs.cancel('999999')).toBeNull();
  expect(await jobs.get(waiting)).toMatchObject({ state: 'running' });
});

it('tables of a build are dropped when its rebuild ended without its worker, and kept when it may continue', async () => {
  const id = await ask('rebuild');
  const claim = await take('rebuild', id);
  const { of } = await PostgresBuild.open(pool, everything, claim, new AbortController().signal);
  const isThere = async (): Promise<boolean> => {
    const { rowCount } = await pool.query('SELECT FROM pg_namespace WHERE nspname = $1', [of.schema]);
    return rowCount === 1;
  };
  await retireExpired(pool, [everything.name], 3_600_000);
  expect(await isThere()).toBe(true);
  await jobs.cancel(id);
  await set(id, `heartbeat_at = now() - interval '1 minute'`);
  await jobs.endCancelled();
  await retireExpired(pool, [everything.name], 3_600_000);
  expect(await isThere()).toBe(false);
});

it('a cancelled erasure waits for another request', async () => {
  const erasures = new Erasures(pool);
  const jimer = { workspace: 'default', jimerUid: '00000000-0000-4000-8000-00000000000b' };
  await erasures.request([jimer], 'spec');
  expect(await erasures.isWaiting()).toBe(true);
  await jobs.cancel(await ask('erase'));
  expect([await erasures.isWaiting(), await erasures.isPending()]).toEqual([false, true]);
  await erasures.request([jimer], 'spec');
  expect(await erasures.isWaiting()).toBe(true);
});
