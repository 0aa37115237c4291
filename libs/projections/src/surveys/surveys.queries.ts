import {
  cursorInteger,
  cursorKind,
  cursorOrNull,
  cursorText,
  pageOf,
  ReadDatabase,
  type Page,
  type PageQuery,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { viewOf } from '../shared/views';
import { LAST } from './jimer-answers';
import { NO_RESPONSES, stepResults, type BucketRow, type StepTotals } from './results';
import type { StepAnswersDto } from './surveys.dto';
import { Step } from './surveys.tables';

export const StepView = viewOf(Step);

const SHOWN_BUCKETS = 100;
const byPlace = cursorKind<[number | null, string]>('steps', cursorOrNull(cursorInteger), cursorText);

@Injectable()
export class SurveysQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Results per step, in the order of the steps. */
  async results(workspace: string, experienceUid: string, page: PageQuery): Promise<Page<StepAnswersDto>> {
    const after = byPlace.decode(page.cursor);
    const [steps, totals, buckets] = await Promise.all([
      this.database.rows(StepView, 'step').where({ workspace, experienceUid }).getMany(),
      this.totalsOf(workspace, experienceUid),
      this.bucketsOf(workspace, experienceUid),
    ]);
    const ordered = steps
      .map((step) => ({ step, place: step.indexOrder ?? LAST }))
      .sort((a, b) => a.place - b.place || (a.step.stepUid < b.step.stepUid ? -1 : 1))
      .filter(({ step, place }) => {
        if (!after) return true;
        const last = after[0] ?? LAST;
        return place > last || (place === last && step.stepUid > after[1]);
      });
    return pageOf(
      ordered,
      page.limit,
      byPlace,
      ({ step }) => [step.indexOrder, step.stepUid],
      ({ step }) =>
        stepResults(step, totals.get(step.stepUid) ?? NO_RESPONSES, buckets.get(step.stepUid) ?? []),
    );
  }

  private async totalsOf(workspace: string, experienceUid: string): Promise<ReadonlyMap<string, StepTotals>> {
    // Numbers that a float8 holds, added up as numeric: a sum of float8 fails when it overflows. CASE, since a
    // condition of WHERE may be evaluated after what it is to protect.
    const rows = await this.database.query<Omit<StepTotals, 'sum'> & { stepUid: string; sum: string }>(
      `WITH numbers AS (
         SELECT step_uid, responses, CASE
                  WHEN bucket ~ '^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$'
                   AND pg_input_is_valid(bucket, 'float8') AND pg_input_is_valid(bucket, 'numeric')
                  THEN bucket::numeric END AS number
           FROM read_models.answer_distribution WHERE workspace = $1 AND experience_uid = $2
       ), sums AS (
         SELECT step_uid,
                sum(responses) AS numeric,
                sum(number * responses) AS sum,
                COALESCE(sum(responses) FILTER (WHERE number BETWEEN 9 AND 10), 0) AS promoters,
                COALESCE(sum(responses) FILTER (WHERE number >= 7 AND number < 9), 0) AS passives,
                COALESCE(sum(responses) FILTER (WHERE number >= 0 AND number < 7), 0) AS detractors
           FROM numbers WHERE number IS NOT NULL GROUP BY step_uid
       )
       SELECT r.step_uid AS "stepUid",
              r.responses,
              COALESCE(s.numeric, 0)::bigint AS "numeric",
              COALESCE(s.sum, 0)::text AS "sum",
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
