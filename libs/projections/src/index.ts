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

export { feedback } from './feedback/feedback.projection';
export { LANES, UNTRIAGED, type Lane } from './feedback/feedback.item';
export { bucketOf, isDigest, jsonBehind } from './surveys/answer-value';
export { isScale, SCALES } from './surveys/scales';
export { canonicalText } from './shared/canonical-text';
export { identifies, LONGEST_TOKEN } from './shared/identity';
export { folded, foldedStart } from './shared/search';

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

/** This file: a thread imports PROJECTIONS itself, since functions cannot be sent to it. */
export const PROJECTIONS_FILE = __filename;

/** What the app of a group runs. */
export function projectorGroup(name: keyof typeof PROJECTOR_GROUPS) {
  return {
    name,
    projections: PROJECTOR_GROUPS[name],
    projectionsFile: PROJECTIONS_FILE,
    erases: name === ERASING_PROJECTOR,
  };
}
