export * from './batch-consumer';
export * from './batch-server';
export * from './batch-source';
export type { PartitionLag } from './lag';
