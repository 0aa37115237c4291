import type { RowOf } from '@app/engine';
import { folded, foldedStart, identifies, type Jimer } from '@app/projections';
import { othersOf } from '@app/shared-queries';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../database/read-database';
import { cursorKind, cursorText, cursorUuid } from '../paging/cursor';
import { pageOf, type Page } from '../paging/page';
import { isoTime, isoTimeOrNull } from '../rows/times';
import { holds } from '../sql/search';
import { limitTo, Parameters, whereAll } from '../sql/statement';
import type { JimerDto, JimersQuery } from './jimers.dto';

/** A jimer as its columns come; see `showJimer`. */
export type JimerRow = Pick<
  RowOf<typeof Jimer>,
  | 'workspace'
  | 'jimerUid'
  | 'identifyToken'
  | 'username'
  | 'email'
  | 'createdAt'
  | 'lastActivityAt'
  | 'firstEventAt'
  | 'lastEventAt'
>;

const COLUMNS = `j.workspace, j.jimer_uid AS "jimerUid", j.identify_token AS "identifyToken", j.username, j.email,
  j.created_at AS "createdAt", j.last_activity_at AS "lastActivityAt", j.first_event_at AS "firstEventAt",
  j.last_event_at AS "lastEventAt"`;

// The index finds the start. Folded before it is cut: folding may lengthen a text, and so move where it is cut.
const sameEmail = (email: string): string =>
  [foldedStart, folded].map((form) => `${form('j.email')} = ${form(`CAST(${email} AS text)`)}`).join(' AND ');

/** SQL of the jimers of an identify token, a parameter (`$1`). The index holds the first 200 characters. */
export const sameToken = (token: string): string =>
  `left(j.identify_token, 200) = left(${token}, 200) AND j.identify_token = ${token}`;

type Identity = Pick<JimerDto, 'identifyToken' | 'username' | 'email'>;

const NOBODY_KNOWN: Identity = { identifyToken: null, username: null, email: null };

const NOBODY: Page<JimerDto> = { items: [], nextCursor: null };

const byUid = cursorKind<[string, string]>('jimers', cursorText, cursorUuid);

/** SQL of the jimer in each workspace that knows it, two at most: rows as `showJimer` takes them. */
export function jimersOfUid(parameters: Parameters, uid: string, workspace: string | null): string {
  const conditions = [`j.jimer_uid = ${parameters.add(uid)}`, ...parameters.inWorkspace('j', workspace)];
  return `SELECT ${COLUMNS} FROM read_models.jimer AS j ${whereAll(conditions)} LIMIT 2`;
}

@Injectable()
export class JimersQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** In order of workspace and uid. */
  async list(
    workspace: string | null,
    { limit, cursor, identifyToken, email, q }: JimersQuery,
  ): Promise<Page<JimerDto>> {
    const parameters = new Parameters();
    const conditions = parameters.inWorkspace('j', workspace);
    const after = byUid.decode(cursor);
    if (after)
      conditions.push(
        `(j.workspace, j.jimer_uid) > (${parameters.add(after[0])}, ${parameters.add(after[1])})`,
      );
    // No row holds a placeholder: nothing has to be asked.
    if ([identifyToken, email].some((asked) => asked !== undefined && !identifies(asked))) return NOBODY;
    if (identifyToken !== undefined) conditions.push(sameToken(parameters.add(identifyToken)));
    if (email !== undefined) conditions.push(sameEmail(parameters.add(email)));
    if (q !== undefined)
      // Folded once for all three, kept apart by a character that nobody searches for.
      conditions.push(holds('concat_ws(chr(31), j.username, j.email, j.identify_token)', parameters.add(q)));
    const rows = await this.database.planned<JimerRow>(
      `SELECT ${COLUMNS} FROM read_models.jimer AS j ${whereAll(conditions)}
        ORDER BY j.workspace, j.jimer_uid ${limitTo(limit, parameters)}`,
      parameters.values,
    );
    return pageOf(rows, limit, byUid, (row) => [row.workspace, row.jimerUid], showJimer);
  }

  /** The jimer in each workspace that knows it; at most two are given. */
  async find(uid: string, workspace: string | null): Promise<JimerDto[]> {
    const parameters = new Parameters();
    const sql = jimersOfUid(parameters, uid, workspace);
    const rows = await this.database.planned<JimerRow>(sql, parameters.values);
    return rows.map(showJimer);
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
        : await this.database.planned<Identity & { readonly jimerUid: string }>(
            `SELECT j.jimer_uid AS "jimerUid", j.identify_token AS "identifyToken", j.username, j.email
               FROM read_models.jimer AS j WHERE j.workspace = $1 AND j.jimer_uid = ANY($2)`,
            [workspace, uids],
          );
    const known = new Map(rows.map(({ jimerUid, ...identity }) => [jimerUid, identity]));
    return (uid) => known.get(uid) ?? NOBODY_KNOWN;
  }
}

export function showJimer(row: JimerRow): JimerDto {
  return {
    uid: row.jimerUid,
    workspace: row.workspace,
    identifyToken: row.identifyToken,
    username: row.username,
    email: row.email,
    createdAt: isoTimeOrNull(row.createdAt),
    lastActivityAt: isoTimeOrNull(row.lastActivityAt),
    // Every event that makes the row carries a time.
    firstEventAt: isoTime(row.firstEventAt),
    lastEventAt: isoTime(row.lastEventAt),
  };
}
