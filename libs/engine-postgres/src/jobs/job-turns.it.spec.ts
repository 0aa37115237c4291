import { createDatabase, everything, openPostgres, type TestDatabase } from '@app/testing';
import type { Pool } from 'pg';
import { workPool } from '../database';
import { Jobs } from './jobs';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createDatabase();
  const opened = await openPostgres(database.url, everything);
  await opened.pool.end();
  pool = workPool(database.url, 'spec', 4);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

describe('jobs of several requesters', () => {
  it('take turns, so that many jobs of one requester do not hold up those of another', async () => {
    const jobs = new Jobs(pool);
    const ask = (by: string) => jobs.request(everything, 'replay', by);
    for (let i = 0; i < 5; i++) await ask('admin@acme');
    for (const by of ['admin@beta', 'admin', 'admin@beta']) await ask(by);
    const order: string[] = [];
    for (;;) {
      const claim = await jobs.claim([everything], 'worker');
      if (!claim) break;
      order.push(claim.job.requestedBy);
      await claim.finish('succeeded', {});
    }
    expect(order).toEqual([
      ...['admin@acme', 'admin@beta', 'admin', 'admin@acme', 'admin@beta'],
      ...['admin@acme', 'admin@acme', 'admin@acme'],
    ]);
  });
});
