import { TRIAGED_FIELDS, type TriagedField, type TriagedItem } from '@app/catalog';
import { UNTRIAGED } from '@app/projections';
import type { FeedbackChangeDto } from './feedback.dto';

/** A version of an item, and who made it. */
export interface MadeVersion {
  readonly version: number;
  readonly item: TriagedItem;
  /** ISO-8601. */
  readonly time: string;
  readonly by: string;
  readonly actor: string | null;
}

/**
 * What each version changed, in order of version.
 *
 * @param base what the first of them was made from
 */
export function historyOf(
  versions: readonly MadeVersion[],
  base: TriagedItem = UNTRIAGED,
): FeedbackChangeDto[] {
  let before = base;
  return versions.map(({ version, item, time, by, actor }) => {
    const changes = Object.fromEntries(
      changedFields(before, item).map((field) => [field, { from: before[field], to: item[field] }]),
    );
    before = item;
    return { version, time, by, actor, changes };
  });
}

/** In which of its fields an item differs from another. */
export function changedFields(before: TriagedItem, after: TriagedItem): TriagedField[] {
  return TRIAGED_FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}
