export * from './session';
export type { SessionClient } from './session-client';
export * from './session-pool';
export { WATCH_TIMES, type WatchTimes } from './statement-watch';
