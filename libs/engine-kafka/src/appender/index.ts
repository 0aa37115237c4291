export * from './appender';
export * from './kafka-appender';
export type { AppendMessage, Position } from './message';
