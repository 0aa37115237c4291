import { createKafka } from '@app/engine-kafka';
import { Jobs, migrateEngine, openGenerations, workPool } from '@app/engine-postgres';
import { createLogger } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import {
  createDatabase,
  createTopic,
  testBrokers,
  uniqueTopic,
  until,
  type TestDatabase,
} from '@app/testing';
import { Client, type Pool } from 'pg';
import { TcpProxy } from '../../../../test/support/tcp-proxy';
import { JobStalled } from './job-heartbeat';
import { JobRunner, type JobRunnerOptions } from './job-runner';

const logger = createLogger('spec', 'silent');
const topic = uniqueTopic();
const projection = { ...PROJECTIONS.find(({ name }) => name === 'jimers')!, topics: [topic] };

let database: TestDatabase;
let direct: Pool;
let jobs: Jobs;
let proxy: TcpProxy;
let somebody: Client;
const runners: JobRunner[] = [];

beforeAll(async () => {
  const admin = createKafka({ brokers: [testBrokers()], ssl: false }, 'spec', logger).admin();
  await admin.connect();
  await createTopic(admin, { topic, numPartitions: 1 });
  await admin.disconnect();
  database = await createDatabase();
  direct = workPool(database.url, 'direct', 4);
  await migrateEngine(direct, database.url);
  await openGenerations(direct, [projection]);
  jobs = new Jobs(direct);
  somebody = new Client({ connectionString: database.url, application_name: 'somebody' });
  await somebody.connect();
});

beforeEach(async () => {
  proxy = await TcpProxy.listen(Number(new URL(database.url).port));
  // The first step of a rebuild waits for this lock.
  await somebody.query('BEGIN; LOCK TABLE engine.generation IN ACCESS EXCLUSIVE MODE');
});

afterEach(async () => {
  await somebody.query('ROLLBACK');
  await Promise.all(runners.splice(0).map((runner) => runner.close()));
  await proxy.close();
});

afterAll(async () => {
  await somebody?.end();
  await direct?.end();
  await database?.drop();
});

/** A runner whose connections go through the proxy, during a rebuild that waits for a lock. */
async function atWork(more: Partial<JobRunnerOptions> = {}) {
  const url = new URL(database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  const runner = new JobRunner({
    instance: 'runner',
    databaseUrl: url.href,
    kafka: { brokers: [testBrokers()], ssl: false },
    projections: [projection],
    logger,
    threads: null,
    erases: false,
    watch: { everyMs: 100, suspectMs: 200 },
    ...more,
  });
  runners.push(runner);
  const { job } = await jobs.request(projection, 'rebuild', 'spec');
  const working = runner.runNext(new AbortController().signal);
  working.catch(() => undefined);
  await until('the rebuild to wait for the lock', async () => {
    const { rowCount } = await direct.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'runner' AND wait_event_type = 'Lock'`,
    );
    return rowCount! > 0;
  });
  return { job, working, state: async () => (await jobs.get(job.id))?.state };
}

describe('a job', () => {
  it('continues when its connections have died silently', async () => {
    const { working, state } = await atWork();
    proxy.strand();
    await somebody.query('ROLLBACK');
    await working;
    expect(await state()).toBe('succeeded');
  });

  it('can be cancelled although its connections have died silently', async () => {
    const { job, working, state } = await atWork();
    proxy.strand();
    await jobs.cancel(job.id);
    await somebody.query('ROLLBACK');
    await working;
    // It may have finished before it was cancelled.
    expect(['cancelled', 'succeeded']).toContain(await state());
  });

  it('is released when it makes no progress, and another instance does it', async () => {
    const { working, state } = await atWork({ stalledAfter: 1_500 });
    await expect(working).rejects.toThrow(JobStalled);
    expect(await state()).toBe('queued');
    await somebody.query('ROLLBACK');
    const other = new JobRunner({
      instance: 'other',
      databaseUrl: database.url,
      kafka: { brokers: [testBrokers()], ssl: false },
      projections: [projection],
      ...{ logger, threads: null, erases: false },
    });
    runners.push(other);
    await other.runNext(new AbortController().signal);
    expect(await state()).toBe('succeeded');
  });
});
