import type { Admin, Kafka } from 'kafkajs';
import {
  Appender,
  APPENDER_DEFAULTS,
  type AppenderEvents,
  type AppenderOptions,
  type LogAccess,
} from './appender';
import { within } from './deadline';
import { assertWritable, KafkaLogWriter, type LogWriter } from './log-writer';

export interface KafkaLogOptions {
  readonly topics: readonly string[];
  readonly minInsyncReplicas: number;
}

/** An appender to Kafka topics: idempotent producer, `acks=all`, many appends to a produce call. */
export class KafkaAppender extends Appender {
  constructor(
    kafka: Kafka,
    log: KafkaLogOptions,
    events: AppenderEvents,
    options: AppenderOptions = APPENDER_DEFAULTS,
  ) {
    super(new KafkaLogAccess(kafka, log, options.deadlineMs), events, options);
  }

  override async close(patienceMs: number): Promise<void> {
    await super.close(patienceMs);
    await (this.log as KafkaLogAccess).close();
  }
}

class KafkaLogAccess implements LogAccess {
  private admin: Admin | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly log: KafkaLogOptions,
    private readonly deadlineMs: number,
  ) {}

  async probe(): Promise<void> {
    const admin = (this.admin ??= this.kafka.admin());
    try {
      await within(this.deadlineMs, 'asking Kafka', this.assertWritable(admin));
    } catch (error) {
      if (this.admin === admin) await this.close();
      throw error;
    }
  }

  private async assertWritable(admin: Admin): Promise<void> {
    await admin.connect();
    await assertWritable(admin, this.log.topics, this.log.minInsyncReplicas);
  }

  connect(): Promise<LogWriter> {
    return KafkaLogWriter.connect(this.kafka, this.deadlineMs);
  }

  close(): Promise<void> {
    const { admin } = this;
    this.admin = null;
    // Not waited for: against a broker that does not answer it takes as long as a request may.
    void admin?.disconnect().catch(() => undefined);
    return Promise.resolve();
  }
}
