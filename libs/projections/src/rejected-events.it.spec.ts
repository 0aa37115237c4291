import { postgresFor, projectionContract, rejectedDeliveries } from '@app/testing';
import { rejectedEvents } from './rejected-events';

describe('rejected events in Postgres', () => {
  const postgres = postgresFor(rejectedEvents);

  projectionContract(rejectedEvents, () => postgres.empty(), {
    life: 60,
    runs: 6,
    deliveriesOf: rejectedDeliveries,
  });
});
