import type { LogRecord } from '@app/engine';
import type { KafkaMessage } from 'kafkajs';

/** A record as the engine sees it. */
export function recordOf(message: KafkaMessage): LogRecord {
  return {
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    headers: (message.headers ?? {}) as Record<string, Buffer | undefined>,
    timestamp: Number(message.timestamp),
  };
}
