import { FEEDBACK_STATUSES, type FeedbackStatus } from '@app/catalog';
import type { Lane } from '@app/projections';
import type { FeedbackCountsDto } from './feedback.summary.dto';

/** How many items of a group are in a lane. */
export interface LaneCount {
  readonly lane: Lane;
  readonly items: number;
}

/** The counts of a group from those of its lanes. */
export function countsOf(lanes: readonly LaneCount[]): FeedbackCountsDto {
  const byStatus = Object.fromEntries(FEEDBACK_STATUSES.map((status) => [status, 0])) as Record<
    FeedbackStatus,
    number
  >;
  let [items, merged] = [0, 0];
  for (const { lane, items: some } of lanes) {
    if (lane === 'merged') merged += some;
    else {
      byStatus[lane] += some;
      items += some;
    }
  }
  return { items, byStatus, merged };
}

/**
 * Counts of each group, most items first.
 *
 * @param labels what a group's name is shown as
 */
export function groupedCounts<R extends LaneCount, L>(
  rows: readonly R[],
  nameOf: (row: R) => string,
  labels: (row: R) => L,
): (L & FeedbackCountsDto)[] {
  return [...Map.groupBy(rows, nameOf).values()]
    .map((group) => ({ ...labels(group[0]!), ...countsOf(group) }))
    .sort((a, b) => b.items - a.items || b.merged - a.merged);
}
