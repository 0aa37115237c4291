import { everything, memoryOf, projectionStoreContract } from '@app/testing';

describe('the store in memory', () => {
  projectionStoreContract(() => Promise.resolve(memoryOf(everything)), 300);
});
