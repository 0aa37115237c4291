import { FEEDBACK_STATUSES, type FeedbackStatus } from '../../../shared/feedback-status';
import type { Filters } from '../filters';
import { keyOf, type Feedback } from '../triage';

/** An item that is newer here than in the lists: moved by this tab, or returned by a response. */
export interface Known {
  readonly item: Feedback;
  /** The column in which the loaded counts still have it; null if they include the move. */
  readonly from: FeedbackStatus | null;
  /** Whether a move of it is in flight. */
  readonly sending: boolean;
}

export type Placed = Readonly<Record<FeedbackStatus, readonly Feedback[]>>;

const eachStatus = <T>(of: (status: FeedbackStatus) => T): Record<FeedbackStatus, T> =>
  Object.fromEntries(FEEDBACK_STATUSES.map((status) => [status, of(status)])) as Record<FeedbackStatus, T>;

/** Newest first, as the API lists them. */
const byTime = (a: Feedback, b: Feedback): number =>
  b.createdAt.localeCompare(a.createdAt) || (a.uid < b.uid ? 1 : -1);

/**
 * Puts each item into one column. The columns are loaded one after the other, so an item may be in two lists, or older
 * than in a response: the highest version wins.
 */
export function placed(
  lists: Readonly<Record<FeedbackStatus, readonly Feedback[] | undefined>>,
  known: ReadonlyMap<string, Known>,
  filters: Filters,
): Placed {
  const newest = new Map<string, Feedback>();
  for (const status of FEEDBACK_STATUSES)
    for (const item of lists[status] ?? []) {
      const key = keyOf(item);
      const other = newest.get(key);
      if (!other || item.version > other.version) newest.set(key, item);
    }
  for (const [key, { item }] of known) {
    const listed = newest.get(key);
    if (listed && listed.version > item.version) continue;
    if (matches(item, filters)) newest.set(key, item);
    else newest.delete(key);
  }
  const items = [...newest.values()].sort(byTime);
  return eachStatus((status) => items.filter((item) => item.status === status));
}

/** Checks only the filters on triage fields, because nothing else of an item ever changes. */
function matches(item: Feedback, { tag, assignee, merged }: Filters): boolean {
  if (tag !== null && !item.tags.includes(tag)) return false;
  if (assignee !== null && item.assignee !== assignee) return false;
  return merged === 'all' || (merged === 'only') === (item.mergedInto !== null);
}

/** The counts, corrected by the moves that they do not include yet. */
export function counted(
  counts: Readonly<Record<FeedbackStatus, number>>,
  known: Iterable<Known>,
): Record<FeedbackStatus, number> {
  const result = { ...counts };
  for (const { item, from } of known) {
    if (from === null || item.mergedInto !== null) continue;
    result[from]--;
    result[item.status]++;
  }
  return result;
}
