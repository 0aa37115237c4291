import { buildContract, everything, memoryOf, projectionStoreContract } from '@app/testing';
import { MemoryStore } from './memory-store';

describe('the store in memory', () => {
  projectionStoreContract(() => Promise.resolve(memoryOf(everything)), 300);
});

describe('a build in memory', () => {
  buildContract(() => {
    const store = new MemoryStore([everything]);
    return Promise.resolve({
      ...memoryOf(everything, store),
      openBuild: () => Promise.resolve(store.openBuild(everything)),
      rollBack: () => Promise.resolve(store.rollback(everything.name)),
    });
  }, 200);
});
