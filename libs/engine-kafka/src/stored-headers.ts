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

/** The headers by name; values of several headers of one name are joined with commas. */
export function headerTexts(record: LogRecord): Record<string, string> {
  const names = new Set(headerEntries(record).map(([name]) => name));
  return Object.fromEntries([...names].map((name) => [name, record.headers.text(name) ?? '']));
}
