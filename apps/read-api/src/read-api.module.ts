import { ALL_TOPICS } from '@app/catalog';
import { createKafka, KafkaLogReader, LogLook, OldestUnapplied, TopicSettingsWatch } from '@app/engine-kafka';
import {
  GuessLimit,
  Health,
  LOGGER,
  Metrics,
  SECURITY_HEADERS,
  type SecurityHeaders,
  TokenRateLimit,
  TopicSettingsReport,
  tokensOf,
  type Logger,
} from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { ReadAccessGuard } from './access/read-access.guard';
import { ReadDatabase } from './database/read-database';
import { ReadDatabaseModule } from './database/read-database.module';
import { TokenContext } from './access/token-context';
import { AccessController } from './access/access.controller';
import { Activity } from './activity/activity';
import { ActivityController } from './activity/activity.controller';
import { ACTIVITY_LIMITS } from './activity/activity.limits';
import { ExperienceAnswersController } from './experiences/experience-answers.controller';
import { ExperienceAnswersQueries } from './experiences/experience-answers.queries';
import { JimerAnswersController } from './jimers/jimer.controller';
import { JimerJourneyQueries } from './jimers/jimer-journey.queries';
import { MostUsedController } from './experiences/most-used.controller';
import { MostUsedQueries } from './experiences/most-used.queries';
import { StepAnswersController } from './experiences/answers/step-answers.controller';
import { TokenStateController } from './jimers/state-by-token.controller';
import { TokenStateQueries } from './jimers/state-by-token.queries';
import { ExportInterceptor } from './exports/export.interceptor';
import { Exports } from './exports/exports';
import { SystemHealthController } from './health/health.controller';
import { HealthWatch } from './health/health-watch';
import { KafkaEventLog } from './kafka/kafka-event-log';
import { EVENT_LOG, type EventLog } from './kafka/event-log';
import { CommandDatabase } from './database/command-database';
import { DeadLetterRecord } from './pipeline/dead-letters/dead-letter-record';
import { DeadLettersCommands } from './pipeline/dead-letters/dead-letters.commands';
import { DeadLettersController } from './pipeline/dead-letters/dead-letters.controller';
import { DeadLettersQueries } from './pipeline/dead-letters/dead-letters.queries';
import { ErasureController } from './jimers/erasure.controller';
import { KAFKA_PATIENCE, LogEnds } from './kafka/log-ends';
import { JobsController } from './pipeline/jobs/jobs.controller';
import { ProjectionCommandsController } from './pipeline/projections/commands.controller';
import { ProjectionsController } from './pipeline/projections/projections.controller';
import { ProjectionsQueries } from './pipeline/projections/projections.queries';
import { ProjectorsCheck } from './pipeline/projections/projectors-check';
import { SetAsideCommands } from './pipeline/rejected-events/rejected-events.commands';
import {
  QuarantinedCommandsController,
  UnrecognizedCommandsController,
} from './pipeline/rejected-events/commands.controller';
import { TopicRates } from './pipeline/topics/topic-rates';
import { LOOK_DEADLINE_MS, LOOK_PATIENCE } from './pipeline/pipeline.limits';
import { TopicsController } from './pipeline/topics/topics.controller';
import { CheckpointWatch } from './read-your-writes/checkpoint-watch';
import { ReadAfterInterceptor } from './read-your-writes/read-after.interceptor';
import type { ReadApiSettings } from './read-api.settings';
import { ChangeFeed } from './stream/change-feed';
import { readErased } from './stream/erased';
import { readShown } from './stream/shown';
import { StreamController } from './stream/stream.controller';
import { STREAM_LIMITS, STREAM_PATIENCE } from './stream/stream.limits';
import { StreamMetrics } from './stream/stream.metrics';
import { FeedbackTriage } from './feedback/triage/feedback-triage';
import { ItemLocks } from './feedback/triage/item-locks';
import { ProjectedLog } from './read-your-writes/projected-log';
import { TriageController } from './feedback/triage/triage.controller';
import { ExperiencesController } from './experiences/experiences.controller';
import { ExperiencesQueries } from './experiences/experiences.queries';
import { AnswersQueries } from './experiences/answers/step-answers.queries';
import { ResponsesQueries } from './experiences/answers/responses.queries';
import { StepView, SurveysQueries } from './experiences/answers/results.queries';
import { JourneysQueries } from './experiences/journeys.queries';
import { TasksQueries } from './experiences/tasks.queries';
import { FeedbackController } from './feedback/feedback.controller';
import { FeedbackItemView, FeedbackQueries } from './feedback/feedback.queries';
import { FeedbackSummary } from './feedback/feedback.summary';
import { JimersController } from './jimers/jimers.controller';
import { JimersQueries } from './jimers/jimers.queries';
import { RunsQueries } from './jimers/runs.queries';
import { LifecycleController } from './lifecycle/lifecycle.controller';
import { LifecycleQueries } from './lifecycle/lifecycle.queries';
import { SetAsideController } from './pipeline/rejected-events/rejected-events.controller';
import { SetAsideEventView, SetAsideQueries } from './pipeline/rejected-events/rejected-events.queries';

@Module({})
export class ReadApiModule {
  /** @param log another log than Kafka's: for tests without one */
  static with(settings: ReadApiSettings, log?: EventLog): DynamicModule {
    const database = ReadDatabaseModule.with({
      url: settings.database.url,
      name: 'read-api',
      connections: { all: settings.connections, perToken: settings.connectionsPerToken },
      entities: [StepView, FeedbackItemView, SetAsideEventView],
    });
    return {
      module: ReadApiModule,
      imports: [database],
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
        JimersController,
        ExperiencesController,
        LifecycleController,
        FeedbackController,
        SetAsideController,
      ],
      providers: [
        JimersQueries,
        JourneysQueries,
        RunsQueries,
        TasksQueries,
        AnswersQueries,
        ResponsesQueries,
        SurveysQueries,
        ExperiencesQueries,
        LifecycleQueries,
        FeedbackQueries,
        FeedbackSummary,
        SetAsideQueries,
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
