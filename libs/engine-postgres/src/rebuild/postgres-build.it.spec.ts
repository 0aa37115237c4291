import {
  buildContract,
  createDatabase,
  everything,
  openPostgresBuilds,
  type TestDatabase,
} from '@app/testing';

let database: TestDatabase;
let postgres: Awaited<ReturnType<typeof openPostgresBuilds>>;

beforeAll(async () => {
  database = await createDatabase();
  postgres = await openPostgresBuilds(database.url, everything);
});

afterAll(async () => {
  await postgres?.pool.end();
  await database?.drop();
});

describe('a build in Postgres', () => {
  buildContract(() => postgres.fresh(), 25);
});
