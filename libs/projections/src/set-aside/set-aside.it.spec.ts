import { postgresFor, projectionContract, setAsideDeliveries } from '@app/testing';
import { setAside } from './set-aside.projection';

describe('what was set aside, in Postgres', () => {
  const postgres = postgresFor(setAside);

  projectionContract(setAside, () => postgres.empty(), {
    life: 60,
    runs: 6,
    deliveriesOf: setAsideDeliveries,
  });
});
