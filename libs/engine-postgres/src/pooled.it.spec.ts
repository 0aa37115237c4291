import {
  buildContract,
  createDatabase,
  everything,
  openPostgres,
  openPostgresBuilds,
  projectionStoreContract,
  type TestDatabase,
} from '@app/testing';
import { PGBOUNCER, PgBouncer } from '../../../test/support/pgbouncer';

if (PGBOUNCER === undefined) console.warn('skipped: pgbouncer is not installed (apt-get install pgbouncer)');

(PGBOUNCER === undefined ? describe.skip : describe)('through PgBouncer in transaction mode', () => {
  const databases: TestDatabase[] = [];
  const bouncers: PgBouncer[] = [];
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let builds: Awaited<ReturnType<typeof openPostgresBuilds>>;

  async function pooled(): Promise<string> {
    const database = await createDatabase();
    databases.push(database);
    const bouncer = await PgBouncer.start(database.url, { default_pool_size: '8' });
    bouncers.push(bouncer);
    return bouncer.url;
  }

  beforeAll(async () => {
    store = await openPostgres(await pooled(), everything);
    builds = await openPostgresBuilds(await pooled(), everything);
  });

  afterAll(async () => {
    await store?.pool.end();
    await builds?.pool.end();
    await Promise.all(bouncers.map((bouncer) => bouncer.stop()));
    await Promise.all(databases.map((database) => database.drop()));
  });

  describe('the store in Postgres', () => {
    projectionStoreContract(() => store.empty(), 5);
  });

  describe('a build in Postgres', () => {
    buildContract(() => builds.fresh(), 3);
  });
});
