import { ALL_TOPICS } from '@app/catalog';
import type { LogBounds, LogPosition } from '@app/engine';
import { createKafka, KafkaAppender, type AppendMessage } from '@app/engine-kafka';
import type { Health, KafkaSettings, Logger, TopicSettings } from '@app/platform';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { EventLog } from './event-log';
import type { LogEnds } from './log-ends';

/** Whoever waits is told within seconds that Kafka does not answer. */
const IMPATIENT = {
  connectionTimeout: 2_000,
  requestTimeout: 3_000,
  retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 2 },
};
const FLUSH_MS = 5_000;

export interface KafkaEventLogParts {
  readonly kafka: KafkaSettings;
  readonly topics: TopicSettings;
  readonly health: Health;
  readonly logger: Logger;
  readonly ends: LogEnds;
}

/** The topics in Kafka. Readiness does not wait for it, since reads do not: it only notes that it is away. */
export class KafkaEventLog implements EventLog, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly appender: KafkaAppender;
  private readonly ends: LogEnds;

  constructor({ kafka, topics, health, logger, ends }: KafkaEventLogParts) {
    this.ends = ends;
    this.appender = new KafkaAppender(
      createKafka(kafka.connection, 'read-api-commands', logger, IMPATIENT),
      { topics: ALL_TOPICS, minInsyncReplicas: topics.minInsyncReplicas },
      {
        appended: () => undefined,
        unavailable: (reason) => logger.warn({ reason: reason.message }, 'Kafka does not take events'),
        available: () => logger.info('Kafka takes events'),
      },
    );
    health.register('commands', () =>
      this.appender.state === 'available'
        ? { ok: true }
        : { ok: true, note: `Kafka does not take events: ${this.appender.unavailableReason}` },
    );
  }

  onApplicationBootstrap(): void {
    this.appender.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.appender.close(FLUSH_MS);
  }

  append(events: readonly AppendMessage[]): Promise<readonly LogPosition[]> {
    return this.appender.append(events);
  }

  async bounds(topic: string): Promise<readonly LogBounds[] | null> {
    const ends = await this.ends.now([topic]);
    const partitions = ends?.get(topic);
    return partitions
      ? [...partitions].map(([partition, { low, high }]) => ({ topic, partition, low, high }))
      : null;
  }
}
