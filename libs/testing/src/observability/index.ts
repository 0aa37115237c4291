export * from './exposition';
export * from './files';
export * from './promql';
