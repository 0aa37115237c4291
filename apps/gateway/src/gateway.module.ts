import { Health, LOGGER, type Logger, Metrics } from '@app/platform';
import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { GatewaySettings } from './gateway.settings';
import { EVENT_APPENDER, type EventAppender } from './log/event-appender';
import { KafkaLog } from './log/kafka-log';
import { ClockWatch } from './webhook/clock-watch';
import { EventCounts } from './webhook/event-counts';
import { Intake } from './webhook/intake';
import { IntakeLines } from './webhook/intake-lines';
import { WEBHOOK_TRACING, type WebhookTracing } from './webhook/webhook-tracing';
import { WebhookController } from './webhook/webhook.controller';

@Module({})
export class GatewayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(EVENT_APPENDER) private readonly log: EventAppender & Partial<Pick<KafkaLog, 'start' | 'stop'>>,
    @Inject(WEBHOOK_TRACING) private readonly tracing: WebhookTracing | null,
  ) {}

  /** @param onFatal called when the process has to end */
  static of(
    settings: GatewaySettings,
    onFatal: (error: Error) => void,
    tracing: WebhookTracing | null = null,
  ): DynamicModule {
    return GatewayModule.with(
      {
        inject: [Health, Metrics, LOGGER],
        useFactory: (health: Health, metrics: Metrics, logger: Logger) =>
          new KafkaLog({ kafka: settings.kafka, topics: settings.topics, health, metrics, logger, onFatal }),
      },
      tracing,
    );
  }

  /** With any appender: for tests without Kafka. */
  static with(
    appender: {
      readonly inject: (typeof Health | typeof Metrics | typeof LOGGER)[];
      readonly useFactory: (health: Health, metrics: Metrics, logger: Logger) => EventAppender;
    },
    tracing: WebhookTracing | null = null,
  ): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [WebhookController],
      providers: [
        { provide: EVENT_APPENDER, ...appender },
        { provide: WEBHOOK_TRACING, useValue: tracing },
        { provide: Intake, inject: [EVENT_APPENDER, Health, Metrics, LOGGER], useFactory: intakeOf },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.log.start?.();
  }

  /** After the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.log.stop?.();
    await this.tracing?.stop();
  }
}

function intakeOf(appender: EventAppender, health: Health, metrics: Metrics, logger: Logger): Intake {
  const watch = new ClockWatch(health, metrics, logger);
  return new Intake(appender, new EventCounts(metrics), new IntakeLines(logger), watch);
}
