import {
  Health,
  LOGGER,
  type Logger,
  Metrics,
  type Tokens,
  tokensOf,
  type WebhookGrant,
} from '@app/platform';
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
import { HEALTH_TOKEN, IntakeReportController } from './webhook/intake-report.controller';
import { IntakeSummary } from './webhook/intake-summary';
import { WEBHOOK_TRACING, type WebhookTracing } from './webhook/webhook-tracing';
import { WebhookController } from './webhook/webhook.controller';

/** The tokens for senders, and the token for the intake report. */
export interface IntakeAccess {
  readonly tokens: Tokens<WebhookGrant>;
  /** Null turns the intake report off. */
  readonly healthToken: string | null;
}

@Module({})
export class GatewayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(EVENT_APPENDER) private readonly log: EventAppender & Partial<Pick<KafkaLog, 'start' | 'stop'>>,
    @Inject(WEBHOOK_TRACING) private readonly tracing: WebhookTracing | null,
  ) {}

  /** @param onFatal called when the process must end */
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
      { tokens: tokensOf(settings), healthToken: settings.healthToken ?? null },
      tracing,
    );
  }

  /** The module with any appender, for tests without Kafka. */
  static with(
    appender: {
      readonly inject: (typeof Health | typeof Metrics | typeof LOGGER)[];
      readonly useFactory: (health: Health, metrics: Metrics, logger: Logger) => EventAppender;
    },
    { tokens, healthToken }: IntakeAccess,
    tracing: WebhookTracing | null = null,
  ): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [WebhookController, IntakeReportController],
      providers: [
        { provide: EVENT_APPENDER, ...appender },
        { provide: WEBHOOK_TRACING, useValue: tracing },
        { provide: HEALTH_TOKEN, useValue: healthToken },
        {
          provide: IntakeSummary,
          inject: [Metrics],
          useFactory: (metrics: Metrics) => new IntakeSummary(metrics, tokens),
        },
        {
          provide: Intake,
          inject: [EVENT_APPENDER, Health, Metrics, IntakeSummary, LOGGER],
          useFactory: intakeOf,
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.log.start?.();
  }

  /** Runs after the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.log.stop?.();
    await this.tracing?.stop();
  }
}

function intakeOf(
  appender: EventAppender,
  health: Health,
  metrics: Metrics,
  summary: IntakeSummary,
  logger: Logger,
): Intake {
  const watch = new ClockWatch(health, metrics, logger);
  return new Intake(appender, new EventCounts(metrics), summary, new IntakeLines(logger), watch);
}
