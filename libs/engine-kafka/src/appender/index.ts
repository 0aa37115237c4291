export * from './appender';
export * from './kafka-appender';
export type { AppendMessage } from './message';
