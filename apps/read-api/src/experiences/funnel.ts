import { intervalsOf } from '../common/parameters/intervals';
import type { FunnelCountsDto, FunnelDto, FunnelQuery } from './funnel.dto';

/** Counts of one UTC day; days without any are absent. */
export interface FunnelDay {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly saw: number;
  readonly started: number;
  readonly completed: number;
  /** How many of those who started on the day have completed since. */
  readonly startedAndCompleted: number;
  readonly dismissed: number;
  readonly likes: number;
  readonly ctaClicks: number;
  readonly comments: number;
}

const NONE = {
  ...{ saw: 0, started: 0, completed: 0, startedAndCompleted: 0, dismissed: 0 },
  ...{ likes: 0, ctaClicks: 0, comments: 0 },
};

type Sums = Readonly<typeof NONE>;

const MEASURES = Object.keys(NONE) as (keyof Sums)[];

/**
 * Totals, one element per interval of the range, and what lies before the first of them. A jimer counts in the
 * interval of the first event of its kind, so the totals are sums.
 *
 * @param days the days with data in the range, in order
 * @throws {Problem} 400 when `from` is so far back that there would be more than 1,000 elements
 */
export function funnelOf(days: readonly FunnelDay[], query: FunnelQuery): FunnelDto {
  const { before, elements } = intervalsOf(days, query);
  return {
    totals: funnelCounts(summed(days)),
    before: funnelCounts(summed(before)),
    series: elements.map(({ from, to, days: within }) => ({ from, to, ...funnelCounts(summed(within)) })),
  };
}

function summed(days: readonly FunnelDay[]): Sums {
  const sums = { ...NONE };
  for (const day of days) for (const measure of MEASURES) sums[measure] += day[measure];
  return sums;
}

export function funnelCounts(sums: Sums): FunnelCountsDto {
  const { saw, started, completed, startedAndCompleted, dismissed, ctaClicks, comments, likes } = sums;
  const completionRate = started === 0 ? null : startedAndCompleted / started;
  return {
    ...{ saw, started, completed, startedAndCompleted, dismissed, completionRate },
    ...{ ctaClicks, comments, likes },
  };
}
