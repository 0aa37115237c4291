export * from './answered';
export * from './headers';
export * from './items';
export * from './meaning';
export * from './problem';
export * from './projections';
export * from './read-api';
export type { components, operations, paths } from './schema';
