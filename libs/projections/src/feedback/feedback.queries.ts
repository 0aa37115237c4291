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
import { holds } from '../shared/search';
import { isoTime } from '../shared/show';
import { limitTo, Parameters, workspacesIn } from '../shared/sql';
import { viewOf, type ViewRow } from '../shared/views';
import type { FeedbackDto, FeedbackItemDto, FeedbackQuery } from './feedback.dto';
import { FeedbackItem } from './feedback.tables';

export const FeedbackItemView = viewOf(FeedbackItem);
type FeedbackRow = Pick<
  ViewRow<typeof FeedbackItem>,
  'workspace' | 'requestUid' | 'request' | 'project' | 'jimer' | 'createdAt'
>;

const byTime = cursorKind<[number, string, string]>('feedback', cursorInstant, cursorText, cursorText);

const COLUMNS = `f.workspace, f.request_uid AS "requestUid", f.request, f.project, f.jimer, f.created_at AS "createdAt"`;
/** As the index has the items of one workspace. */
const NEWEST_FIRST = 'f.created_at DESC, f.request_uid DESC';

/**
 * The fields of a request are unknown: look into every text in it, at any depth, and at no member's name.
 * In JSON without a backslash every text stands as it is, so that most requests are ruled out at a glance.
 */
const requestHolds = (q: string): string => `(
  (strpos(CAST(f.request AS text), chr(92)) > 0 OR ${holds('CAST(f.request AS text)', q)})
  AND EXISTS (
    WITH RECURSIVE node(item) AS (
      SELECT f.request
      UNION ALL
      SELECT child.item FROM node CROSS JOIN LATERAL (
        SELECT value FROM json_each(CASE WHEN json_typeof(node.item) = 'object' THEN node.item END)
        UNION ALL
        SELECT value FROM json_array_elements(CASE WHEN json_typeof(node.item) = 'array' THEN node.item END)
      ) AS child(item)
    )
    SELECT FROM node WHERE json_typeof(item) = 'string' AND ${holds("item #>> '{}'", q)}))`;

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
    const parameters = new Parameters();
    const conditions: string[] = [];
    if (before) {
      const [time, uid] = [parameters.add(new Date(before[0])), parameters.add(before[1])];
      // The first finds the place in each workspace's index.
      conditions.push(
        `(f.created_at, f.request_uid) <= (${time}, ${uid})`,
        `(f.created_at, f.request_uid, f.workspace) < (${time}, ${uid}, ${parameters.add(before[2])})`,
      );
    }
    if (projectUid !== undefined) conditions.push(`f.project_uid = ${parameters.add(projectUid)}`);
    if (jimerUid !== undefined) conditions.push(`f.jimer_uid = ${parameters.add(jimerUid)}`);
    if (q !== undefined) {
      const part = parameters.add(q);
      conditions.push(`(${holds('f.project_name', part)} OR ${requestHolds(part)})`);
    }
    const most = limitTo(limit, parameters);
    const pageOfOne = (home: string): string =>
      `SELECT ${COLUMNS} FROM read_models.feedback_item AS f
        WHERE ${[`f.workspace = ${home}`, ...conditions].join(' AND ')} ORDER BY ${NEWEST_FIRST} ${most}`;
    // Of all workspaces: a page of each, merged, so that none is sorted as a whole.
    const sql =
      workspace !== null
        ? pageOfOne(parameters.add(workspace))
        : `SELECT page.* FROM ${workspacesIn('read_models.feedback_item')} AS home(workspace)
            CROSS JOIN LATERAL (${pageOfOne('home.workspace')}) AS page
            ORDER BY "createdAt" DESC, "requestUid" DESC, workspace DESC ${most}`;
    const found = await this.database.planned<FeedbackRow>(sql, parameters.values);
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
    const parameters = new Parameters();
    const conditions = [`f.request_uid = ${parameters.add(uid)}`, ...parameters.inWorkspace('f', workspace)];
    const rows = await this.database.planned<FeedbackRow>(
      `SELECT ${COLUMNS} FROM read_models.feedback_item AS f WHERE ${conditions.join(' AND ')} LIMIT 2`,
      parameters.values,
    );
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
