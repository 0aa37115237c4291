import { FEEDBACK_STATUSES, TRIAGED_FIELDS, type TriagedField, type TriagedItem } from '@app/catalog';

/** As it was submitted: version 1. */
export const UNTRIAGED: TriagedItem = {
  status: 'new',
  tags: [],
  assignee: null,
  note: null,
  mergedInto: null,
};

/** The columns of a board: an item that repeats another is in none of the statuses'. */
export const LANES = [...FEEDBACK_STATUSES, 'merged'] as const;
export type Lane = (typeof LANES)[number];

export function laneOf({ status, mergedInto }: TriagedItem): Lane {
  return mergedInto === null ? status : 'merged';
}

/** In which of its fields an item differs from another. */
export function changedFields(before: TriagedItem, after: TriagedItem): TriagedField[] {
  return TRIAGED_FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** The ETag of a version, as `If-Match` takes it. */
export const versionTag = (version: number): string => `"${version}"`;
