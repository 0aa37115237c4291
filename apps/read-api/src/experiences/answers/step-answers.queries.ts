import type { RowOf } from '@app/engine';
import { notFound } from '@app/platform';
import { bucketOf, isScale, type Step } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../common/database/read-database';
import { holds } from '../../common/database/search';
import { limitTo, Parameters } from '../../common/database/statement';
import { cursorInstant, cursorKind, cursorText, cursorUuid } from '../../common/parameters/cursor';
import { assertRange, instantsWithin } from '../../common/parameters/day-range';
import { checkRange, type IntervalQuery } from '../../common/parameters/intervals';
import { pageOf, type Page } from '../../common/parameters/page';
import { SINGLE_ANSWER, type SingleAnswer, type SingleAnswersQuery } from './answers.dto';
import { scaleSeries, type ScaleDay } from './results';
import type { ScaleSeriesDto } from './results.dto';
import { StepView } from './results.queries';
import { numberIn, SCALE_SUMS } from './scale-sql';

interface AnswerRow {
  readonly jimerUid: string;
  readonly surveyUid: string;
  readonly at: number;
}

const byTime = cursorKind<[number, string, string]>('answers', cursorInstant, cursorUuid, cursorText);

/** The answers to one step of a survey. */
@Injectable()
export class StepAnswersQueries {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * Newest first.
   *
   * @throws {Problem} 404 when nobody has answered the step
   */
  async list(
    workspace: string,
    experienceUid: string,
    stepUid: string,
    query: SingleAnswersQuery,
  ): Promise<Page<SingleAnswer>> {
    const { limit, cursor, q } = query;
    const before = byTime.decode(cursor);
    assertRange(query);
    const { type } = await this.step(workspace, experienceUid, stepUid);
    const parameters = new Parameters();
    const conditions = [
      `a.workspace = ${parameters.add(workspace)}`,
      `a.experience_uid = ${parameters.add(experienceUid)}`,
      `a.step_uid = ${parameters.add(stepUid)}`,
      ...instantsWithin('a.value_time', query, parameters),
    ];
    // A number on a scale is an answer, and no part of another: 1 is not in 10.
    if (q !== undefined)
      conditions.push(
        isScale(type) && bucketOf(type, q) !== JSON.stringify(q)
          ? `a.bucket = ${parameters.add(bucketOf(type, q))}`
          : holds('a.answer_text', parameters.add(q)),
      );
    if (before) {
      const [time, jimerUid, surveyUid] = before;
      const last = [new Date(time), jimerUid, surveyUid].map((part) => parameters.add(part));
      conditions.push(`(a.value_time, a.jimer_uid, a.survey_uid) < (${last.join(', ')})`);
    }
    const rows = await this.database.planned<AnswerRow>(
      `SELECT ${SINGLE_ANSWER.select('a')}
         FROM read_models.answer AS a WHERE ${conditions.join(' AND ')}
        ORDER BY a.value_time DESC, a.jimer_uid DESC, a.survey_uid DESC ${limitTo(limit, parameters)}`,
      parameters.values,
    );
    return pageOf(
      rows,
      limit,
      byTime,
      (row) => [row.at, row.jimerUid, row.surveyUid],
      (row) => SINGLE_ANSWER.show(row),
    );
  }

  /**
   * From the counts per day alone.
   *
   * @throws {Problem} 404 when nobody has answered the step, 400 when the range is too long
   */
  async series(
    workspace: string,
    experienceUid: string,
    stepUid: string,
    query: IntervalQuery,
  ): Promise<ScaleSeriesDto> {
    checkRange(query);
    const [step, counted] = await Promise.all([
      this.step(workspace, experienceUid, stepUid),
      this.database.planned<Omit<ScaleDay, 'sum'> & { readonly sum: string }>(
        `SELECT day, ${SCALE_SUMS}
           FROM (SELECT day, responses, ${numberIn('bucket')} AS number
                   FROM read_models.answer_days
                  WHERE workspace = $1 AND experience_uid = $2 AND step_uid = $3
                    AND day >= COALESCE($4::date, '-infinity') AND day < COALESCE($5::date, 'infinity')
                    AND responses > 0) AS numbers
          WHERE number IS NOT NULL GROUP BY day ORDER BY day`,
        [workspace, experienceUid, stepUid, query.from ?? null, query.to ?? null],
      ),
    ]);
    // Numbers that answer another kind of question are on no scale.
    const days = isScale(step.type) ? counted : [];
    return scaleSeries(
      step,
      days.map((day) => ({ ...day, sum: Number(day.sum) })),
      query,
    );
  }

  private async step(workspace: string, experienceUid: string, stepUid: string): Promise<RowOf<typeof Step>> {
    const step = await this.database
      .rows(StepView, 'step')
      .where({ workspace, experienceUid, stepUid })
      .getOne();
    if (!step) throw notFound('Nobody has answered a step of this uid in this survey.');
    return step;
  }
}
