import { Health, LOGGER, type Logger, Metrics } from '@app/platform';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { GatewaySettings } from './gateway.settings';
import { EVENT_APPENDER, type EventAppender } from './log/event-appender';
import { KafkaLog } from './log/kafka-log';
import { EventCounts } from './webhook/event-counts';
import { Intake } from './webhook/intake';
import { IntakeLines } from './webhook/intake-lines';
import { WEBHOOK_TRACING, type WebhookTracing } from './webhook/webhook-tracing';
import { WebhookController } from './webhook/webhook.controller';

/** Requests under way get this long to end when the app stops; then their connections are cut. */
const DRAIN_MS = 8_000;

@Module({})
export class GatewayModule
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private stopping = false;

  constructor(
    @Inject(EVENT_APPENDER) private readonly log: EventAppender & Partial<Pick<KafkaLog, 'start' | 'stop'>>,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost<FastifyAdapter>,
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
        { provide: Intake, inject: [EVENT_APPENDER, Metrics, LOGGER], useFactory: intakeOf },
      ],
    };
  }

  /** A connection whose request ends while the app stops would otherwise be kept open, and hold up the stop. */
  onModuleInit(): void {
    this.http.httpAdapter.getInstance().addHook('onSend', (_request, reply, _payload, done) => {
      if (this.stopping) reply.header('connection', 'close');
      done();
    });
  }

  onApplicationBootstrap(): void {
    this.log.start?.();
  }

  /** Before the server closes, which waits for every request to end. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
    const server = this.http.httpAdapter.getHttpServer();
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
  }

  /** After the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.log.stop?.();
    await this.tracing?.stop();
  }
}

function intakeOf(appender: EventAppender, metrics: Metrics, logger: Logger): Intake {
  return new Intake(appender, new EventCounts(metrics), new IntakeLines(logger));
}
