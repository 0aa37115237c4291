import { onlyOne, ReadDatabase } from '@app/platform';
import {
  answersOfJimer,
  jimersOfUid,
  journeysOfJimer,
  Parameters,
  showAnswers,
  showJimer,
  showJourneys,
  type JimerRow,
  type JourneyParts,
} from '@app/projections';
import { Injectable } from '@nestjs/common';
import type { JimerJourneyDto } from './answers.dto';

interface Row extends JimerRow, JourneyParts {
  readonly answers: string | null;
}

const PLACE = { workspace: 'jimer.workspace', jimerUid: 'jimer."jimerUid"' };

@Injectable()
export class JimerJourneyQueries {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * In one statement: each way to the database and back costs more than what it finds.
   *
   * @throws {Problem} 404 for an unknown uid, 400 naming `workspace` when several workspaces have it
   */
  async journeyOf(uid: string, workspace: string | null): Promise<JimerJourneyDto> {
    const parameters = new Parameters();
    const rows = await this.database.planned<Row>(
      `SELECT jimer.*, ${journeysOfJimer(PLACE)}, ${answersOfJimer(PLACE)} AS answers
         FROM (${jimersOfUid(parameters, uid, workspace)}) AS jimer`,
      parameters.values,
    );
    const row = onlyOne(rows, 'jimer');
    const answers = showAnswers(row.answers);
    const experiences = showJourneys(row).map((journey) => ({
      ...journey,
      answers: answers.get(journey.uid) ?? [],
    }));
    return { jimer: showJimer(row), experiences };
  }
}
