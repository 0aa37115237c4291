import { Jobs, migrateEngine, openGenerations, workPool, type Job } from '@app/engine-postgres';
import { createLogger } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import { createDatabase, testBrokers, type TestDatabase } from '@app/testing';
import type { Pool } from 'pg';
import { JobRunner } from './job-runner';

const journeys = PROJECTIONS.find(({ name }) => name === 'journeys')!;

let database: TestDatabase;
let pool: Pool;
let jobs: Jobs;
let runner: JobRunner;

beforeAll(async () => {
  database = await createDatabase();
  pool = workPool(database.url, 'spec', 2);
  await migrateEngine(pool, database.url);
  await openGenerations(pool, PROJECTIONS);
  jobs = new Jobs(pool);
  runner = new JobRunner({
    instance: 'spec',
    databaseUrl: database.url,
    kafka: { brokers: [testBrokers()], ssl: false },
    projections: [journeys],
    logger: createLogger('spec', 'silent'),
    threads: null,
    erases: false,
  });
});

afterAll(async () => {
  await runner?.close();
  await pool?.end();
  await database?.drop();
});

const never = new AbortController().signal;

async function done(parameters: Readonly<Record<string, unknown>>): Promise<Job> {
  const { job } = await jobs.request(journeys, 'replay', 'spec', parameters);
  expect(await runner.runNext(never)).toBe(true);
  return (await jobs.get(job.id))!;
}

describe('a job that will always fail', () => {
  it.each([
    ['a word', { ids: ['abc'] }, /invalid input syntax for type bigint: "abc" \(SQLSTATE 22P02\)/],
    ['a number too large', { ids: ['9'.repeat(30)] }, /out of range for type bigint \(SQLSTATE 22003\)/],
    ['a fraction', { ids: ['1.5'] }, /SQLSTATE 22P02/],
    ['no list at all', { ids: 'all' }, /SQLSTATE 22P02/],
  ])('fails with words: %s as an id', async (_, parameters, reason) => {
    expect(await done(parameters)).toMatchObject({
      state: 'failed',
      outcome: { reason: expect.stringMatching(reason) as string },
    });
  });

  it('fails where a table is missing', async () => {
    await pool.query('ALTER TABLE engine.dead_letter RENAME TO elsewhere');
    const job = await done({});
    await pool.query('ALTER TABLE engine.elsewhere RENAME TO dead_letter');
    expect(job).toMatchObject({ state: 'failed' });
  });

  it('does not delay other jobs', async () => {
    await jobs.request(journeys, 'replay', 'spec', { ids: ['abc'] });
    const { job } = await jobs.request(journeys, 'replay', 'spec', {});
    while (await runner.runNext(never));
    expect(await jobs.get(job.id)).toMatchObject({ state: 'succeeded' });
  });
});
