export * from './arbitraries';
export * from './everything';
export * from './postgres';
export * from './projection-store.contract';
export * from './projection.contract';
export * from './records';
export * from './verified-stores';
export * from './verify-store.contract';
