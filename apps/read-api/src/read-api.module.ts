import { KafkaLogReader, TopicSettingsWatch } from '@app/engine-kafka';
import { GuessLimit, Health, LOGGER, Metrics, TokenRateLimit, tokensOf, type Logger } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { ReadAccessGuard } from './access/read-access.guard';
import { SnapshotContext } from './snapshots/snapshot-context';
import { TokenContext } from './access/token-context';
import { databaseProviders } from './common/database/database.providers';
import { ReadDatabase } from './common/database/read-database';
import { ExportInterceptor } from './common/exports/export.interceptor';
import { Exports } from './common/exports/exports';
import type { LogInsteadOfKafka } from './common/kafka/event-log';
import { kafkaProviders } from './common/kafka/kafka.providers';
import { LogEnds } from './common/kafka/log-ends';
import { CheckpointWatch } from './common/read-your-writes/checkpoint-watch';
import { ProjectedLog } from './common/read-your-writes/projected-log';
import { ReadAfterInterceptor } from './common/read-your-writes/read-after.interceptor';
import { HealthWatch } from './health/health-watch';
import { logProviders } from './log/log.providers';
import { ProjectionsQueries } from './pipeline/projections/projections.queries';
import { ProjectorsCheck } from './pipeline/projections/projectors-check';
import type { ReadApiSettings } from './read-api.settings';
import { CONTROLLERS, RESOURCE_PROVIDERS } from './resources';
import { liveProviders } from './stream/live.providers';

@Module({})
export class ReadApiModule {
  /** @param log another log than Kafka's: for tests without one */
  static with(settings: ReadApiSettings, log?: LogInsteadOfKafka): DynamicModule {
    return {
      module: ReadApiModule,
      controllers: CONTROLLERS,
      providers: [
        ...databaseProviders(settings),
        ...kafkaProviders(settings, log),
        ...liveProviders(settings),
        ...logProviders(settings),
        ...healthProviders(settings),
        ...RESOURCE_PROVIDERS,
        // What a request passes, in this order: every interceptor and handler reads the database for a token.
        access(settings),
        { provide: APP_INTERCEPTOR, useClass: TokenContext },
        {
          provide: APP_INTERCEPTOR,
          inject: [ReadDatabase, Reflector],
          useFactory: (reads: ReadDatabase, reflector: Reflector) =>
            new SnapshotContext(reads.own, reflector),
        },
        ...readYourWrites(),
        ...exportsOf(settings),
      ],
    };
  }
}

/** Lets a request in by its token. */
function access(settings: ReadApiSettings): Provider {
  return {
    provide: APP_GUARD,
    inject: [Reflector],
    useFactory: (reflector: Reflector) =>
      new ReadAccessGuard(
        tokensOf(settings),
        new TokenRateLimit(settings.rateLimit),
        new GuessLimit(settings.rateLimit),
        reflector,
      ),
  };
}

/** Lets a request wait for the projections (`Read-After`), and a command for the end of the log. */
function readYourWrites(): Provider[] {
  return [
    {
      provide: CheckpointWatch,
      inject: [ReadDatabase],
      useFactory: (reads: ReadDatabase) => new CheckpointWatch(reads.own),
    },
    ProjectedLog,
    {
      provide: APP_INTERCEPTOR,
      inject: [Reflector, CheckpointWatch, LogEnds],
      useFactory: (reflector: Reflector, watch: CheckpointWatch, ends: LogEnds) =>
        new ReadAfterInterceptor(watch, ends, PROJECTIONS, reflector),
    },
  ];
}

/** Answers a list as a whole file, where `Accept` asks for one. */
function exportsOf(settings: ReadApiSettings): Provider[] {
  return [
    {
      provide: Exports,
      inject: [Metrics, LOGGER],
      useFactory: (metrics: Metrics, logger: Logger) =>
        new Exports({ all: settings.exports, perToken: settings.exportsPerToken }, metrics, logger),
    },
    {
      provide: APP_INTERCEPTOR,
      inject: [Exports, Reflector],
      useFactory: (exports: Exports, reflector: Reflector) => new ExportInterceptor(exports, reflector),
    },
  ];
}

/** Readiness that depends on the projectors, and the health of the whole system. */
function healthProviders(settings: ReadApiSettings): Provider[] {
  return [
    {
      provide: ProjectorsCheck,
      inject: [ReadDatabase, LogEnds, Health],
      useFactory: (reads: ReadDatabase, ends: LogEnds, health: Health) => {
        const check = new ProjectorsCheck(reads.own, ends, PROJECTIONS, settings.topics.partitions);
        health.register('projectors', () => check.check());
        return check;
      },
    },
    {
      provide: HealthWatch,
      inject: [ProjectionsQueries, ReadDatabase, KafkaLogReader, TopicSettingsWatch, Metrics, Health, LOGGER],
      useFactory: (
        projections: ProjectionsQueries,
        reads: ReadDatabase,
        log: KafkaLogReader,
        topics: TopicSettingsWatch,
        metrics: Metrics,
        health: Health,
        logger: Logger,
      ) =>
        new HealthWatch({
          ...{ settings: settings.systemHealth, projections, reads, log, topics },
          ...{ metrics, health, logger },
        }),
    },
  ];
}
