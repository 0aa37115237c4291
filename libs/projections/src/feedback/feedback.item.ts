import { FEEDBACK_STATUSES, type TriagedItem } from '@app/catalog';

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
