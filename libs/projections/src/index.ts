import * as readModels from './read-models';
import type { CatalogProjection, ProjectorApp } from './shared/catalog-projection';

export * from './read-models';
export { bucketOf, isDigest, isScale, jsonBehind, SCALES } from './shared/answer-value';
export { PROJECTORS, type ProjectorApp } from './shared/catalog-projection';
export { identifies, LONGEST_TOKEN } from './shared/identity';
export { canonicalText, folded, foldedStart } from './shared/text';

/** Every projection that a file of `read-models.ts` exports, in that order. */
export const PROJECTIONS: readonly CatalogProjection[] = Object.values<unknown>(readModels).filter(
  (each): each is CatalogProjection => typeof each === 'object' && each !== null && 'handlerOf' in each,
);

/** What an app runs. */
export const projectionsOf = (projector: ProjectorApp): readonly CatalogProjection[] =>
  PROJECTIONS.filter(({ app }) => app === projector);

/** The app that takes erased jimers from the log: the one with the least to do. */
export const ERASING_PROJECTOR = 'feedback-projector' satisfies ProjectorApp;

/** This file: a thread imports PROJECTIONS itself, since functions cannot be sent to it. */
export const PROJECTIONS_FILE = __filename;

export function projectorGroup(name: ProjectorApp) {
  return {
    name,
    projections: projectionsOf(name),
    projectionsFile: PROJECTIONS_FILE,
    erases: name === ERASING_PROJECTOR,
  };
}
