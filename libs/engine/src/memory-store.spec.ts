import { memory, projectionStoreContract } from '@app/testing';

describe('the store in memory', () => {
  projectionStoreContract(() => Promise.resolve(memory()), 300);
});
