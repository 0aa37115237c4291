import type { CountsOf } from '@app/engine';
import { Funnel } from '@app/projections';
import { intervalsOf } from '../common/parameters/intervals';
import type { FunnelCountsDto, FunnelDto, FunnelQuery } from './funnel.dto';

type Counts = CountsOf<typeof Funnel>;

/** Counts of one UTC day; days without any are absent. */
export interface FunnelDay extends Counts {
  /** YYYY-MM-DD */
  readonly day: string;
}

export const MEASURES = Funnel.measures as readonly {
  readonly name: keyof Counts;
  readonly sqlName: string;
}[];
const NONE = Object.fromEntries(MEASURES.map(({ name }) => [name, 0])) as { [N in keyof Counts]: number };

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

function summed(days: readonly FunnelDay[]): Counts {
  const sums = { ...NONE };
  for (const day of days) for (const { name } of MEASURES) sums[name] += day[name];
  return sums;
}

export function funnelCounts(sums: Counts): FunnelCountsDto {
  const { saw, started, completed, startedAndCompleted, dismissed, ctaClicks, comments, likes } = sums;
  const completionRate = started === 0 ? null : startedAndCompleted / started;
  return {
    ...{ saw, started, completed, startedAndCompleted, dismissed, completionRate },
    ...{ ctaClicks, comments, likes },
  };
}
