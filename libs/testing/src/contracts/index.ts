export * from './arbitraries';
export * from './build.contract';
export * from './everything';
export * from './log-reader.contract';
export * from './postgres';
export * from './projection-store.contract';
export * from './projection.contract';
export * from './records';
