import { notFound } from '@app/platform';
import { canonicalText, identifies, type JourneyState } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { limitTo, Parameters, whereAll } from '../common/database/statement';
import { onlyOne } from '../common/http/only-one';
import { cursorKind, cursorUuid } from '../common/parameters/cursor';
import { pageOf } from '../common/parameters/page';
import { jimers } from './jimers.queries';
import type { JimerStateDto, StateQuery, TokenStateDto } from './state-by-token.dto';

interface Row {
  readonly workspace: string;
  readonly jimerUid: string;
  readonly experienceUid: string | null;
  readonly type: string | null;
  readonly state: JourneyState | null;
}

const byUid = cursorKind<[string]>('state', cursorUuid);

/** What an application asks at page load: one statement, and nothing that is not needed to decide what to show. */
@Injectable()
export class StateByTokenQueries {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * Of several jimers with one token (the vendor made another for the same person) the one that was heard of last.
   *
   * @throws {Problem} 404 when no jimer has the token or it is a placeholder, 400 naming `workspace` when several workspaces have one
   */
  async find(
    identifyToken: string,
    workspace: string | null,
    { limit, cursor }: StateQuery,
  ): Promise<JimerStateDto> {
    const after = byUid.decode(cursor);
    if (!identifies(identifyToken))
      throw notFound(
        'This identifyToken is a placeholder that many visitors share: it identifies nobody. Ask with the own id of a user who is signed in.',
      );
    const parameters = new Parameters();
    const conditions = [
      jimers.filter('identifyToken', canonicalText(identifyToken), 'j', parameters),
      ...parameters.inWorkspace('j', workspace),
    ];
    const further = after ? `AND j.experience_uid > ${parameters.add(after[0])}` : '';
    const rows = await this.database.planned<Row>(
      `WITH newest AS (
         SELECT DISTINCT ON (j.workspace) j.workspace, j.jimer_uid
           FROM read_models.jimer AS j ${whereAll(conditions)}
          ORDER BY j.workspace, j.last_event_at DESC, j.jimer_uid
       )
       SELECT n.workspace, n.jimer_uid AS "jimerUid", j.experience_uid AS "experienceUid", j.type, j.state
         FROM (SELECT * FROM newest LIMIT 2) AS n LEFT JOIN LATERAL (
           SELECT j.experience_uid, j.type, j.state FROM read_models.journey AS j
            WHERE j.workspace = n.workspace AND j.jimer_uid = n.jimer_uid ${further}
            ORDER BY j.experience_uid ${limitTo(limit, parameters)}) AS j ON true
        ORDER BY n.workspace, j.experience_uid`,
      parameters.values,
    );
    const homes = [...new Map(rows.map((row) => [row.workspace, row])).values()];
    const { workspace: home, jimerUid } = onlyOne(homes, 'jimer', 'identifyToken');
    const states = rows.flatMap(({ experienceUid: uid, type, state }): TokenStateDto[] =>
      uid === null || state === null ? [] : [{ uid, type, state }],
    );
    const { items, nextCursor } = pageOf(
      states,
      limit,
      byUid,
      ({ uid }) => [uid],
      (each) => each,
    );
    return { uid: jimerUid, workspace: home, experiences: [...items], nextCursor };
  }
}
