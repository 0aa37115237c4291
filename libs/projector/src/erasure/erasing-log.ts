import { setTimeout as sleep } from 'node:timers/promises';
import { JIMER_TOPICS } from '@app/catalog';
import type { LogReader } from '@app/engine';
import { AppendUnavailable, KafkaAppender, type AppendMessage } from '@app/engine-kafka';
import type { Kafka } from 'kafkajs';

/** The operations on the log that an erasure needs. */
export interface ErasingLog extends LogReader {
  /** Resolves when all records are durable, however long that takes. */
  append(messages: readonly AppendMessage[], signal: AbortSignal): Promise<void>;
}

const CHUNK = 1_000;
const RETRY_MS = 500;
const FLUSH_MS = 2_000;
const IGNORED = { appended: () => undefined, unavailable: () => undefined, available: () => undefined };

/** Runs work that reads and appends. Appending is idempotent, so records that may not be durable are appended again. */
export async function withErasingLog<T>(
  kafka: Kafka,
  reader: LogReader,
  work: (log: ErasingLog) => Promise<T>,
): Promise<T> {
  // The broker itself refuses an append when not enough replicas are in sync.
  const appender = new KafkaAppender(kafka, { topics: JIMER_TOPICS, minInsyncReplicas: 1 }, IGNORED);
  appender.start();
  try {
    return await work({
      bounds: (topics) => reader.bounds(topics),
      read: (ranges, take, signal) => reader.read(ranges, take, signal),
      append: async (messages, signal) => {
        for (let from = 0; from < messages.length;) {
          signal.throwIfAborted();
          try {
            await appender.append(messages.slice(from, from + CHUNK));
            from += CHUNK;
          } catch (error) {
            if (!(error instanceof AppendUnavailable)) throw error;
            await sleep(RETRY_MS, undefined, { signal });
          }
        }
      },
    });
  } finally {
    await appender.close(FLUSH_MS);
  }
}
