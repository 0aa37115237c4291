export * from './arrivals';
export { KafkaLogReader, type PlacedRecord } from './kafka-log-reader';
export * from './unapplied';
