import { erasureContract, postgresFor, projectionContract } from '@app/testing';
import { PROJECTIONS } from './index';

describe.each(PROJECTIONS.map((projection) => ({ name: projection.name, projection })))(
  '$name in Postgres',
  ({ projection }) => {
    const postgres = postgresFor(projection);

    projectionContract(projection, () => postgres.empty(), { life: 120, runs: 6 });
    erasureContract(projection, () => postgres.empty(), { life: 80, runs: 6 });
  },
);
