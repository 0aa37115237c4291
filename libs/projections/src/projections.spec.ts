import { erasureContract, memoryOf, projectionContract } from '@app/testing';
import { PROJECTIONS } from './index';

describe.each(PROJECTIONS.map((projection) => ({ name: projection.name, projection })))(
  '$name',
  ({ projection }) => {
    projectionContract(projection, () => Promise.resolve(memoryOf(projection)), { life: 120, runs: 15 });
    erasureContract(projection, () => Promise.resolve(memoryOf(projection)), { life: 80, runs: 15 });
  },
);
