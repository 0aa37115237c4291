import { canonicalText, notFound, onlyOne, ReadDatabase } from '@app/platform';
import {
  identifies,
  Parameters,
  sameToken,
  whereAll,
  type JourneyState,
  type TokenStateDto,
} from '@app/projections';
import { Injectable } from '@nestjs/common';
import type { JimerStateDto } from './answers.dto';

interface Row {
  readonly workspace: string;
  readonly jimerUid: string;
  readonly experienceUid: string | null;
  readonly type: string | null;
  readonly state: JourneyState | null;
}

/** What an application asks at page load: one statement, and nothing that is not needed to decide what to show. */
@Injectable()
export class TokenStateQueries {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * Of several jimers with one token (the vendor made another for the same person) the one that was heard of last.
   *
   * @throws {Problem} 404 when no jimer has the token or it is a placeholder, 400 naming `workspace` when several workspaces have one
   */
  async find(identifyToken: string, workspace: string | null): Promise<JimerStateDto> {
    if (!identifies(identifyToken))
      throw notFound(
        'This identifyToken is a placeholder that many visitors share: it identifies nobody. Ask with the own id of a user who is signed in.',
      );
    const parameters = new Parameters();
    const conditions = [
      sameToken(parameters.add(canonicalText(identifyToken))),
      ...parameters.inWorkspace('j', workspace),
    ];
    const rows = await this.database.planned<Row>(
      `WITH newest AS (
         SELECT DISTINCT ON (j.workspace) j.workspace, j.jimer_uid
           FROM read_models.jimer AS j ${whereAll(conditions)}
          ORDER BY j.workspace, j.last_event_at DESC, j.jimer_uid
       )
       SELECT workspace, jimer_uid AS "jimerUid", j.experience_uid AS "experienceUid", j.type, j.state
         FROM newest LEFT JOIN read_models.journey AS j USING (workspace, jimer_uid)
        ORDER BY workspace, j.experience_uid`,
      parameters.values,
    );
    const homes = [...new Map(rows.map((row) => [row.workspace, row])).values()];
    const { workspace: home, jimerUid } = onlyOne(homes, 'jimer', 'identifyToken');
    const experiences = rows.flatMap(({ experienceUid: uid, type, state }): TokenStateDto[] =>
      uid === null || state === null ? [] : [{ uid, type, state }],
    );
    return { uid: jimerUid, workspace: home, experiences };
  }
}
