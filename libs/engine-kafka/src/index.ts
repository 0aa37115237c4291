export * from './appender';
export * from './consumer';
export * from './kafka-client';
export * from './log-reader';
export * from './partitioner';
export * from './topics';
