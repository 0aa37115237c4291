import {
  buildContract,
  deadLettersContract,
  everything,
  memoryOf,
  projectionStoreContract,
} from '@app/testing';
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

describe('dead letters in memory', () => {
  deadLettersContract(() => {
    const store = new MemoryStore([everything]);
    const open = () => Promise.resolve(store.openDeadLetters(everything.name));
    return Promise.resolve({ ...memoryOf(everything, store), letters: store, open });
  });
});
