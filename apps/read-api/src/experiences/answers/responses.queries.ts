import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../common/database/read-database';
import { gathered, limitTo, Parameters, rowsIn } from '../../common/database/statement';
import { cursorInstant, cursorKind, cursorText, cursorUuid } from '../../common/parameters/cursor';
import { assertRange, instantsWithin } from '../../common/parameters/day-range';
import { pageOf, type Page } from '../../common/parameters/page';
import { RESPONSE, RESPONSE_ANSWER, type SurveyResponseDto, type SurveyResponsesQuery } from './answers.dto';
import { LAST } from './results';

interface ResponseRow {
  readonly jimerUid: string;
  readonly surveyUid: string;
  readonly startedAt: number;
  /** JSON */
  readonly answers: string | null;
}

interface AnswerPart {
  readonly stepIndex: number | null;
}

const byStart = cursorKind<[number, string, string]>('responses', cursorInstant, cursorUuid, cursorText);

const ANSWERS = gathered(
  `SELECT a.step_index AS "stepIndex", ${RESPONSE_ANSWER.selectGathered('a')}
     FROM read_models.answer AS a
    WHERE a.workspace = r.workspace AND a.jimer_uid = r.jimer_uid AND a.experience_uid = r.experience_uid
      AND a.survey_uid = r.survey_uid`,
);

/** The responses to a survey, each with all of its answers. */
@Injectable()
export class ResponsesQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The one that began last first. */
  async list(
    workspace: string,
    experienceUid: string,
    query: SurveyResponsesQuery,
  ): Promise<Page<SurveyResponseDto>> {
    const { limit, cursor } = query;
    const before = byStart.decode(cursor);
    assertRange(query);
    const parameters = new Parameters();
    const conditions = [
      `r.workspace = ${parameters.add(workspace)}`,
      `r.experience_uid = ${parameters.add(experienceUid)}`,
      ...instantsWithin('r.first_event_at', query, parameters),
    ];
    if (before) {
      const [time, jimerUid, surveyUid] = before;
      const last = [new Date(time), jimerUid, surveyUid].map((part) => parameters.add(part));
      conditions.push(`(r.first_event_at, r.jimer_uid, r.survey_uid) < (${last.join(', ')})`);
    }
    const rows = await this.database.planned<ResponseRow>(
      `SELECT ${RESPONSE.select('r')}, ${ANSWERS} AS answers
         FROM read_models.response AS r WHERE ${conditions.join(' AND ')}
        ORDER BY r.first_event_at DESC, r.jimer_uid DESC, r.survey_uid DESC ${limitTo(limit, parameters)}`,
      parameters.values,
    );
    return pageOf(
      rows,
      limit,
      byStart,
      (row) => [row.startedAt, row.jimerUid, row.surveyUid],
      (row) => ({
        ...RESPONSE.show(row),
        answers: rowsIn<AnswerPart>(row.answers)
          .sort((a, b) => (a.stepIndex ?? LAST) - (b.stepIndex ?? LAST))
          .map((answer) => RESPONSE_ANSWER.showGathered(answer)),
      }),
    );
  }
}
