import { ExperiencesReadModule } from './experiences/experiences.module';
import { ExperienceView, LifecycleEventView } from './experiences/experiences.queries';
import { FeedbackReadModule } from './feedback/feedback.module';
import { FeedbackItemView } from './feedback/feedback.queries';
import { JimersReadModule } from './jimers/jimers.module';
import { JimerView } from './jimers/jimers.queries';
import { JourneysReadModule } from './journeys/journeys.module';
import { FunnelView, JourneyView, TaskView, TouchView } from './journeys/journeys.queries';
import { SetAsideReadModule } from './set-aside/set-aside.module';
import { SetAsideEventView } from './set-aside/set-aside.queries';
import { SurveysReadModule } from './surveys/surveys.module';
import { AnswerView, StepView } from './surveys/surveys.queries';

/** What the read API mounts: each slice's module, and TypeORM's view of its tables. One line a slice. */
export const READ_SLICES = [
  { module: JimersReadModule, views: [JimerView] },
  { module: JourneysReadModule, views: [JourneyView, TouchView, TaskView, FunnelView] },
  { module: SurveysReadModule, views: [AnswerView, StepView] },
  { module: ExperiencesReadModule, views: [ExperienceView, LifecycleEventView] },
  { module: FeedbackReadModule, views: [FeedbackItemView] },
  { module: SetAsideReadModule, views: [SetAsideEventView] },
] as const;
