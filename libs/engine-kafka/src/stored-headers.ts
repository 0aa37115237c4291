import type { LogRecord } from '@app/engine';
import type { LogHeaders } from '@app/engine/adapters';

/** Null is a header without a value. */
export type HeaderEntry = readonly [name: string, value: Buffer | null];

/** The headers of a record that was read from Kafka. */
export interface StoredHeaders extends LogHeaders {
  /** All of them, in their order. */
  entries(): readonly HeaderEntry[];
}

/** @param record from a `KafkaLogReader` */
export function headerEntries({ headers }: LogRecord): readonly HeaderEntry[] {
  return (headers as StoredHeaders).entries();
}
