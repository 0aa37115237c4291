import {
  createDatabase,
  everything,
  openPostgres,
  verifiedPostgres,
  verifyStoreContract,
  type TestDatabase,
} from '@app/testing';

let database: TestDatabase;
let postgres: Awaited<ReturnType<typeof openPostgres>>;

beforeAll(async () => {
  database = await createDatabase();
  postgres = await openPostgres(database.url, everything);
});

afterAll(async () => {
  await postgres?.pool.end();
  await database?.drop();
});

describe('verification of the store in Postgres', () => {
  verifyStoreContract(
    async () => verifiedPostgres(postgres.pool, postgres.schema, await postgres.empty()),
    60,
  );
});
