import { StoredJson } from '@app/platform';
import { gathered, rowsIn, type JimerPlace } from '../common/database/statement';
import { isoTimeInJson } from '../common/database/times';
import type { AnswerDto } from '../experiences/answers/answers.dto';
import { LAST } from '../experiences/answers/results';

interface AnswerRow {
  readonly experienceUid: string;
  readonly stepUid: string;
  readonly stepName: string | null;
  readonly stepType: string | null;
  readonly stepIndex: number | null;
  /** JSON */
  readonly value: string | null;
  readonly answeredAt: string;
}

/**
 * A jimer's newest answer to each step of some experiences, as a part of another query. A step may have been answered in several
 * responses (surveys): the newest of them all stands.
 */
export const answersOfJimer = ({ workspace, jimerUid }: JimerPlace, experienceUids: string): string =>
  gathered(`
    SELECT DISTINCT ON (a.experience_uid, a.step_uid)
           a.experience_uid AS "experienceUid", a.step_uid AS "stepUid", a.step_name AS "stepName",
           a.step_type AS "stepType", a.step_index AS "stepIndex", a.value::text AS value,
           a.answered_at AS "answeredAt"
      FROM read_models.answer AS a
     WHERE a.workspace = ${workspace} AND a.jimer_uid = ${jimerUid}
       AND a.experience_uid IN (SELECT unnest(${experienceUids}))
     ORDER BY a.experience_uid, a.step_uid, a.value_time DESC, a.value_rank DESC, a.value_event_id DESC`);

/** By experience, in the order of the steps. */
export function showAnswers(part: string | null): ReadonlyMap<string, AnswerDto[]> {
  const rows = rowsIn<AnswerRow>(part).sort((a, b) => (a.stepIndex ?? LAST) - (b.stepIndex ?? LAST));
  return new Map(
    [...Map.groupBy(rows, ({ experienceUid }) => experienceUid)].map(([uid, own]) => [
      uid,
      own.map(showAnswer),
    ]),
  );
}

function showAnswer({ stepUid, stepName, stepType, value, answeredAt }: AnswerRow): AnswerDto {
  return { stepUid, stepName, stepType, value: StoredJson.orNull(value), at: isoTimeInJson(answeredAt) };
}
