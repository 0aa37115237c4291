import type { LogRecord } from '@app/engine';
import { headerEntries } from '@app/engine-kafka';
import type { Message } from 'kafkajs';

type Base64 = string | null;

interface Line {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Base64;
  readonly headers: readonly (readonly [name: string, value: Base64])[];
  /** Null for a tombstone. */
  readonly value: Base64;
}

const LINE_FEED = 0x0a;

const encoded = (bytes: Buffer | null): Base64 => bytes?.toString('base64') ?? null;
const decoded = (text: Base64): Buffer | null => (text === null ? null : Buffer.from(text, 'base64'));

export function lineOf(record: LogRecord): string {
  const line: Line = {
    offset: record.offset,
    timestamp: record.timestamp,
    key: encoded(record.key),
    headers: headerEntries(record).map(([name, value]) => [name, encoded(value)]),
    value: encoded(record.value),
  };
  return `${JSON.stringify(line)}\n`;
}

/** Not `readline`, which also splits at U+2028, and the name of a header may contain that. */
export async function* linesIn(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      yield Buffer.concat([...begun, chunk.subarray(at, end)]).toString();
      begun = [];
      at = end + 1;
    }
    if (at < chunk.length) begun.push(chunk.subarray(at));
  }
}

/** The message for kafkajs that appends the record of a line. */
export function messageOf(text: string, partition: number): Message {
  const { timestamp, key, headers, value } = JSON.parse(text) as Line;
  // Without a prototype, because `__proto__` may be the name of a header.
  const byName = Object.create(null) as Record<string, Buffer[]>;
  // kafkajs cannot write a header without a value; an empty value is the closest.
  for (const [name, bytes] of headers) (byName[name] ??= []).push(decoded(bytes) ?? Buffer.alloc(0));
  return {
    partition,
    timestamp: String(timestamp),
    key: decoded(key),
    headers: byName,
    value: decoded(value),
  };
}
