import { badParameter } from '@app/platform';
import type { FunnelCountsDto, FunnelDto, FunnelIntervalDto, FunnelQuery } from './journeys.dto';

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
type Sums = Record<(typeof MEASURES)[number], number>;

const DAY_MS = 86_400_000;
const MOST_INTERVALS = 1_000;
const DAYS = { day: 1, week: 7 } as const;

/** Day numbers, counted from 1970. */
interface Range {
  readonly first: number;
  /** The day after the last. */
  readonly end: number;
}

/** The days that are asked for; null where only the data tells. */
function askedRange({ from, to }: FunnelQuery): { first: number | null; end: number | null } {
  return { first: from === undefined ? null : dayNumber(from), end: to === undefined ? null : dayNumber(to) };
}

/**
 * @throws {Problem} 400 when `to` is before `from`, or both are given and too far apart, whatever the data
 */
export function checkRange(query: FunnelQuery): void {
  const { first, end } = askedRange(query);
  if (first === null || end === null) return;
  if (end < first) throw badParameter('to', 'must not be before from');
  checkLength({ first, end }, query);
}

/**
 * Totals, and one element per interval of the range, empty ones included. A jimer counts in the interval of
 * the first event of its kind, so the totals are sums. The last week may be cut off by `to`.
 *
 * @param days the days with data in the range, in order
 * @throws {Problem} 400 when there would be more than 1,000 elements
 */
export function funnelOf(days: readonly FunnelDay[], query: FunnelQuery): FunnelDto {
  const asked = askedRange(query);
  const [firstDay, lastDay] = [days[0], days.at(-1)];
  const first = asked.first ?? (firstDay ? dayNumber(firstDay.day) : null);
  const end = asked.end ?? (lastDay ? dayNumber(lastDay.day) + 1 : null);
  // Without data and without both ends there is nothing that an element could stand for.
  const range = first === null || end === null || end <= first ? null : { first, end };
  if (!range) return { totals: counts(noSums()), series: [] };
  checkLength(range, query);

  const step = DAYS[query.interval];
  const totals = noSums();
  const sums = Array.from({ length: Math.ceil((range.end - range.first) / step) }, noSums);
  for (const day of days) {
    const interval = sums[Math.floor((dayNumber(day.day) - range.first) / step)]!;
    for (const measure of MEASURES) {
      interval[measure] += day[measure];
      totals[measure] += day[measure];
    }
  }
  const series = sums.map((sum, index): FunnelIntervalDto => {
    const from = range.first + index * step;
    return { from: dayText(from), to: dayText(Math.min(from + step, range.end)), ...counts(sum) };
  });
  return { totals: counts(totals), series };
}

function checkLength({ first, end }: Range, { interval }: FunnelQuery): void {
  const length = Math.ceil((end - first) / DAYS[interval]);
  if (length > MOST_INTERVALS)
    throw badParameter(
      'interval',
      `would make ${length} elements of at most ${MOST_INTERVALS}: bring from and to closer together`,
    );
}

function noSums(): Sums {
  return { saw: 0, started: 0, completed: 0, dismissed: 0, likes: 0, ctaClicks: 0, comments: 0 };
}

function counts(sums: Sums): FunnelCountsDto {
  const { saw, started, completed, dismissed, ctaClicks, comments, likes } = sums;
  const completionRate = started === 0 ? null : completed / started;
  return { saw, started, completed, dismissed, completionRate, ctaClicks, comments, likes };
}

function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
