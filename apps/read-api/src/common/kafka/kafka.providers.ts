import { ALL_TOPICS, TOPICS } from '@app/catalog';
import {
  createKafka,
  KafkaLogReader,
  minCompactionLagOf,
  OldestUnapplied,
  TopicSettingsWatch,
  withAdmin,
  type KafkaPatience,
} from '@app/engine-kafka';
import { Health, LOGGER, Metrics, TopicSettingsReport, type Logger } from '@app/platform';
import type { OnApplicationShutdown, Provider } from '@nestjs/common';
import type { ReadApiSettings } from '../../read-api.settings';
import { EvidenceLog } from '../../evidence/evidence-log';
import { LogTurns } from '../../log/log-turns';
import { EVENT_LOG, type EventLog, type LogInsteadOfKafka } from './event-log';
import { KafkaEventLog } from './kafka-event-log';
import { KAFKA_PATIENCE, LogEnds } from './log-ends';

/** A request that needs single records of the log fails within seconds when Kafka does not answer. */
const DEADLINE_MS = 3_000;
const CONNECTING: KafkaPatience = {
  connectionTimeout: 2_000,
  // kafkajs would wait for half a minute, and with it all who follow the log.
  requestTimeout: 10_000,
  retry: { initialRetryTime: 100, retries: 1 },
};
const READ_PATIENCE: KafkaPatience = { ...CONNECTING, requestTimeout: 2_500 };

class ClosedAtShutdown extends KafkaLogReader implements OnApplicationShutdown {
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}

/**
 * What the read API does with Kafka besides following it: append events, ask how far the logs reach, read single
 * records, and watch the settings of the topics.
 *
 * @param log another log than Kafka's, for tests
 */
export function kafkaProviders({ kafka, topics }: ReadApiSettings, log?: LogInsteadOfKafka): Provider[] {
  return [
    {
      provide: EVENT_LOG,
      inject: [Health, LOGGER, LogEnds],
      useFactory: (health: Health, logger: Logger, ends: LogEnds): EventLog =>
        log ?? new KafkaEventLog({ kafka, topics, health, logger, ends }),
    },
    {
      provide: LogEnds,
      inject: [LOGGER],
      useFactory: (logger: Logger) =>
        new LogEnds(createKafka(kafka.connection, 'read-api', logger, KAFKA_PATIENCE)),
    },
    {
      provide: KafkaLogReader,
      inject: [LOGGER],
      // A read of the stream that has much to fetch may take longer than single records do.
      useFactory: (logger: Logger) =>
        new ClosedAtShutdown(createKafka(kafka.connection, 'read-api', logger, CONNECTING), DEADLINE_MS),
    },
    {
      provide: EvidenceLog,
      inject: [KafkaLogReader, LogTurns, LOGGER],
      useFactory: (reader: KafkaLogReader, turns: LogTurns, logger: Logger) => {
        if (log) return new EvidenceLog(log.log, turns, () => Promise.resolve(Number.POSITIVE_INFINITY));
        const client = createKafka(kafka.connection, 'read-api', logger, READ_PATIENCE);
        return new EvidenceLog(reader, turns, () =>
          withAdmin(client, (admin) => minCompactionLagOf(admin, [TOPICS.engagement, TOPICS.feedback])),
        );
      },
    },
    {
      provide: OldestUnapplied,
      inject: [KafkaLogReader],
      useFactory: (log: KafkaLogReader) => new OldestUnapplied(log),
    },
    {
      provide: TopicSettingsWatch,
      inject: [Health, Metrics, LOGGER],
      useFactory: (health: Health, metrics: Metrics, logger: Logger) => {
        const report = new TopicSettingsReport(health, metrics, logger);
        const client = createKafka(kafka.connection, 'read-api', logger, READ_PATIENCE);
        return new TopicSettingsWatch(client, ALL_TOPICS, topics, (state) => report.show(state));
      },
    },
  ];
}
