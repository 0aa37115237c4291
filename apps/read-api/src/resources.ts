import { FeedbackItem, PROJECTIONS } from '@app/projections';
import { AccessController } from './access/access.controller';
import { ActivityController } from './activity/activity.controller';
import { AnswersController } from './experiences/answers/answers.controller';
import { ResponsesQueries } from './experiences/answers/responses.queries';
import { ResultsQueries, StepView } from './experiences/answers/results.queries';
import { StepAnswersQueries } from './experiences/answers/step-answers.queries';
import { AsOf } from './evidence/as-of';
import { Explanations } from './evidence/explanations';
import { ExperienceController } from './experiences/experience.controller';
import { ExperienceEvidenceController } from './experiences/explain.controller';
import { FigureQueries } from './experiences/figure.queries';
import { ExperiencesController } from './experiences/experiences.controller';
import { ExperiencesQueries } from './experiences/experiences.queries';
import { FunnelQueries } from './experiences/funnel.queries';
import { ExperienceJimersQueries } from './experiences/jimers.queries';
import { ExperienceLocator } from './experiences/locate';
import { TasksQueries } from './experiences/tasks';
import { TopExperiencesController } from './experiences/top.controller';
import { TopExperiencesQueries } from './experiences/top.queries';
import { FeedbackEvidenceController } from './feedback/explain.controller';
import { FeedbackController } from './feedback/feedback.controller';
import { FEEDBACK_COLUMNS } from './feedback/feedback.export';
import { FeedbackQueries } from './feedback/feedback.queries';
import { FeedbackSummary } from './feedback/feedback.summary';
import { FeedbackTriage } from './feedback/triage/feedback-triage';
import { TriageController } from './feedback/triage/triage.controller';
import { SystemHealthController } from './health/health.controller';
import { ErasureController } from './jimers/erasure.controller';
import { JimerEvidenceController } from './jimers/explain.controller';
import { JimersController } from './jimers/jimers.controller';
import { JimersQueries } from './jimers/jimers.queries';
import { JourneyQueries } from './jimers/journey.queries';
import { RunsQueries } from './jimers/runs.queries';
import { StateByTokenController } from './jimers/state-by-token.controller';
import { StateByTokenQueries } from './jimers/state-by-token.queries';
import { TimelineQueries } from './jimers/timeline.queries';
import { LifecycleController } from './lifecycle/lifecycle.controller';
import { LifecycleQueries } from './lifecycle/lifecycle.queries';
import { LogController } from './log/log.controller';
import { DeadLetterRecord } from './pipeline/dead-letters/dead-letter-record';
import { DeadLettersCommands } from './pipeline/dead-letters/dead-letters.commands';
import { DeadLettersController } from './pipeline/dead-letters/dead-letters.controller';
import { DeadLettersQueries } from './pipeline/dead-letters/dead-letters.queries';
import { JobsController } from './pipeline/jobs/jobs.controller';
import { ProjectionCommandsController } from './pipeline/projections/commands.controller';
import { ProjectionsController } from './pipeline/projections/projections.controller';
import { ProjectionsQueries } from './pipeline/projections/projections.queries';
import {
  QuarantinedCommandsController,
  UnrecognizedCommandsController,
} from './pipeline/rejected-events/commands.controller';
import { RejectedEventsCommands } from './pipeline/rejected-events/rejected-events.commands';
import { RejectedEventsController } from './pipeline/rejected-events/rejected-events.controller';
import { RejectedEventsQueries, RejectedEventView } from './pipeline/rejected-events/rejected-events.queries';
import { TopicsController } from './pipeline/topics/topics.controller';
import { resourceControllers } from './read-models/resource.controllers';
import { DiffController } from './pipeline/projections/diff.controller';
import { SnapshotsController } from './snapshots/snapshots.controller';
import { StreamController } from './stream/stream.controller';

/** The views that are read through TypeORM. */
export const VIEWS = [StepView, RejectedEventView];

/** Every resource: what answers its URLs, and what its controllers read and do. */
export const CONTROLLERS = [
  ...resourceControllers(PROJECTIONS, new Map([[FeedbackItem, FEEDBACK_COLUMNS]])),
  ...[JimersController, StateByTokenController, ErasureController, JimerEvidenceController],
  ...[ExperiencesController, TopExperiencesController, ExperienceController, AnswersController],
  ExperienceEvidenceController,
  LifecycleController,
  ...[FeedbackController, TriageController, FeedbackEvidenceController],
  ...[StreamController, ActivityController, LogController],
  ...[ProjectionsController, ProjectionCommandsController, JobsController, TopicsController],
  ...[SnapshotsController, DiffController],
  DeadLettersController,
  ...[RejectedEventsController, QuarantinedCommandsController, UnrecognizedCommandsController],
  ...[SystemHealthController, AccessController],
];

export const RESOURCE_PROVIDERS = [
  ...[JimersQueries, JourneyQueries, TimelineQueries, RunsQueries, StateByTokenQueries],
  ...[ExperiencesQueries, ExperienceLocator, FunnelQueries, ExperienceJimersQueries, TasksQueries],
  ...[TopExperiencesQueries, FigureQueries, Explanations, AsOf],
  ...[ResultsQueries, StepAnswersQueries, ResponsesQueries],
  LifecycleQueries,
  ...[FeedbackQueries, FeedbackSummary, FeedbackTriage],
  ProjectionsQueries,
  ...[DeadLettersQueries, DeadLettersCommands, DeadLetterRecord],
  ...[RejectedEventsQueries, RejectedEventsCommands],
];
