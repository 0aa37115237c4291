import { StoredJson } from '@app/platform';
import { isScale } from '@app/projections';
import { intervalsOf, type IntervalQuery } from '../../common/parameters/intervals';
import type {
  BinDto,
  BucketDto,
  NpsDto,
  ScaleDto,
  ScaleSeriesDto,
  StepAnswersDto,
  StepDto,
} from './results.dto';

export interface StepRow {
  readonly stepUid: string;
  readonly name: string | null;
  readonly type: string | null;
  readonly indexOrder: number | null;
}

/** What counts of answers on a scale come to; the sums are over all values, not only those that are shown. */
export interface ScaleTotals {
  readonly numeric: number;
  readonly sum: number;
  readonly promoters: number;
  readonly passives: number;
  readonly detractors: number;
}

export interface StepTotals extends ScaleTotals {
  readonly responses: number;
}

export interface ScaleDay extends ScaleTotals {
  /** YYYY-MM-DD */
  readonly day: string;
}

/** Answers within one of the equal parts from the lowest number to the highest. */
export interface BinRow {
  readonly lowest: number;
  readonly highest: number;
  /** Whether each bin is one whole number. */
  readonly whole: boolean;
  readonly bins: number;
  /** From 0. */
  readonly bin: number;
  readonly responses: number;
}

export interface BucketRow {
  /** JSON text. */
  readonly bucket: string;
  readonly responses: number;
}

const NO_NUMBERS: ScaleTotals = { numeric: 0, sum: 0, promoters: 0, passives: 0, detractors: 0 };

export const NO_RESPONSES: StepTotals = { responses: 0, ...NO_NUMBERS };

/** A step's results. The mean, the histogram and the score are over the answers that are numbers. */
export function stepResults(
  step: StepRow,
  totals: StepTotals,
  buckets: readonly BucketRow[],
  choices: readonly BucketRow[],
  bins: readonly BinRow[],
): StepAnswersDto {
  const { mean, nps } = scaleOf(step, totals);
  return {
    ...showStep(step),
    responses: totals.responses,
    distribution: buckets.map(showBucket),
    choices: isScale(step.type) ? null : choices.map(showBucket),
    histogram: isScale(step.type) ? histogramOf(bins) : null,
    mean,
    score: nps?.score ?? null,
    nps,
  };
}

/**
 * @param days with answers in the range, in order
 * @throws {Problem} 400 when `from` is so far back that there would be more than 1,000 elements
 */
export function scaleSeries(step: StepRow, days: readonly ScaleDay[], query: IntervalQuery): ScaleSeriesDto {
  const { before, elements } = intervalsOf(days, query);
  return {
    ...showStep(step),
    totals: scaleOf(step, summed(days)),
    before: scaleOf(step, summed(before)),
    series: elements.map(({ from, to, days: within }) => ({ from, to, ...scaleOf(step, summed(within)) })),
  };
}

function summed(days: readonly ScaleTotals[]): ScaleTotals {
  return days.reduce(
    (sum, day) => ({
      numeric: sum.numeric + day.numeric,
      sum: sum.sum + day.sum,
      promoters: sum.promoters + day.promoters,
      passives: sum.passives + day.passives,
      detractors: sum.detractors + day.detractors,
    }),
    NO_NUMBERS,
  );
}

const showBucket = ({ bucket, responses }: BucketRow): BucketDto => ({
  value: new StoredJson(bucket),
  count: responses,
});

export function showStep({ stepUid, name, type, indexOrder }: StepRow): StepDto {
  return { stepUid, stepName: name, stepType: type, stepIndex: indexOrder };
}

function scaleOf({ type }: StepRow, totals: ScaleTotals): ScaleDto {
  return {
    responses: totals.numeric,
    mean: isScale(type) && totals.numeric > 0 ? totals.sum / totals.numeric : null,
    nps: type === 'NPS' ? npsOf(totals) : null,
  };
}

/** Every bin from the lowest to the highest, empty ones included. */
export function histogramOf(rows: readonly BinRow[]): BinDto[] {
  const [any] = rows;
  if (!any) return [];
  const { lowest, highest, whole, bins } = any;
  const counts = new Map(rows.map(({ bin, responses }) => [bin, responses]));
  const distance = highest - lowest;
  const edge = (bin: number): number => {
    if (bin === bins) return highest;
    // The distance may be more than a number holds: then both ends are weighed.
    return Number.isFinite(distance)
      ? lowest + (distance / bins) * bin
      : lowest * (1 - bin / bins) + highest * (bin / bins);
  };
  return Array.from({ length: bins }, (_, bin) => ({
    from: whole ? lowest + bin : edge(bin),
    to: whole ? lowest + bin : edge(bin + 1),
    count: counts.get(bin) ?? 0,
  }));
}

/** Net Promoter Score: 9 and 10 promote, 7 and 8 are passive, 0 to 6 detract; other values are left out. */
function npsOf({ promoters, passives, detractors }: ScaleTotals): NpsDto | null {
  const all = promoters + passives + detractors;
  if (all === 0) return null;
  return { score: ((promoters - detractors) * 100) / all, promoters, passives, detractors };
}

/** Where steps of unknown place stand: after all others, whose places are safe integers. */
export const LAST = 2 ** 53;
