import { badParameter } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsDay } from './text';

export const INTERVALS = ['day', 'week'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Parameters of every series: UTC days, and how many make an element. */
export class IntervalQuery {
  @ApiPropertyOptional({
    format: 'date',
    description:
      'First UTC day; absent: all days, of which the series has the newest 1,000 intervals and `before` the sums of the earlier ones.',
  })
  @IsOptional()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({
    format: 'date',
    description: 'The UTC day after the last; absent: after the last with data.',
  })
  @IsOptional()
  @IsDay()
  to?: string;

  @ApiPropertyOptional({ enum: INTERVALS, default: 'day', description: 'Weeks are 7 days each from `from`.' })
  @IsIn(INTERVALS, { message: 'interval must be day or week' })
  interval: Interval = 'day';
}

/** The days of an element of a series. */
export class IntervalDto {
  @ApiProperty({ format: 'date', description: 'First UTC day of the interval.' }) from!: string;
  @ApiProperty({ format: 'date', description: 'The UTC day after its last.' }) to!: string;
}

const DAY_MS = 86_400_000;
const MOST_INTERVALS = 1_000;
const DAYS = { day: 1, week: 7 } as const;

/** Day numbers, counted from 1970. */
interface Range {
  readonly first: number;
  /** The day after the last. */
  readonly end: number;
}

/**
 * @throws {Problem} 400 when `to` is before `from`, or both are given and too far apart, whatever the data
 */
export function checkRange(query: IntervalQuery): void {
  if (query.from === undefined || query.to === undefined) return;
  const range = { first: dayNumber(query.from), end: dayNumber(query.to) };
  if (range.end < range.first) throw badParameter('to', 'must not be before from');
  checkLength(range, query);
}

/** One element of a series, and what of the data lies in it. */
export interface Element<D> {
  readonly from: string;
  readonly to: string;
  readonly days: readonly D[];
}

export interface Intervals<D> {
  /** Days with data ahead of the first element; only where no `from` was asked for. */
  readonly before: readonly D[];
  readonly elements: readonly Element<D>[];
}

/**
 * The elements of the range that is asked for, empty ones included. The last week may be cut off by `to`. Without
 * `from` there are the newest 1,000 at most: an event with a time far back must not keep the others from being shown.
 *
 * @param days the days with data in the range, in order; a day may stand there several times
 * @throws {Problem} 400 when `from` is so far back that there would be more than 1,000 elements
 */
export function intervalsOf<D extends { readonly day: string }>(
  days: readonly D[],
  query: IntervalQuery,
): Intervals<D> {
  const [firstDay, lastDay] = [days[0]?.day, days.at(-1)?.day];
  const from = query.from ?? firstDay;
  const end = query.to === undefined ? lastDay && dayNumber(lastDay) + 1 : dayNumber(query.to);
  // Without data and without both ends there is nothing that an element could stand for.
  if (from === undefined || end === undefined) return { before: [], elements: [] };
  const earliest = dayNumber(from);
  if (typeof end !== 'number' || end <= earliest) return { before: [], elements: [] };
  if (query.from !== undefined) checkLength({ first: earliest, end }, query);

  const step = DAYS[query.interval];
  const length = Math.min(lengthOf({ first: earliest, end }, query), MOST_INTERVALS);
  // Weeks begin on the same days, however many of them are shown.
  const first = earliest + (lengthOf({ first: earliest, end }, query) - length) * step;
  const within = Map.groupBy(days, ({ day }) => Math.floor((dayNumber(day) - first) / step));
  return {
    before: days.filter(({ day }) => dayNumber(day) < first),
    elements: Array.from({ length }, (_, index) => {
      const start = first + index * step;
      return {
        from: dayText(start),
        to: dayText(Math.min(start + step, end)),
        days: within.get(index) ?? [],
      };
    }),
  };
}

function lengthOf({ first, end }: Range, { interval }: IntervalQuery): number {
  return Math.ceil((end - first) / DAYS[interval]);
}

function checkLength(range: Range, query: IntervalQuery): void {
  const length = lengthOf(range, query);
  if (length > MOST_INTERVALS)
    throw badParameter(
      'interval',
      `would make ${length} elements of at most ${MOST_INTERVALS}: bring from and to closer together`,
    );
}

function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
