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
import { FeedbackItem } from './feedback.tables';

export const FeedbackItemView = viewOf(FeedbackItem);
type FeedbackRow = ViewRow<typeof FeedbackItem>;

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

@Injectable()
export class FeedbackQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first. */
  async list(workspace: string | null, query: FeedbackQuery): Promise<Page<FeedbackDto>> {
    const { limit, cursor, status, projectUid, jimerUid, tag, q } = query;
    const before = byTime.decode(cursor);
    // Nothing is triaged yet: every item is new and has no tags.
    if (tag !== undefined || (status !== undefined && status !== 'new'))
      return { items: [], nextCursor: null };
    const rows = inWorkspace(this.database.rows(FeedbackItemView, 'feedback'), workspace);
    if (before)
      rows.andWhere(
        '(feedback.createdAt, feedback.requestUid, feedback.workspace) < (:time, :requestUid, :before)',
        { time: new Date(before[0]), requestUid: before[1], before: before[2] },
      );
    if (projectUid !== undefined) rows.andWhere('feedback.projectUid = :projectUid', { projectUid });
    if (jimerUid !== undefined) rows.andWhere('feedback.jimerUid = :jimerUid', { jimerUid });
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
    const query = this.database
      .rows(FeedbackItemView, 'feedback')
      .where('feedback.requestUid = :uid', { uid });
    const rows = await inWorkspace(query, workspace).limit(2).getMany();
    return rows.map((row) => ({ ...showFeedback(row), history: [] }));
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
    status: 'new',
    tags: [],
    assignee: null,
    note: null,
    version: 1,
  };
}
