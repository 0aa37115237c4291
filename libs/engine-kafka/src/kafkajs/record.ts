import type { LogRecord } from '@app/engine';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { FetchedMessage } from './fetched-record';
import type { StoredHeaders } from '../stored-headers';

/** A record as the engine sees it. */
export function recordOf(message: KafkaMessage): LogRecord {
  if (message instanceof FetchedMessage) return message.record;
  const { offset, key, value, headers, timestamp } = message;
  return {
    offset: Number(offset),
    key,
    value,
    headers: headersOf(headers ?? {}),
    timestamp: Number(timestamp),
  };
}

function headersOf(headers: IHeaders): StoredHeaders {
  return {
    // Of several headers of one name kafkajs makes a list, whose text has commas between them.
    text: (name) => headers[name]?.toString(),
    entries: () =>
      Object.entries(headers).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map(
          (one) => [name, one == null ? null : Buffer.from(one)] as const,
        ),
      ),
  };
}
