import * as catalog from '..';
import { SYSTEM_EVENTS } from './system-events';

it('lists every system event that is exported, so that none is appended that the contracts do not have', () => {
  const exported = Object.values(catalog).filter(
    (each) => typeof each === 'object' && 'partitionedBy' in each && 'topics' in each,
  );
  expect(new Set(exported)).toEqual(new Set(SYSTEM_EVENTS));
});
