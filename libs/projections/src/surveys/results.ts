import { StoredJson } from '@app/platform';
import { SCALES } from './scales';
import type { BucketDto, NpsDto, StepAnswersDto } from './surveys.dto';

export interface StepRow {
  readonly stepUid: string;
  readonly name: string | null;
  readonly type: string | null;
  readonly indexOrder: number | null;
}

/** What the counts of one step say; the sums are over all its values, not only those that are shown. */
export interface StepTotals {
  readonly responses: number;
  readonly numeric: number;
  readonly sum: number;
  readonly promoters: number;
  readonly passives: number;
  readonly detractors: number;
}

export interface BucketRow {
  /** JSON text. */
  readonly bucket: string;
  readonly responses: number;
}

export const NO_RESPONSES: StepTotals = {
  responses: 0,
  numeric: 0,
  sum: 0,
  promoters: 0,
  passives: 0,
  detractors: 0,
};

/** A step's results. The mean and the score are over the answers that are numbers. */
export function stepResults(
  step: StepRow,
  totals: StepTotals,
  buckets: readonly BucketRow[],
): StepAnswersDto {
  const nps = step.type === 'NPS' ? npsOf(totals) : null;
  return {
    stepUid: step.stepUid,
    stepName: step.name,
    stepType: step.type,
    stepIndex: step.indexOrder,
    responses: totals.responses,
    distribution: buckets.map(({ bucket, responses }): BucketDto => ({
      value: new StoredJson(bucket),
      count: responses,
    })),
    mean: SCALES.has(step.type ?? '') && totals.numeric > 0 ? totals.sum / totals.numeric : null,
    score: nps?.score ?? null,
    nps,
  };
}

/** Net Promoter Score: 9 and 10 promote, 7 and 8 are passive, 0 to 6 detract; other values are left out. */
function npsOf({ promoters, passives, detractors }: StepTotals): NpsDto | null {
  const all = promoters + passives + detractors;
  if (all === 0) return null;
  return { score: ((promoters - detractors) * 100) / all, promoters, passives, detractors };
}
