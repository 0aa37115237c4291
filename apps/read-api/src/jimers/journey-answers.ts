import { gathered, rowsIn, type JimerPlace } from '../common/database/statement';
import { ANSWER, type AnswerDto } from '../experiences/answers/answers.dto';
import { LAST } from '../experiences/answers/results';

interface AnswerRow {
  readonly experienceUid: string;
  readonly stepIndex: number | null;
}

/**
 * A jimer's newest answer to each step of some experiences, as a part of another query. A step may have been answered in several
 * responses (surveys): the newest of them all stands.
 */
export const answersOfJimer = ({ workspace, jimerUid }: JimerPlace, experienceUids: string): string =>
  gathered(`
    SELECT DISTINCT ON (a.experience_uid, a.step_uid)
           a.experience_uid AS "experienceUid", a.step_index AS "stepIndex", ${ANSWER.selectGathered('a')}
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
      own.map((row) => ANSWER.showGathered(row)),
    ]),
  );
}
