import { ALL_TOPICS } from '@app/catalog';
import { createKafka, KafkaLogReader, LogLook, OldestUnapplied, TopicSettingsWatch } from '@app/engine-kafka';
import {
  GuessLimit,
  Health,
  LOGGER,
  Metrics,
  ReadAccessGuard,
  ReadDatabase,
  ReadDatabaseModule,
  SECURITY_HEADERS,
  type SecurityHeaders,
  TokenContext,
  TokenRateLimit,
  TopicSettingsReport,
  tokensOf,
  type Logger,
} from '@app/platform';
import { PROJECTIONS, READ_SLICES } from '@app/projections';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { AccessController } from './access/access.controller';
import { Activity } from './activity/activity';
import { ActivityController } from './activity/activity.controller';
import { ACTIVITY_LIMITS } from './activity/activity.limits';
import { ExperienceAnswersController } from './answers/experience-answers.controller';
import { ExperienceAnswersQueries } from './answers/experience-answers.queries';
import { JimerAnswersController } from './answers/jimer-answers.controller';
import { JimerJourneyQueries } from './answers/jimer-journey.queries';
import { MostUsedController } from './answers/most-used.controller';
import { MostUsedQueries } from './answers/most-used.queries';
import { StepAnswersController } from './answers/step-answers.controller';
import { TokenStateController } from './answers/token-state.controller';
import { TokenStateQueries } from './answers/token-state.queries';
import { ExportInterceptor } from './exports/export.interceptor';
import { Exports } from './exports/exports';
import { SystemHealthController } from './health/health.controller';
import { HealthWatch } from './health/health-watch';
import { KafkaEventLog } from './log/kafka-event-log';
import { EVENT_LOG, type EventLog } from './log/event-log';
import { CommandDatabase } from './operations/command-database';
import { DeadLetterRecord } from './operations/dead-letter-record';
import { DeadLettersCommands } from './operations/dead-letters.commands';
import { DeadLettersController } from './operations/dead-letters.controller';
import { DeadLettersQueries } from './operations/dead-letters.queries';
import { ErasureController } from './operations/erasure.controller';
import { KAFKA_PATIENCE, LogEnds } from './operations/log-ends';
import { JobsController } from './operations/jobs.controller';
import { ProjectionCommandsController } from './operations/projection-commands.controller';
import { ProjectionsController } from './operations/projections.controller';
import { ProjectionsQueries } from './operations/projections.queries';
import { ProjectorsCheck } from './operations/projectors-check';
import { SetAsideCommands } from './operations/set-aside.commands';
import {
  QuarantinedCommandsController,
  UnrecognizedCommandsController,
} from './operations/set-aside-commands.controller';
import { TopicRates } from './pipeline/topic-rates';
import { LOOK_DEADLINE_MS, LOOK_PATIENCE } from './pipeline/pipeline.limits';
import { TopicsController } from './pipeline/topics.controller';
import { CheckpointWatch } from './read-after/checkpoint-watch';
import { ReadAfterInterceptor } from './read-after/read-after.interceptor';
import type { ReadApiSettings } from './read-api.settings';
import { ChangeFeed } from './stream/change-feed';
import { readErased } from './stream/erased';
import { readShown } from './stream/shown';
import { StreamController } from './stream/stream.controller';
import { STREAM_LIMITS, STREAM_PATIENCE } from './stream/stream.limits';
import { StreamMetrics } from './stream/stream.metrics';
import { FeedbackTriage } from './triage/feedback-triage';
import { ItemLocks } from './triage/item-locks';
import { ProjectedLog } from './triage/projected-log';
import { TriageController } from './triage/triage.controller';

@Module({})
export class ReadApiModule {
  /** @param log another log than Kafka's: for tests without one */
  static with(settings: ReadApiSettings, log?: EventLog): DynamicModule {
    const database = ReadDatabaseModule.with({
      url: settings.database.url,
      name: 'read-api',
      connections: { all: settings.connections, perToken: settings.connectionsPerToken },
      entities: READ_SLICES.flatMap(({ views }) => views),
    });
    return {
      module: ReadApiModule,
      imports: [database, ...READ_SLICES.map(({ module }) => module)],
      controllers: [
        JimerAnswersController,
        MostUsedController,
        ErasureController,
        ExperienceAnswersController,
        StepAnswersController,
        TokenStateController,
        ProjectionsController,
        ProjectionCommandsController,
        JobsController,
        DeadLettersController,
        QuarantinedCommandsController,
        UnrecognizedCommandsController,
        StreamController,
        AccessController,
        TopicsController,
        ActivityController,
        TriageController,
        SystemHealthController,
      ],
      providers: [
        ExperienceAnswersQueries,
        JimerJourneyQueries,
        MostUsedQueries,
        TokenStateQueries,
        ProjectionsQueries,
        DeadLettersQueries,
        DeadLettersCommands,
        DeadLetterRecord,
        SetAsideCommands,
        FeedbackTriage,
        ProjectedLog,
        {
          provide: ItemLocks,
          inject: [Metrics],
          useFactory: (metrics: Metrics) => new ItemLocks(settings.database.url, metrics),
        },
        {
          provide: CommandDatabase,
          inject: [Metrics],
          useFactory: (metrics: Metrics) => new CommandDatabase(settings.database.url, metrics),
        },
        {
          provide: EVENT_LOG,
          inject: [Health, LOGGER, LogEnds],
          useFactory: (health: Health, logger: Logger, ends: LogEnds): EventLog =>
            log ??
            new KafkaEventLog({ kafka: settings.kafka, topics: settings.topics, health, logger, ends }),
        },
        {
          provide: LogEnds,
          inject: [LOGGER],
          useFactory: (logger: Logger) =>
            new LogEnds(createKafka(settings.kafka.connection, 'read-api', logger, KAFKA_PATIENCE)),
        },
        {
          provide: LogLook,
          inject: [LOGGER],
          useFactory: (logger: Logger) =>
            new LogLook(
              createKafka(settings.kafka.connection, 'read-api-look', logger, LOOK_PATIENCE),
              LOOK_DEADLINE_MS,
            ),
        },
        {
          provide: TopicSettingsWatch,
          inject: [Health, Metrics, LOGGER],
          useFactory: (health: Health, metrics: Metrics, logger: Logger) => {
            const report = new TopicSettingsReport(health, metrics, logger);
            const kafka = createKafka(settings.kafka.connection, 'read-api', logger, LOOK_PATIENCE);
            return new TopicSettingsWatch(kafka, ALL_TOPICS, settings.topics, (state) => report.show(state));
          },
        },
        {
          provide: OldestUnapplied,
          inject: [LogLook],
          useFactory: (look: LogLook) => new OldestUnapplied(look),
        },
        {
          provide: HealthWatch,
          inject: [ProjectionsQueries, ReadDatabase, LogLook, TopicSettingsWatch, Metrics, Health, LOGGER],
          useFactory: (
            projections: ProjectionsQueries,
            reads: ReadDatabase,
            look: LogLook,
            topics: TopicSettingsWatch,
            metrics: Metrics,
            health: Health,
            logger: Logger,
          ) =>
            new HealthWatch({
              ...{ settings: settings.systemHealth, projections, reads, look, topics },
              ...{ metrics, health, logger },
            }),
        },
        {
          provide: TopicRates,
          inject: [LogLook, LOGGER, TopicSettingsWatch],
          useFactory: (look: LogLook, logger: Logger, watch: TopicSettingsWatch) =>
            new TopicRates(look, logger, watch),
        },
        {
          provide: Activity,
          inject: [LogLook, LOGGER],
          useFactory: (look: LogLook, logger: Logger) =>
            new Activity({
              log: new KafkaLogReader(
                createKafka(settings.kafka.connection, 'read-api-activity', logger, STREAM_PATIENCE),
                'read-api-activity',
              ),
              ...{ look, logger, limits: ACTIVITY_LIMITS, clock: Date.now },
            }),
        },
        {
          provide: ChangeFeed,
          inject: [ReadDatabase, Metrics, LOGGER, SECURITY_HEADERS],
          useFactory: (reads: ReadDatabase, metrics: Metrics, logger: Logger, headers: SecurityHeaders) =>
            new ChangeFeed({
              headers,
              log: new KafkaLogReader(
                createKafka(settings.kafka.connection, 'read-api-stream', logger, STREAM_PATIENCE),
                'read-api-stream',
              ),
              shown: () => readShown(reads.own),
              erased: () => readErased(reads.own),
              metrics: new StreamMetrics(metrics),
              logger,
              limits: {
                ...STREAM_LIMITS,
                clients: { all: settings.streams, perToken: settings.streamsPerToken },
              },
            }),
        },
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
          provide: CheckpointWatch,
          inject: [ReadDatabase],
          useFactory: (reads: ReadDatabase) => new CheckpointWatch(reads.own),
        },
        {
          provide: APP_GUARD,
          inject: [Reflector],
          useFactory: (reflector: Reflector) =>
            new ReadAccessGuard(
              tokensOf(settings),
              new TokenRateLimit(settings.rateLimit),
              new GuessLimit(settings.rateLimit),
              reflector,
            ),
        },
        // The first of the interceptors: the others and the handlers read the database for somebody.
        { provide: APP_INTERCEPTOR, useClass: TokenContext },
        {
          provide: APP_INTERCEPTOR,
          inject: [Reflector, CheckpointWatch, LogEnds],
          useFactory: (reflector: Reflector, watch: CheckpointWatch, ends: LogEnds) =>
            new ReadAfterInterceptor(watch, ends, PROJECTIONS, reflector),
        },
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
      ],
    };
  }
}
