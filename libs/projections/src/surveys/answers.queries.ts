import {
  cursorInstant,
  cursorKind,
  cursorText,
  cursorUuid,
  notFound,
  pageOf,
  ReadDatabase,
  StoredJson,
  type Page,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { checkRange, type IntervalQuery } from '../shared/intervals';
import { holds } from '../shared/search';
import { isoTime } from '../shared/show';
import type { ViewRow } from '../shared/views';
import { scaleSeries, type ScaleDay } from './results';
import { numberIn, SCALE_SUMS } from './scale-sql';
import type { ScaleSeriesDto, SingleAnswerDto, SingleAnswersQuery } from './surveys.dto';
import { AnswerView, StepView } from './surveys.queries';
import type { Answer, Step } from './surveys.tables';

export interface SingleAnswer extends SingleAnswerDto {
  readonly jimerUid: string;
}

const byTime = cursorKind<[number, string, string]>('answers', cursorInstant, cursorUuid, cursorText);

/** The answers to one step of a survey. */
@Injectable()
export class AnswersQueries {
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
    { limit, cursor, q }: SingleAnswersQuery,
  ): Promise<Page<SingleAnswer>> {
    const before = byTime.decode(cursor);
    await this.step(workspace, experienceUid, stepUid);
    const query = this.database
      .rows(AnswerView, 'answer')
      .where({ workspace, experienceUid, stepUid })
      .orderBy('answer.valueTime', 'DESC')
      .addOrderBy('answer.jimerUid', 'DESC')
      .addOrderBy('answer.surveyUid', 'DESC')
      .limit(limit + 1);
    if (q !== undefined) query.andWhere(holds('answer.answerText', 'q'), { q });
    if (before)
      query.andWhere('(answer.valueTime, answer.jimerUid, answer.surveyUid) < (:time, :jimer, :survey)', {
        time: new Date(before[0]),
        jimer: before[1],
        survey: before[2],
      });
    const rows = (await query.getMany()) as (ViewRow<typeof Answer> & { readonly answeredAt: number })[];
    return pageOf(
      rows,
      limit,
      byTime,
      (row) => [row.answeredAt, row.jimerUid, row.surveyUid],
      (row) => ({
        jimerUid: row.jimerUid,
        surveyUid: row.surveyUid,
        value: StoredJson.orNull(row.value),
        text: row.answerText,
        at: isoTime(row.answeredAt),
      }),
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
    const [step, days] = await Promise.all([
      this.step(workspace, experienceUid, stepUid),
      this.database.query<Omit<ScaleDay, 'sum'> & { readonly sum: string }>(
        `SELECT day, ${SCALE_SUMS}
           FROM (SELECT day, responses, ${numberIn('bucket')} AS number
                   FROM read_models.answer_days
                  WHERE workspace = $1 AND experience_uid = $2 AND step_uid = $3
                    AND day >= COALESCE($4::date, '-infinity') AND day < COALESCE($5::date, 'infinity')) AS numbers
          WHERE number IS NOT NULL GROUP BY day ORDER BY day`,
        [workspace, experienceUid, stepUid, query.from ?? null, query.to ?? null],
      ),
    ]);
    return scaleSeries(
      step,
      days.map((day) => ({ ...day, sum: Number(day.sum) })),
      query,
    );
  }

  private async step(
    workspace: string,
    experienceUid: string,
    stepUid: string,
  ): Promise<ViewRow<typeof Step>> {
    const step = await this.database
      .rows(StepView, 'step')
      .where({ workspace, experienceUid, stepUid })
      .getOne();
    if (!step) throw notFound('Nobody has answered a step of this uid in this survey.');
    return step;
  }
}
