import { TRIAGED_FIELDS, type TriagedField, type TriagedItem } from '@app/catalog';

/** In which of its fields an item differs from another. */
export function changedFields(before: TriagedItem, after: TriagedItem): TriagedField[] {
  return TRIAGED_FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** The ETag of a version, as `If-Match` takes it. */
export const versionTag = (version: number): string => `"${version}"`;
