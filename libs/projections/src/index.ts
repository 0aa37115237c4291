import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { experiences } from './experiences/experiences.projection';
import { feedback } from './feedback/feedback.projection';
import { jimers } from './jimers/jimers.projection';
import { journeys } from './journeys/journeys.projection';
import { setAside } from './set-aside/set-aside.projection';
import { surveys } from './surveys/surveys.projection';

export * from './experiences/experiences.tables';
export * from './feedback/feedback.tables';
export * from './jimers/jimers.tables';
export * from './journeys/journeys.tables';
export * from './set-aside/set-aside.tables';
export * from './surveys/surveys.tables';
export * from './shared/kinds';
export * from './shared/sql';

export * from './experiences/experiences.dto';
export * from './experiences/experiences.queries';
export * from './feedback/feedback.dto';
export { historyOf } from './feedback/feedback.history';
export { feedback } from './feedback/feedback.projection';
export { changedFields, versionTag } from './feedback/feedback.item';
export * from './feedback/feedback.queries';
export * from './feedback/feedback.summary.dto';
export * from './jimers/jimers.dto';
export * from './jimers/jimers.queries';
export * from './jimers/same-person';
export * from './journeys/funnel';
export * from './journeys/jimer-journeys';
export * from './journeys/journeys.dto';
export * from './journeys/most-used';
export * from './journeys/journeys.queries';
export * from './journeys/runs.queries';
export * from './journeys/tasks.queries';
export * from './set-aside/set-aside.dto';
export * from './set-aside/set-aside.queries';
export * from './set-aside/waiting';
export * from './surveys/jimer-answers';
export * from './surveys/surveys.dto';
export * from './surveys/surveys.queries';
export * from './surveys/answers.queries';
export * from './surveys/responses.queries';
export { showStep } from './surveys/results';
export { isScale } from './surveys/scales';
export * from './shared/day-range';
export * from './shared/identity';
export * from './shared/intervals';
export { READ_SLICES } from './read-side';

/**
 * Which app runs which projections: the one line that a new read model adds. The directory of jimers is as
 * much work as the journeys, so it goes with the experiences, which read the same topic and write few rows.
 */
export const PROJECTOR_GROUPS = {
  'journey-projector': [journeys, surveys],
  'experience-projector': [experiences, jimers],
  'feedback-projector': [feedback, setAside],
} as const satisfies Record<string, readonly Projection<CatalogEvent>[]>;

/** The app that takes erased jimers from the log: the one with the least to do. */
export const ERASING_PROJECTOR = 'feedback-projector' satisfies keyof typeof PROJECTOR_GROUPS;

export const PROJECTIONS: readonly Projection<CatalogEvent>[] = Object.values(PROJECTOR_GROUPS).flat();
