import {
  cursorInteger,
  cursorKind,
  cursorOrNull,
  cursorText,
  pageOf,
  ReadDatabase,
  type PageQuery,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { viewOf } from '../shared/views';
import { LAST } from './jimer-answers';
import { NO_RESPONSES, stepResults, type BinRow, type BucketRow, type StepTotals } from './results';
import { numberIn, SCALE_SUMS } from './scale-sql';
import { SCALES } from './scales';
import type { ResponsesDto, StepAnswersPageDto } from './surveys.dto';
import { Step } from './surveys.tables';

export const StepView = viewOf(Step);

const SHOWN_BUCKETS = 100;
/** More whole numbers than these do not get a bin each. */
const MOST_WHOLE_BINS = 20;
const EQUAL_BINS = 10;

const byPlace = cursorKind<[number | null, string]>('steps', cursorOrNull(cursorInteger), cursorText);

@Injectable()
export class SurveysQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Results per step, in the order of the steps. */
  async results(workspace: string, experienceUid: string, page: PageQuery): Promise<StepAnswersPageDto> {
    const after = byPlace.decode(page.cursor);
    const [steps, totals, buckets, bins, responses] = await Promise.all([
      this.database.rows(StepView, 'step').where({ workspace, experienceUid }).getMany(),
      this.totalsOf(workspace, experienceUid),
      this.bucketsOf(workspace, experienceUid),
      this.binsOf(workspace, experienceUid),
      this.responsesTo(workspace, experienceUid),
    ]);
    const ordered = steps
      .map((step) => ({ step, place: step.indexOrder ?? LAST }))
      .sort((a, b) => a.place - b.place || (a.step.stepUid < b.step.stepUid ? -1 : 1))
      .filter(({ step, place }) => {
        if (!after) return true;
        const last = after[0] ?? LAST;
        return place > last || (place === last && step.stepUid > after[1]);
      });
    const { items, nextCursor } = pageOf(
      ordered,
      page.limit,
      byPlace,
      ({ step }) => [step.indexOrder, step.stepUid],
      ({ step }) =>
        stepResults(
          step,
          totals.get(step.stepUid) ?? NO_RESPONSES,
          buckets.get(step.stepUid) ?? [],
          bins.get(step.stepUid) ?? [],
        ),
    );
    return { responses, items: [...items], nextCursor };
  }

  private async responsesTo(workspace: string, experienceUid: string): Promise<ResponsesDto> {
    const [counts] = await this.database.query<{ total: number; completed: number }>(
      `SELECT COALESCE(sum(responses), 0)::bigint AS total, COALESCE(sum(completed), 0)::bigint AS completed
         FROM read_models.response_days WHERE workspace = $1 AND experience_uid = $2`,
      [workspace, experienceUid],
    );
    const { total, completed } = counts!;
    return { total, completed, partial: total - completed };
  }

  private async binsOf(workspace: string, experienceUid: string): Promise<ReadonlyMap<string, BinRow[]>> {
    const rows = await this.database.query<BinRow & { stepUid: string }>(
      `WITH numbers AS (
         SELECT d.step_uid, d.responses, ${numberIn('d.bucket')} AS number, s.type
           FROM read_models.answer_distribution AS d JOIN read_models.step AS s USING (workspace, experience_uid, step_uid)
          WHERE d.workspace = $1 AND d.experience_uid = $2 AND s.type = ANY($3)
       ), ranges AS (
         SELECT step_uid,
                CASE WHEN type = 'NPS' THEN LEAST(min(number), 0) ELSE min(number) END AS lowest,
                CASE WHEN type = 'NPS' THEN GREATEST(max(number), 10) ELSE max(number) END AS highest,
                bool_and(number = trunc(number)) AS whole
           FROM numbers WHERE number IS NOT NULL GROUP BY step_uid, type
       ), shapes AS (
         SELECT *, CASE WHEN whole AND highest - lowest < $4 THEN (highest - lowest + 1)::integer
                        WHEN highest = lowest THEN 1 ELSE $5 END AS bins,
                whole AND highest - lowest < $4 AS each
           FROM ranges
       )
       SELECT step_uid AS "stepUid", lowest::float8, highest::float8, each AS whole, bins,
              CASE WHEN each THEN (number - lowest)::integer
                   WHEN bins = 1 THEN 0
                   ELSE LEAST(width_bucket(number, lowest, highest, bins), bins) - 1 END AS bin,
              sum(responses)::bigint AS responses
         FROM numbers JOIN shapes USING (step_uid) WHERE number IS NOT NULL
        GROUP BY step_uid, lowest, highest, each, bins, bin`,
      [workspace, experienceUid, SCALES, MOST_WHOLE_BINS, EQUAL_BINS],
    );
    return Map.groupBy(rows, ({ stepUid }) => stepUid);
  }

  private async totalsOf(workspace: string, experienceUid: string): Promise<ReadonlyMap<string, StepTotals>> {
    const rows = await this.database.query<Omit<StepTotals, 'sum'> & { stepUid: string; sum: string }>(
      `WITH sums AS (
         SELECT step_uid, ${SCALE_SUMS}
           FROM (SELECT step_uid, responses, ${numberIn('bucket')} AS number
                   FROM read_models.answer_distribution WHERE workspace = $1 AND experience_uid = $2) AS numbers
          WHERE number IS NOT NULL GROUP BY step_uid
       )
       SELECT r.step_uid AS "stepUid",
              r.responses,
              COALESCE(s.numeric, 0)::bigint AS "numeric",
              COALESCE(s.sum, '0') AS "sum",
              COALESCE(s.promoters, 0)::bigint AS "promoters",
              COALESCE(s.passives, 0)::bigint AS "passives",
              COALESCE(s.detractors, 0)::bigint AS "detractors"
         FROM read_models.step_responses AS r LEFT JOIN sums AS s USING (step_uid)
        WHERE r.workspace = $1 AND r.experience_uid = $2`,
      [workspace, experienceUid],
    );
    // A sum that no number holds is Infinity, and its mean null in JSON.
    return new Map(rows.map((row) => [row.stepUid, { ...row, sum: Number(row.sum) }]));
  }

  private async bucketsOf(
    workspace: string,
    experienceUid: string,
  ): Promise<ReadonlyMap<string, BucketRow[]>> {
    const rows = await this.database.query<BucketRow & { stepUid: string }>(
      `SELECT step_uid AS "stepUid", bucket, responses FROM (
         SELECT step_uid, bucket, responses,
                row_number() OVER (PARTITION BY step_uid ORDER BY responses DESC, bucket) AS place
           FROM read_models.answer_distribution WHERE workspace = $1 AND experience_uid = $2
       ) AS ranked WHERE place <= $3 ORDER BY step_uid, place`,
      [workspace, experienceUid, SHOWN_BUCKETS],
    );
    return Map.groupBy(rows, ({ stepUid }) => stepUid);
  }
}
