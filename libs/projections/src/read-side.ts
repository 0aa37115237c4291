import { ExperiencesReadModule } from './experiences/experiences.module';
import { FeedbackReadModule } from './feedback/feedback.module';
import { FeedbackItemView } from './feedback/feedback.queries';
import { JimersReadModule } from './jimers/jimers.module';
import { JourneysReadModule } from './journeys/journeys.module';
import { SetAsideReadModule } from './set-aside/set-aside.module';
import { SetAsideEventView } from './set-aside/set-aside.queries';
import { SurveysReadModule } from './surveys/surveys.module';
import { StepView } from './surveys/surveys.queries';

/** What the read API mounts: each slice's module, and the views that it reads through TypeORM. One line a slice. */
export const READ_SLICES = [
  { module: JimersReadModule, views: [] },
  { module: JourneysReadModule, views: [] },
  { module: SurveysReadModule, views: [StepView] },
  { module: ExperiencesReadModule, views: [] },
  { module: FeedbackReadModule, views: [FeedbackItemView] },
  { module: SetAsideReadModule, views: [SetAsideEventView] },
] as const;
