import {
  createDatabase,
  openPostgres,
  projectionContract,
  setAsideDeliveries,
  type TestDatabase,
} from '@app/testing';
import { setAside } from './set-aside.projection';

describe('what was set aside, in Postgres', () => {
  let database: TestDatabase;
  let postgres: Awaited<ReturnType<typeof openPostgres>>;

  beforeAll(async () => {
    database = await createDatabase();
    postgres = await openPostgres(database.url, setAside);
  });

  afterAll(async () => {
    await postgres?.pool.end();
    await database?.drop();
  });

  projectionContract(setAside, () => postgres.empty(), {
    life: 60,
    runs: 6,
    deliveriesOf: setAsideDeliveries,
  });
});
