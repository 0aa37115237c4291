export * from './arrivals';
export { KafkaLogReader } from './kafka-log-reader';
export type { PlacedRecord } from './next-records';
export * from './unapplied';
