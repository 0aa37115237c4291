import { Injectable } from '@nestjs/common';
import { onlyOne } from '../rows/only-one';
import { ReadDatabase } from '../database/read-database';
import { Parameters } from '../sql/statement';
import type { JimerJourneyDto, JourneyQuery } from '../experiences/answers.dto';
import { answersOfJimer, showAnswers } from './jimer-answers';
import { jimersOfUid, showJimer, type JimerRow } from './jimers.queries';
import { journeyPage, journeysOfJimer, showJourneys, type JourneyParts } from './jimer-journeys';

interface Row extends JimerRow, JourneyParts {
  readonly answers: string | null;
}

const JIMER = { workspace: 'jimer.workspace', jimerUid: 'jimer."jimerUid"' };
const EXPERIENCES = 'page.uids';

@Injectable()
export class JimerJourneyQueries {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * In one statement: each way to the database and back costs more than what it finds.
   *
   * @throws {Problem} 404 for an unknown uid, 400 naming `workspace` when several workspaces have it, or `cursor`
   */
  async journeyOf(uid: string, workspace: string | null, query: JourneyQuery): Promise<JimerJourneyDto> {
    const parameters = new Parameters();
    const jimers = jimersOfUid(parameters, uid, workspace);
    const rows = await this.database.planned<Row>(
      `SELECT jimer.*, ${journeysOfJimer({ ...JIMER, experienceUids: EXPERIENCES })},
              ${answersOfJimer(JIMER, EXPERIENCES)} AS answers
         FROM (${jimers}) AS jimer CROSS JOIN LATERAL (${journeyPage(parameters, JIMER, query)}) AS page`,
      parameters.values,
    );
    const row = onlyOne(rows, 'jimer');
    const answers = showAnswers(row.answers);
    const { items, nextCursor } = showJourneys(row, query.limit);
    const experiences = items.map((journey) => ({ ...journey, answers: answers.get(journey.uid) ?? [] }));
    return { jimer: showJimer(row), experiences, nextCursor };
  }
}
