import { postgresFor, projectionContract, setAsideDeliveries } from '@app/testing';
import { rejectedEvents } from './rejected-events';

describe('what was set aside, in Postgres', () => {
  const postgres = postgresFor(rejectedEvents);

  projectionContract(rejectedEvents, () => postgres.empty(), {
    life: 60,
    runs: 6,
    deliveriesOf: setAsideDeliveries,
  });
});
