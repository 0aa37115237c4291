import type { RowOf } from '@app/engine';
import { isDigest, jsonBehind, SCALES, Step } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../common/database/read-database';
import { Parameters } from '../../common/database/statement';
import { viewOf } from '../../common/database/typeorm-view';
import { cursorInteger, cursorKind, cursorOrNull, cursorText } from '../../common/parameters/cursor';
import {
  assertRange,
  daysWithin,
  instantsWithin,
  isLimited,
  type DayRange,
} from '../../common/parameters/day-range';
import { pageOf } from '../../common/parameters/page';
import { LAST, NO_RESPONSES, stepResults, type BinRow, type BucketRow, type StepTotals } from './results';
import type { ResponsesDto, StepAnswersPageDto, StepResultsQuery } from './results.dto';
import { numberIn, SCALE_SUMS } from './scale-sql';

export const StepView = viewOf(Step);

const SHOWN_BUCKETS = 100;

const SHOWN_CHOICES = 200;

/** More whole numbers than these do not get a bin each. */
const MOST_WHOLE_BINS = 20;

const EQUAL_BINS = 10;

const byPlace = cursorKind<[number | null, string]>('steps', cursorOrNull(cursorInteger), cursorText);

/** The survey and the days that a figure is about. */
interface Scope {
  readonly workspace: string;
  readonly experienceUid: string;
  readonly range: DayRange;
}

/** Numbered values of a statement on a survey, and the conditions that limit a table to it. */
function scoped({ workspace, experienceUid }: Scope) {
  const parameters = new Parameters();
  const conditions = [
    `workspace = ${parameters.add(workspace)}`,
    `experience_uid = ${parameters.add(experienceUid)}`,
  ];
  return { parameters, conditions };
}

/** SQL of the answers of each step by value: of all days from one tally, of a range from the one by day. */
function countsIn(scope: Scope) {
  const { parameters, conditions } = scoped(scope);
  const limited = isLimited(scope.range);
  const sql = `(
    SELECT step_uid, bucket, sum(responses)::bigint AS responses, sum(ticked)::bigint AS ticked
      FROM read_models.${limited ? 'answer_days' : 'answer_distribution'}
     WHERE ${[...conditions, ...daysWithin('day', scope.range, parameters)].join(' AND ')}
     GROUP BY step_uid, bucket) AS counts`;
  return { sql, parameters };
}

type Buckets = ReadonlyMap<string, BucketRow[]>;

@Injectable()
export class ResultsQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The steps of a survey in their order. */
  async stepsOf(workspace: string, experienceUid: string): Promise<RowOf<typeof Step>[]> {
    const steps = await this.database.rows(StepView, 'step').where({ workspace, experienceUid }).getMany();
    const place = ({ indexOrder }: RowOf<typeof Step>): number => indexOrder ?? LAST;
    return steps.sort((a, b) => place(a) - place(b) || (a.stepUid < b.stepUid ? -1 : 1));
  }

  /** Results per step, in the order of the steps; of a range also those steps that nobody answered in it. */
  async list(
    workspace: string,
    experienceUid: string,
    { from, to, cursor, limit }: StepResultsQuery,
  ): Promise<StepAnswersPageDto> {
    const after = byPlace.decode(cursor);
    const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    assertRange(range);
    const scope = { workspace, experienceUid, range };
    const [steps, totals, [buckets, choices], bins, responses] = await Promise.all([
      this.stepsOf(workspace, experienceUid),
      this.totalsOf(scope),
      this.valuesOf(scope),
      this.binsOf(scope),
      this.responsesTo(scope),
    ]);
    const following = steps.filter(({ stepUid, indexOrder }) => {
      if (!after) return true;
      const [place, last] = [indexOrder ?? LAST, after[0] ?? LAST];
      return place > last || (place === last && stepUid > after[1]);
    });
    const { items, nextCursor } = pageOf(
      following,
      limit,
      byPlace,
      ({ stepUid, indexOrder }) => [indexOrder, stepUid],
      (step) =>
        stepResults(
          step,
          totals.get(step.stepUid) ?? NO_RESPONSES,
          buckets.get(step.stepUid) ?? [],
          choices.get(step.stepUid) ?? [],
          bins.get(step.stepUid) ?? [],
        ),
    );
    return { responses, items: [...items], nextCursor };
  }

  /**
   * A response belongs to the day on which it began, whenever it was completed. The tally dates completions by their own
   * day, so only the sums over all days come from it; for a range the responses that began in it are counted.
   */
  private async responsesTo(scope: Scope): Promise<ResponsesDto> {
    const { parameters, conditions } = scoped(scope);
    const within = instantsWithin('first_event_at', scope.range, parameters);
    const [counts] = await this.database.query<{ total: number; completed: number }>(
      isLimited(scope.range)
        ? `SELECT count(*)::bigint AS total, count(completed_at)::bigint AS completed
             FROM read_models.response WHERE ${[...conditions, ...within].join(' AND ')}`
        : `SELECT COALESCE(sum(responses), 0)::bigint AS total, COALESCE(sum(completed), 0)::bigint AS completed
             FROM read_models.response_days WHERE ${conditions.join(' AND ')}`,
      parameters.values,
    );
    const { total, completed } = counts!;
    return { total, completed, partial: total - completed };
  }

  private async binsOf(scope: Scope): Promise<ReadonlyMap<string, BinRow[]>> {
    const { sql, parameters } = countsIn(scope);
    const scales = parameters.add(SCALES);
    const rows = await this.database.query<BinRow & { stepUid: string }>(
      `WITH numbers AS (
         SELECT step_uid, counts.responses, ${numberIn('counts.bucket')} AS number, s.type
           FROM ${sql} JOIN read_models.step AS s USING (step_uid)
          WHERE s.workspace = $1 AND s.experience_uid = $2 AND s.type = ANY(${scales}) AND counts.responses > 0
       ), ranges AS (
         SELECT step_uid,
                CASE WHEN type = 'NPS' THEN LEAST(min(number), 0) ELSE min(number) END AS lowest,
                CASE WHEN type = 'NPS' THEN GREATEST(max(number), 10) ELSE max(number) END AS highest,
                bool_and(number = trunc(number)) AS whole
           FROM numbers WHERE number IS NOT NULL GROUP BY step_uid, type
       ), shapes AS (
         SELECT *, CASE WHEN whole AND highest - lowest < ${MOST_WHOLE_BINS} THEN (highest - lowest + 1)::integer
                        WHEN highest = lowest THEN 1 ELSE ${EQUAL_BINS} END AS bins,
                whole AND highest - lowest < ${MOST_WHOLE_BINS} AS each
           FROM ranges
       )
       SELECT step_uid AS "stepUid", lowest::float8, highest::float8, each AS whole, bins,
              CASE WHEN each THEN (number - lowest)::integer
                   WHEN bins = 1 THEN 0
                   ELSE LEAST(width_bucket(number, lowest, highest, bins), bins) - 1 END AS bin,
              sum(responses)::bigint AS responses
         FROM numbers JOIN shapes USING (step_uid) WHERE number IS NOT NULL
        GROUP BY step_uid, lowest, highest, each, bins, bin`,
      parameters.values,
    );
    return Map.groupBy(rows, ({ stepUid }) => stepUid);
  }

  private async totalsOf(scope: Scope): Promise<ReadonlyMap<string, StepTotals>> {
    const { sql, parameters } = countsIn(scope);
    const days = daysWithin('r.day', scope.range, parameters);
    const totals = isLimited(scope.range)
      ? `SELECT r.step_uid, sum(r.responses)::bigint AS responses FROM read_models.step_days AS r
          WHERE ${['r.workspace = $1', 'r.experience_uid = $2', ...days].join(' AND ')} GROUP BY r.step_uid`
      : `SELECT r.step_uid, r.responses FROM read_models.step_responses AS r
          WHERE r.workspace = $1 AND r.experience_uid = $2`;
    const rows = await this.database.query<Omit<StepTotals, 'sum'> & { stepUid: string; sum: string }>(
      `WITH sums AS (
         SELECT step_uid, ${SCALE_SUMS}
           FROM (SELECT step_uid, responses, ${numberIn('bucket')} AS number
                   FROM ${sql} WHERE responses > 0) AS numbers
          WHERE number IS NOT NULL GROUP BY step_uid
       )
       SELECT r.step_uid AS "stepUid",
              r.responses,
              COALESCE(s.numeric, 0)::bigint AS "numeric",
              COALESCE(s.sum, '0') AS "sum",
              COALESCE(s.promoters, 0)::bigint AS "promoters",
              COALESCE(s.passives, 0)::bigint AS "passives",
              COALESCE(s.detractors, 0)::bigint AS "detractors"
         FROM (${totals}) AS r LEFT JOIN sums AS s USING (step_uid)`,
      parameters.values,
    );
    // A sum that no number holds is Infinity, and its mean null in JSON.
    return new Map(rows.map((row) => [row.stepUid, { ...row, sum: Number(row.sum) }]));
  }

  /** The most frequent values and choices of each step, long ones written out. */
  private async valuesOf(scope: Scope): Promise<readonly [Buckets, Buckets]> {
    const [values, choices] = await Promise.all([
      this.mostFrequent(scope, 'responses', 'responses > 0', SHOWN_BUCKETS),
      this.mostFrequent(scope, 'responses + ticked', "left(bucket, 1) <> '['", SHOWN_CHOICES),
    ]);
    const digests = [...values, ...choices].filter(({ bucket }) => isDigest(bucket));
    const written = digests.length === 0 ? new Map<string, string>() : await this.behind(scope, digests);
    const shown = (rows: readonly (BucketRow & { stepUid: string })[]): Buckets => {
      const known = rows.flatMap((row) => {
        if (!isDigest(row.bucket)) return [row];
        const json = written.get(`${row.stepUid} ${row.bucket}`);
        return json === undefined ? [] : [{ ...row, bucket: json }];
      });
      return Map.groupBy(known, ({ stepUid }) => stepUid);
    };
    return [shown(values), shown(choices)];
  }

  private mostFrequent(
    scope: Scope,
    size: string,
    condition: string,
    most: number,
  ): Promise<(BucketRow & { stepUid: string })[]> {
    const { sql, parameters } = countsIn(scope);
    return this.database.query(
      `SELECT step_uid AS "stepUid", bucket, size AS responses FROM (
         SELECT step_uid, bucket, ${size} AS size,
                row_number() OVER (PARTITION BY step_uid ORDER BY ${size} DESC, bucket) AS place
           FROM ${sql} WHERE ${condition}
       ) AS ranked WHERE place <= ${most} ORDER BY step_uid, place`,
      parameters.values,
    );
  }

  /** What digests stand for, from any answer that was counted under each: by step and digest. */
  private async behind(
    scope: Scope,
    digests: readonly { readonly stepUid: string; readonly bucket: string }[],
  ): Promise<ReadonlyMap<string, string>> {
    const { parameters } = scoped(scope);
    const [steps, keys] = [
      parameters.add(digests.map(({ stepUid }) => stepUid)),
      parameters.add(digests.map(({ bucket }) => bucket)),
    ];
    const rows = await this.database.query<{
      stepUid: string;
      key: string;
      type: string | null;
      value: string;
    }>(
      `SELECT asked.step_uid AS "stepUid", asked.key, a.step_type AS type, a.value::text AS value
         FROM unnest(${steps}::text[], ${keys}::text[]) AS asked (step_uid, key)
        CROSS JOIN LATERAL (
          SELECT * FROM read_models.answer AS any_of
           WHERE any_of.workspace = $1 AND any_of.experience_uid = $2 AND any_of.step_uid = asked.step_uid
             AND (any_of.bucket = asked.key OR strpos(any_of.choices::text, asked.key) > 0)
           LIMIT 1) AS a`,
      parameters.values,
    );
    return new Map(
      rows.flatMap(({ stepUid, key, type, value }) => {
        const json = jsonBehind(key, type, JSON.parse(value));
        return json === null ? [] : [[`${stepUid} ${key}`, json] as const];
      }),
    );
  }
}
