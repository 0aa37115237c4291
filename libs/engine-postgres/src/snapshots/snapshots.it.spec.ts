import type { ProjectionDeclaration } from '@app/engine/adapters';
import { createDatabase, everything, openPostgres, until, type TestDatabase } from '@app/testing';
import type { Pool } from 'pg';
import { inTransaction, workPool } from '../database';
import { diffGenerations } from '../diff/diff-generations';
import { GenerationMismatch, openGenerations, type Generation } from '../generations/generations';
import type { ClaimedJob } from '../jobs/claimed-job';
import { Jobs } from '../jobs/jobs';
import { forgetInSnapshots } from './forget-in-snapshots';
import { keepSnapshot, keptBefore, openSnapshotBuild, type SnapshotVerification } from './snapshot-build';
import { requestDrop } from './snapshots';

const VERIFIED: SnapshotVerification = {
  ...{ outcome: 'clean', reasons: [], records: 0, rows: 0, verifiedAt: '2026-01-01T00:00:00.000Z' },
};

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createDatabase();
  const opened = await openPostgres(database.url, everything);
  await opened.pool.end();
  pool = workPool(database.url, 'spec', 6);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const versioned = (version: number): ProjectionDeclaration => ({ ...everything, version });

/** A snapshot without rows, and what keeps it. */
async function built(name: string, projection: ProjectionDeclaration = everything) {
  const jobs = new Jobs(pool);
  const { job } = await jobs.request(projection, 'snapshot', 'spec');
  const claim = (await jobs.claim([projection], 'spec', job.id))!;
  const spec = { name, until: new Date(0), note: null, requestedBy: 'spec' };
  const { signal } = new AbortController();
  const build = await openSnapshotBuild(pool, projection, claim, spec, signal);
  await build.finish(() => undefined);
  const { of } = build;
  return { claim, of, keep: () => keepSnapshot(pool, projection, claim, of, new Map(), VERIFIED) };
}

async function kept(name: string, projection?: ProjectionDeclaration): Promise<Generation> {
  const { claim, of, keep } = await built(name, projection);
  await keep();
  await claim.finish('succeeded', {});
  return of;
}

const isWaitingForALock = async (): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rowCount! > 0;
};

it('is no generation of its version for a projector that starts', async () => {
  await kept('newer', versioned(7));
  expect(await openGenerations(pool, [versioned(7)])).toEqual(
    new Map([[everything.name, expect.objectContaining({ status: 'newer', everServed: false })]]),
  );
  const corrected = { ...versioned(7), topics: ['corrected'] };
  await expect(openGenerations(pool, [corrected])).resolves.toBeDefined();
  await kept('older', versioned(0));
  await expect(openGenerations(pool, [versioned(0)])).rejects.toThrow(GenerationMismatch);
});

it('lets two generations erase at the same moment', async () => {
  await kept('erased');
  const persons = [{ workspace: 'default', uid: '00000000-0000-4000-8000-00000000000b' }];
  const one = await pool.connect();
  try {
    await one.query('BEGIN');
    await forgetInSnapshots(one, everything.name, []);
    const other = inTransaction(pool, (client) => forgetInSnapshots(client, everything.name, persons));
    const done = other.catch((error: unknown) => error);
    await until('the other waits', isWaitingForALock);
    await forgetInSnapshots(one, everything.name, persons);
    await one.query('COMMIT');
    expect(await done).toBeUndefined();
  } finally {
    one.release(true);
  }
});

it('is compared with others only once erasures reach it', async () => {
  const { claim, of } = await built('unfinished');
  for (const state of ['snapshot-building', 'snapshot-checking']) {
    await pool.query('UPDATE engine.generation SET state = $2 WHERE id = $1', [of.id, state]);
    const { signal } = new AbortController();
    const request = { projection: everything.name, from: 'unfinished', to: 'active', samples: 1, signal };
    await expect(diffGenerations(pool, request).next()).rejects.toThrow(
      'no generation or snapshot unfinished',
    );
  }
  await claim.finish('failed', {});
});

it('waits for a reader of an earlier one of its name without holding up others', async () => {
  await kept('again');
  const reader = await pool.connect();
  await reader.query('BEGIN');
  await reader.query('SELECT FROM read_models_again.thing');
  await requestDrop(pool, 'again', 'spec');
  await pool.query(
    `UPDATE engine.generation SET state = 'retired', ended_at = now() WHERE snapshot = 'again'`,
  );
  const { claim, keep } = await built('again');
  const keeping = keep();
  await until('it waits', isWaitingForALock);
  await until('it gave up for now', async () => !(await isWaitingForALock()));
  await reader.query('COMMIT');
  reader.release();
  await keeping;
  await claim.finish('succeeded', {});
});

it('is known to the job that has kept it, and to no later one', async () => {
  const known = (claim: ClaimedJob) => keptBefore(pool, everything, claim, 'known');
  const { claim, of, keep } = await built('known');
  expect(await known(claim)).toBeNull();
  await keep();
  expect(await known(claim)).toEqual({ id: of.id, verification: VERIFIED });
  await claim.finish('failed', {});
  const jobs = new Jobs(pool);
  const { job } = await jobs.request(everything, 'snapshot', 'spec');
  const later = (await jobs.claim([everything], 'spec', job.id))!;
  expect(await known(later)).toBeNull();
  await later.finish('failed', {});
});
