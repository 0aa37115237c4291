import { intervalsOf } from '../shared/intervals';
import type { FunnelCountsDto, FunnelDto, FunnelQuery } from './journeys.dto';

/** Counts of one UTC day; days without any are absent. */
export interface FunnelDay {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly saw: number;
  readonly started: number;
  readonly completed: number;
  readonly dismissed: number;
  readonly likes: number;
  readonly ctaClicks: number;
  readonly comments: number;
}

const MEASURES = ['saw', 'started', 'completed', 'dismissed', 'likes', 'ctaClicks', 'comments'] as const;
export type Sums = Record<(typeof MEASURES)[number], number>;

/**
 * Totals, and one element per interval of the range. A jimer counts in the interval of the first event of its
 * kind, so the totals are sums.
 *
 * @param days the days with data in the range, in order
 * @throws {Problem} 400 when there would be more than 1,000 elements
 */
export function funnelOf(days: readonly FunnelDay[], query: FunnelQuery): FunnelDto {
  const series = intervalsOf(days, query).map(({ from, to, days: within }) => ({
    from,
    to,
    ...funnelCounts(summed(within)),
  }));
  return { totals: funnelCounts(summed(series.length === 0 ? [] : days)), series };
}

function summed(days: readonly FunnelDay[]): Sums {
  const sums: Sums = { saw: 0, started: 0, completed: 0, dismissed: 0, likes: 0, ctaClicks: 0, comments: 0 };
  for (const day of days) for (const measure of MEASURES) sums[measure] += day[measure];
  return sums;
}

export function funnelCounts(sums: Readonly<Sums>): FunnelCountsDto {
  const { saw, started, completed, dismissed, ctaClicks, comments, likes } = sums;
  const completionRate = started === 0 ? null : completed / started;
  return { saw, started, completed, dismissed, completionRate, ctaClicks, comments, likes };
}
