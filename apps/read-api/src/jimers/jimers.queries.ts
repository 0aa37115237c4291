import type { ApiRowOf } from '@app/engine';
import { Jimer } from '@app/projections';
import { othersOf } from '@app/shared-queries';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { pick } from '../read-models/columns';
import { resourceOf } from '../read-models/resource';

export const jimers = resourceOf(Jimer);
export type JimerAnswer = ApiRowOf<typeof Jimer>;

/** Who a jimer is, beside the uid. */
export const IDENTITY = pick(Jimer, 'identifyToken', 'username', 'email');
type Identity = InstanceType<typeof IDENTITY.Dto>;

@Injectable()
export class JimersQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The jimer in each workspace that knows it; at most two are given. */
  find(uid: string, workspace: string | null): Promise<JimerAnswer[]> {
    return jimers.find(this.database, uid, workspace);
  }

  /** Other records of the same person, as far as the token sees; see `othersOf`. */
  others(jimer: { readonly workspace: string; readonly jimerUid: string }, within: string | null) {
    return othersOf((sql, values) => this.database.query(sql, [...values]), [jimer], within);
  }

  /**
   * Who the jimers of some items are, by uid. The directory is another projection, which may be a moment behind: null
   * then.
   */
  async whoIs(
    workspace: string,
    items: readonly { readonly jimerUid: string }[],
  ): Promise<(uid: string) => Identity> {
    const uids = [...new Set(items.map(({ jimerUid }) => jimerUid))];
    const rows =
      uids.length === 0
        ? []
        : await this.database.planned<{ readonly jimerUid: string }>(
            `SELECT j.jimer_uid AS "jimerUid", ${IDENTITY.select('j')}
               FROM read_models.jimer AS j WHERE j.workspace = $1 AND j.jimer_uid = ANY($2)`,
            [workspace, uids],
          );
    const known = new Map(rows.map((row) => [row.jimerUid, IDENTITY.show(row)]));
    return (uid) => known.get(uid) ?? IDENTITY.none;
  }
}
