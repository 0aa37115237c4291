import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { experiences } from './experiences';
import { feedback } from './feedback';
import { jimers } from './jimers';
import { journeys } from './journeys';
import { rejectedEvents } from './rejected-events';
import { surveys } from './surveys';

export * from './experiences';
export * from './feedback';
export * from './jimers';
export * from './journeys';
export * from './rejected-events';
export * from './surveys';
export { bucketOf, isDigest, isScale, jsonBehind, SCALES } from './shared/answer-value';
export { identifies, LONGEST_TOKEN } from './shared/identity';
export { canonicalText, folded, foldedStart } from './shared/text';

/**
 * Which app runs which projections: a new one gets its place here. The directory of jimers is as
 * much work as the journeys, so it goes with the experiences, which read the same topic and write few rows.
 */
export const PROJECTOR_GROUPS = {
  'journey-projector': [journeys, surveys],
  'experience-projector': [experiences, jimers],
  'feedback-projector': [feedback, rejectedEvents],
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
