import { cursorKind, cursorText, cursorUuid, pageOf, ReadDatabase, type Page } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { folded, foldedStart, holds, inWorkspace } from '../shared/search';
import { isoTime, isoTimeOrNull } from '../shared/show';
import { viewOf, type ViewRow } from '../shared/views';
import type { JimerDto, JimersQuery } from './jimers.dto';
import { Jimer } from './jimers.tables';

export const JimerView = viewOf(Jimer);
type JimerRow = ViewRow<typeof Jimer>;

// The index finds the start. Folded before it is cut: folding may lengthen a text, and so move where it is cut.
const SAME_EMAIL = [foldedStart, folded]
  .map((form) => `${form('jimer.email')} = ${form('CAST(:email AS text)')}`)
  .join(' AND ');

const byUid = cursorKind<[string, string]>('jimers', cursorText, cursorUuid);

@Injectable()
export class JimersQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** In order of workspace and uid. */
  async list(workspace: string | null, { limit, cursor, ...filter }: JimersQuery): Promise<Page<JimerDto>> {
    const query = inWorkspace(this.database.rows(JimerView, 'jimer'), workspace);
    const after = byUid.decode(cursor);
    if (after)
      query.andWhere('(jimer.workspace, jimer.jimerUid) > (:afterWorkspace, :afterUid)', named(after));
    if (filter.identifyToken !== undefined)
      // The index holds the first 200 characters.
      query.andWhere(
        'left(jimer.identifyToken, 200) = left(:identifyToken, 200) AND jimer.identifyToken = :identifyToken',
        { identifyToken: filter.identifyToken },
      );
    if (filter.email !== undefined) query.andWhere(SAME_EMAIL, { email: filter.email });
    if (filter.q !== undefined)
      query.andWhere(
        // Folded once for all three, kept apart by a character that nobody searches for.
        holds('concat_ws(chr(31), jimer.username, jimer.email, jimer.identifyToken)', 'q'),
        { q: filter.q },
      );
    const rows = await query
      .orderBy('jimer.workspace')
      .addOrderBy('jimer.jimerUid')
      .limit(limit + 1)
      .getMany();
    return pageOf(rows, limit, byUid, (row) => [row.workspace, row.jimerUid], showJimer);
  }

  /** The jimer in each workspace that knows it; at most two are given. */
  async find(uid: string, workspace: string | null): Promise<JimerDto[]> {
    const query = this.database.rows(JimerView, 'jimer').where('jimer.jimerUid = :uid', { uid });
    const rows = await inWorkspace(query, workspace).limit(2).getMany();
    return rows.map(showJimer);
  }

  async several(workspace: string, uids: readonly string[]): Promise<ReadonlyMap<string, JimerDto>> {
    if (uids.length === 0) return new Map();
    const rows = await this.database
      .rows(JimerView, 'jimer')
      .where('jimer.workspace = :workspace AND jimer.jimerUid IN (:...uids)', { workspace, uids })
      .getMany();
    return new Map(rows.map((row) => [row.jimerUid, showJimer(row)]));
  }
}

function named([afterWorkspace, afterUid]: [string, string]): Record<string, string> {
  return { afterWorkspace, afterUid };
}

function showJimer(row: JimerRow): JimerDto {
  return {
    uid: row.jimerUid,
    workspace: row.workspace,
    identifyToken: row.identifyToken,
    username: row.username,
    email: row.email,
    createdAt: isoTimeOrNull(row.createdAt),
    lastActivityAt: isoTimeOrNull(row.lastActivityAt),
    // Every event that makes the row carries a time.
    firstEventAt: isoTime(row.firstEventAt!),
    lastEventAt: isoTime(row.lastEventAt!),
  };
}
