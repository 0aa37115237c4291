export * from './arbitraries';
export * from './everything';
export * from './projection-store.contract';
export * from './tmp-db';
