import { setTimeout as pause } from 'node:timers/promises';
import { ALL_TOPICS } from '@app/catalog';
import type { LogPosition } from '@app/engine';
import {
  type AppenderState,
  createKafka,
  ensureTopics,
  KafkaAppender,
  TopicMismatch,
  TopicSettingsWatch,
  withAdmin,
} from '@app/engine-kafka';
import {
  type Health,
  type KafkaSettings,
  type Logger,
  type Metrics,
  notReady,
  READY,
  type TopicSettings,
  TopicSettingsReport,
} from '@app/platform';
import type { Kafka } from 'kafkajs';
import type { EventAppender, EventMessage } from './event-appender';
import { LogMetrics } from './log-metrics';

const CLIENT_ID = 'gateway';
/** For the producer: waiting requests fail within seconds if Kafka does not answer. */
const IMPATIENT = {
  connectionTimeout: 2_000,
  requestTimeout: 3_000,
  retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 2 },
};
/** For the client that creates topics, which may take a while. */
const PATIENT = {
  connectionTimeout: 3_000,
  requestTimeout: 20_000,
  retry: { initialRetryTime: 200, retries: 1 },
};
const PROVISION_PAUSE_MS = 1_000;
const FLUSH_MS = 8_000;

export interface KafkaLogParts {
  readonly kafka: KafkaSettings;
  readonly topics: TopicSettings;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Called if the settings of the topics are wrong, so that the process must end. */
  readonly onFatal: (error: Error) => void;
}

/** Creates and checks the five topics at the start, then appends to them. */
export class KafkaLog implements EventAppender {
  private readonly appender: KafkaAppender;
  private readonly provisioner: Kafka;
  private readonly watch: TopicSettingsWatch;
  private readonly stopping = new AbortController();
  private topicsTrouble: string | null = 'the topics are not checked yet';

  constructor(private readonly parts: KafkaLogParts) {
    const { kafka, topics, health, metrics, logger } = parts;
    this.provisioner = createKafka(kafka.connection, CLIENT_ID, logger, PATIENT);
    const report = new TopicSettingsReport(health, metrics, logger);
    this.watch = new TopicSettingsWatch(this.provisioner, ALL_TOPICS, topics, (state) => report.show(state));
    const observed = new LogMetrics(metrics, () => this.appender.waiting);
    this.appender = new KafkaAppender(
      createKafka(kafka.connection, CLIENT_ID, logger, IMPATIENT),
      { topics: ALL_TOPICS, minInsyncReplicas: topics.minInsyncReplicas },
      {
        appended: (batch) => observed.appended(batch),
        unavailable: (reason) => {
          observed.unavailable();
          logger.error({ reason: reason.message }, 'Kafka does not take events');
        },
        available: () => {
          observed.available();
          logger.info('Kafka takes events');
        },
      },
    );
    health.register('kafka', () =>
      this.topicsTrouble === null && this.state === 'available'
        ? READY
        : notReady(this.topicsTrouble ?? this.appender.unavailableReason),
    );
  }

  get state(): AppenderState {
    return this.appender.state;
  }

  append(messages: readonly EventMessage[]): Promise<readonly LogPosition[]> {
    return this.appender.append(messages);
  }

  /** Connects to Kafka in the background, for as long as it takes. */
  start(): void {
    void this.provision();
  }

  /** Accepts no more events, flushes and closes, within a time limit. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.watch.stop();
    await this.appender.close(FLUSH_MS);
  }

  private async provision(): Promise<void> {
    const { logger, topics, onFatal } = this.parts;
    while (!this.stopping.signal.aborted) {
      try {
        await withAdmin(this.provisioner, (admin) => ensureTopics(admin, ALL_TOPICS, topics));
        this.topicsTrouble = null;
        if (this.stopping.signal.aborted) return;
        this.appender.start();
        this.watch.start();
        return;
      } catch (error) {
        const reason = (error as Error).message;
        if (reason !== this.topicsTrouble) logger.warn({ reason }, 'the topics cannot be checked yet');
        this.topicsTrouble = reason;
        if (error instanceof TopicMismatch) return onFatal(error);
      }
      await pause(PROVISION_PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }
}
