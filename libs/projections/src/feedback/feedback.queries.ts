import type { FeedbackStatus, TriagedItem } from '@app/catalog';
import {
  cursorInstant,
  cursorKind,
  cursorText,
  pageOf,
  ReadDatabase,
  StoredJson,
  type Page,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { holds, inWorkspace } from '../shared/search';
import { isoTime } from '../shared/show';
import { viewOf, type ViewRow } from '../shared/views';
import type { FeedbackDto, FeedbackItemDto, FeedbackQuery } from './feedback.dto';
import { historyOf, type MadeVersion } from './feedback.history';
import { UNTRIAGED } from './feedback.item';
import { FeedbackChange, FeedbackItem } from './feedback.tables';

export const FeedbackItemView = viewOf(FeedbackItem);
export const FeedbackChangeView = viewOf(FeedbackChange);
type FeedbackRow = ViewRow<typeof FeedbackItem>;
type ChangeRow = ViewRow<typeof FeedbackChange>;

const SHOWN_CHANGES = 100;
const SHOWN_DUPLICATES = 200;

const byTime = cursorKind<[number, string, string]>('feedback', cursorInstant, cursorText, cursorText);

/**
 * The fields of a request are unknown: look into every text in it, at any depth, and at no member's name.
 * In JSON without a backslash every text stands as it is, so that most requests are ruled out at a glance.
 */
const REQUEST_HOLDS = `(
  (strpos(CAST(feedback.request AS text), chr(92)) > 0 OR ${holds('CAST(feedback.request AS text)', 'q')})
  AND EXISTS (
    WITH RECURSIVE node(item) AS (
      SELECT feedback.request
      UNION ALL
      SELECT child.item FROM node CROSS JOIN LATERAL (
        SELECT value FROM json_each(CASE WHEN json_typeof(node.item) = 'object' THEN node.item END)
        UNION ALL
        SELECT value FROM json_array_elements(CASE WHEN json_typeof(node.item) = 'array' THEN node.item END)
      ) AS child(item)
    )
    SELECT FROM node WHERE json_typeof(item) = 'string' AND ${holds("item #>> '{}'", 'q')}))`;

const HAS_TAG = 'EXISTS (SELECT FROM json_array_elements_text(feedback.tags) AS t (tag) WHERE t.tag = :tag)';

@Injectable()
export class FeedbackQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first. */
  async list(workspace: string | null, query: FeedbackQuery): Promise<Page<FeedbackDto>> {
    const { limit, cursor, status, projectUid, jimerUid, tag, assignee, merged, mergedInto, q } = query;
    const before = byTime.decode(cursor);
    const rows = inWorkspace(this.known(), workspace);
    if (before)
      rows.andWhere(
        '(feedback.createdAt, feedback.requestUid, feedback.workspace) < (:time, :requestUid, :before)',
        { time: new Date(before[0]), requestUid: before[1], before: before[2] },
      );
    if (projectUid !== undefined) rows.andWhere('feedback.projectUid = :projectUid', { projectUid });
    if (jimerUid !== undefined) rows.andWhere('feedback.jimerUid = :jimerUid', { jimerUid });
    if (status !== undefined) rows.andWhere('feedback.status IN (:...status)', { status });
    if (tag !== undefined) rows.andWhere(HAS_TAG, { tag });
    if (assignee !== undefined) rows.andWhere('feedback.assignee = :assignee', { assignee });
    if (merged !== undefined) rows.andWhere(`feedback.mergedInto IS ${merged ? 'NOT NULL' : 'NULL'}`);
    if (mergedInto !== undefined) rows.andWhere('feedback.mergedInto = :mergedInto', { mergedInto });
    if (q !== undefined) rows.andWhere(`(${holds('feedback.projectName', 'q')} OR ${REQUEST_HOLDS})`, { q });
    const found = await rows
      .orderBy('feedback.createdAt', 'DESC')
      .addOrderBy('feedback.requestUid', 'DESC')
      .addOrderBy('feedback.workspace', 'DESC')
      .limit(limit + 1)
      .getMany();
    return pageOf(
      found,
      limit,
      byTime,
      (row) => [row.createdAt!, row.requestUid, row.workspace],
      showFeedback,
    );
  }

  /** The item in each workspace that knows it; at most two are given. */
  async find(uid: string, workspace: string | null): Promise<FeedbackItemDto[]> {
    const query = this.known().andWhere('feedback.requestUid = :uid', { uid });
    const rows = await inWorkspace(query, workspace).limit(2).getMany();
    return Promise.all(
      rows.map(async (row) => {
        const [mergedFrom, history] = await Promise.all([this.mergedInto(row), this.historyOf(row)]);
        return { ...showFeedback(row), mergedFrom, history };
      }),
    );
  }

  /** An item may be triaged by a record that outlived its request: then nothing of it is shown. */
  private known() {
    return this.database.rows(FeedbackItemView, 'feedback').where('feedback.createdAt IS NOT NULL');
  }

  private async mergedInto({ workspace, requestUid }: FeedbackRow): Promise<string[]> {
    const rows = await this.known()
      .andWhere('feedback.workspace = :workspace', { workspace })
      .andWhere('feedback.mergedInto = :requestUid', { requestUid })
      .orderBy('feedback.createdAt')
      .addOrderBy('feedback.requestUid')
      .limit(SHOWN_DUPLICATES)
      .getMany();
    return rows.map((row) => row.requestUid);
  }

  private async historyOf({ workspace, requestUid }: FeedbackRow) {
    const rows = await this.database
      .rows(FeedbackChangeView, 'change')
      .where({ workspace, requestUid })
      .orderBy('change.version', 'DESC')
      // The one before the first that is shown is what that was made from.
      .limit(SHOWN_CHANGES + 1)
      .getMany();
    const versions = rows.reverse().map(madeVersion);
    if (versions.length <= SHOWN_CHANGES) return historyOf(versions);
    return historyOf(versions.slice(1), versions[0]!.item);
  }
}

function showFeedback(row: FeedbackRow): FeedbackDto {
  return {
    uid: row.requestUid,
    workspace: row.workspace,
    request: StoredJson.orNull(row.request),
    project: StoredJson.orNull(row.project),
    jimer: StoredJson.orNull(row.jimer),
    createdAt: isoTime(row.createdAt!),
    ...standingOf(row),
    version: row.version!,
  };
}

function madeVersion(row: ChangeRow): MadeVersion {
  const { version, changedAt, changedBy, actor } = row;
  return { version, item: standingOf(row), time: isoTime(changedAt!), by: changedBy!, actor };
}

function standingOf(row: FeedbackRow | ChangeRow): TriagedItem {
  const { status, tags, assignee, note, mergedInto } = row;
  return {
    status: (status ?? UNTRIAGED.status) as FeedbackStatus,
    tags: JSON.parse(tags ?? '[]') as string[],
    assignee,
    note,
    mergedInto,
  };
}
