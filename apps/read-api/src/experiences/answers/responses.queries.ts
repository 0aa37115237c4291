import { StoredJson } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../common/database/read-database';
import { gathered, limitTo, Parameters, rowsIn } from '../../common/database/statement';
import { isoTime, isoTimeInJson, isoTimeOrNull } from '../../common/database/times';
import { cursorInstant, cursorKind, cursorText, cursorUuid } from '../../common/parameters/cursor';
import { assertRange, instantsWithin } from '../../common/parameters/day-range';
import { pageOf, type Page } from '../../common/parameters/page';
import type { ResponseAnswerDto, SurveyResponseDto, SurveyResponsesQuery } from './answers.dto';
import { LAST } from './results';

interface ResponseRow {
  readonly jimerUid: string;
  readonly surveyUid: string;
  readonly startedAt: number;
  readonly lastEventAt: number;
  readonly completedAt: number | null;
  /** JSON */
  readonly answers: string | null;
}

interface AnswerPart extends Omit<ResponseAnswerDto, 'value'> {
  readonly stepIndex: number | null;
  readonly value: string | null;
}

const byStart = cursorKind<[number, string, string]>('responses', cursorInstant, cursorUuid, cursorText);

const ANSWERS = gathered(
  `SELECT a.step_uid AS "stepUid", a.step_name AS "stepName", a.step_type AS "stepType", a.step_index AS "stepIndex",
          a.value::text AS value, a.answer_text AS text, a.answered_at AS at
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
      `SELECT r.jimer_uid AS "jimerUid", r.survey_uid AS "surveyUid", r.first_event_at AS "startedAt",
              r.last_event_at AS "lastEventAt", r.completed_at AS "completedAt", ${ANSWERS} AS answers
         FROM read_models.response AS r WHERE ${conditions.join(' AND ')}
        ORDER BY r.first_event_at DESC, r.jimer_uid DESC, r.survey_uid DESC ${limitTo(limit, parameters)}`,
      parameters.values,
    );
    return pageOf(
      rows,
      limit,
      byStart,
      (row) => [row.startedAt, row.jimerUid, row.surveyUid],
      ({ startedAt, lastEventAt, completedAt, answers, ...row }) => ({
        ...row,
        startedAt: isoTime(startedAt),
        lastEventAt: isoTime(lastEventAt),
        completedAt: isoTimeOrNull(completedAt),
        answers: rowsIn<AnswerPart>(answers)
          .sort((a, b) => (a.stepIndex ?? LAST) - (b.stepIndex ?? LAST))
          .map(showAnswer),
      }),
    );
  }
}

const showAnswer = ({ stepUid, stepName, stepType, value, text, at }: AnswerPart): ResponseAnswerDto => ({
  ...{ stepUid, stepName, stepType, text },
  value: StoredJson.orNull(value),
  at: isoTimeInJson(at),
});
