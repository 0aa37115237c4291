import { setTimeout as sleep } from 'node:timers/promises';
import { JIMER_TOPICS } from '@app/catalog';
import type { LogReader } from '@app/engine';
import { AppendUnavailable, KafkaAppender, type AppendMessage } from '@app/engine-kafka';
import type { Kafka } from 'kafkajs';

/** The log as an erasure needs it. */
export interface ErasingLog extends LogReader {
  /** Resolves when all of it is durable, however long that takes. */
  append(messages: readonly AppendMessage[], signal: AbortSignal): Promise<void>;
}

const CHUNK = 1_000;
const RETRY_MS = 500;
const FLUSH_MS = 2_000;
const IGNORED = { appended: () => undefined, unavailable: () => undefined, available: () => undefined };

/** Does work that reads and appends. Append again what may not be durable: the same record changes nothing. */
export async function withErasingLog<T>(
  kafka: Kafka,
  reader: LogReader,
  work: (log: ErasingLog) => Promise<T>,
): Promise<T> {
  // Whether enough replicas are in sync is for the broker to say: it refuses an append that they do not take.
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
