import { verifiedMemory, verifyStoreContract } from '@app/testing';

describe('verification of the store in memory', () => {
  verifyStoreContract(() => Promise.resolve(verifiedMemory()), 300);
});
