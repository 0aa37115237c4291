import {
  createDatabase,
  erasureContract,
  openPostgres,
  projectionContract,
  type TestDatabase,
} from '@app/testing';
import { PROJECTIONS } from './index';

describe.each(PROJECTIONS.map((projection) => ({ name: projection.name, projection })))(
  '$name in Postgres',
  ({ projection }) => {
    let database: TestDatabase;
    let postgres: Awaited<ReturnType<typeof openPostgres>>;

    beforeAll(async () => {
      database = await createDatabase();
      postgres = await openPostgres(database.url, projection);
    });

    afterAll(async () => {
      await postgres?.pool.end();
      await database?.drop();
    });

    projectionContract(projection, () => postgres.empty(), { life: 120, runs: 6 });
    erasureContract(projection, () => postgres.empty(), { life: 80, runs: 6 });
  },
);
