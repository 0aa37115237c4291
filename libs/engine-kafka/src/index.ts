export * from './appender';
export * from './compaction-lag';
export * from './consumer';
export * from './kafka-client';
export * from './log-reader';
export * from './look';
export * from './partitioner';
export * from './topics';
