import type { RowOf } from '@app/engine';
import type { FeedbackStatus, TriagedItem } from '@app/catalog';
import { StoredJson } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { FeedbackItem } from '@app/projections';
import { cursorInstant, cursorKind, cursorText, cursorUuid } from '../paging/cursor';
import { pageOf, type Page } from '../paging/page';
import { ReadDatabase } from '../database/read-database';
import { composed, holds } from '../sql/search';
import { isoTime, isoTimeInJson } from '../rows/times';
import { gathered, limitTo, Parameters, rowsIn, workspacesIn } from '../sql/statement';
import { viewOf } from '../rows/views';
import type { FeedbackChangeDto, FeedbackDto, FeedbackItemDto, FeedbackQuery } from './feedback.dto';
import { historyOf, type MadeVersion } from './feedback.history';

export const FeedbackItemView = viewOf(FeedbackItem);

/** `tags` is the JSON text of a list. */
type Standing = Omit<TriagedItem, 'status' | 'tags'> & {
  readonly status: string | null;
  readonly tags: string | null;
};
type FeedbackRow = Standing &
  Pick<
    RowOf<typeof FeedbackItem>,
    'workspace' | 'requestUid' | 'jimerUid' | 'request' | 'project' | 'jimer' | 'createdAt' | 'version'
  >;
type ChangeRow = Standing & Omit<MadeVersion, 'item'>;

const SHOWN_CHANGES = 100;
const SHOWN_DUPLICATES = 200;

const byTime = cursorKind<[number, string, string, string]>(
  'feedback',
  ...[cursorInstant, cursorText, cursorText, cursorUuid],
);

const STANDING = ['status', 'tags::text AS tags', 'assignee', 'note', 'merged_into AS "mergedInto"'];
const COLUMNS = [
  ...['workspace', 'request_uid AS "requestUid"', 'jimer_uid AS "jimerUid"', 'request', 'project', 'jimer'],
  ...['created_at AS "createdAt"', 'version', ...STANDING],
]
  .map((column) => `f.${column}`)
  .join(', ');
/** As the index has the items of one workspace; of a request that two have submitted it knows no order. */
const NEWEST_FIRST = 'f.created_at DESC, f.request_uid DESC, f.jimer_uid DESC';
/** A triage may outlive the request that it is about: then nothing of it is shown. */
const SUBMITTED = 'f.created_at IS NOT NULL';

const MERGED_FROM = gathered(
  // Two people may have submitted a request of one uid.
  `SELECT d.request_uid AS uid FROM read_models.feedback_item AS d
    WHERE d.workspace = f.workspace AND d.merged_into = f.request_uid AND d.created_at IS NOT NULL
    GROUP BY d.request_uid ORDER BY min(d.created_at), d.request_uid LIMIT ${SHOWN_DUPLICATES}`,
);
/** Newest first, and the one before the last that is shown, which that was made from. */
const HISTORY = gathered(
  `SELECT c.version, c.change_time AS time, c.changed_by AS by, c.actor, ${STANDING.map((column) => `c.${column}`).join(', ')}
     FROM read_models.feedback_change AS c
    WHERE c.workspace = f.workspace AND c.request_uid = f.request_uid AND c.jimer_uid = f.jimer_uid
    ORDER BY c.version DESC LIMIT ${SHOWN_CHANGES + 1}`,
);

/**
 * The fields of a request are unknown: look into every text in it, at any depth, and at no member's name.
 * In JSON without a backslash every text stands as it is, so that most requests are ruled out at a glance.
 */
const requestHolds = (q: string): string => `(
  (strpos(CAST(f.request AS text), chr(92)) > 0 OR ${holds(composed('CAST(f.request AS text)'), q)})
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
    SELECT FROM node WHERE json_typeof(item) = 'string' AND ${holds(composed("item #>> '{}'"), q)}))`;

@Injectable()
export class FeedbackQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first. */
  async list(workspace: string | null, query: FeedbackQuery): Promise<Page<FeedbackDto>> {
    const { limit } = query;
    const before = byTime.decode(query.cursor);
    const parameters = new Parameters();
    const conditions = [SUBMITTED, ...filters(query, parameters)];
    if (before) {
      const [time, uid] = [parameters.add(new Date(before[0])), parameters.add(before[1])];
      // The first finds the place in each workspace's index.
      conditions.push(
        `(f.created_at, f.request_uid) <= (${time}, ${uid})`,
        `(f.created_at, f.request_uid, f.workspace, f.jimer_uid) < (${time}, ${uid}, ${parameters.add(before[2])}, ${parameters.add(before[3])})`,
      );
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
            ORDER BY "createdAt" DESC, "requestUid" DESC, workspace DESC, "jimerUid" DESC ${most}`;
    const found = await this.database.planned<FeedbackRow>(sql, parameters.values);
    return pageOf(
      found,
      limit,
      byTime,
      (row) => [row.createdAt!, row.requestUid, row.workspace, row.jimerUid],
      showFeedback,
    );
  }

  /** The item in each workspace that knows it; at most two are given. */
  async find(uid: string, workspace: string | null): Promise<FeedbackItemDto[]> {
    const parameters = new Parameters();
    const conditions = [
      SUBMITTED,
      `f.request_uid = ${parameters.add(uid)}`,
      ...parameters.inWorkspace('f', workspace),
    ];
    const rows = await this.database.planned<
      FeedbackRow & { readonly mergedFrom: string | null; readonly history: string | null }
    >(
      // Should a request ever have been submitted by two, the one that was triaged is meant: what was done stays in sight.
      `SELECT DISTINCT ON (f.workspace) ${COLUMNS}, ${MERGED_FROM} AS "mergedFrom", ${HISTORY} AS history
         FROM read_models.feedback_item AS f WHERE ${conditions.join(' AND ')}
        ORDER BY f.workspace, f.version DESC, ${NEWEST_FIRST} LIMIT 2`,
      parameters.values,
    );
    return rows.map((row) => ({
      ...showFeedback(row),
      mergedFrom: rowsIn<{ readonly uid: string }>(row.mergedFrom).map((merged) => merged.uid),
      history: showHistory(rowsIn<ChangeRow>(row.history)),
    }));
  }
}

function filters(query: FeedbackQuery, parameters: Parameters): string[] {
  const { status, projectUid, jimerUid, tag, assignee, merged, mergedInto, q } = query;
  const conditions: string[] = [];
  if (status !== undefined) conditions.push(`f.status = ANY(${parameters.add(status)})`);
  if (projectUid !== undefined) conditions.push(`f.project_uid = ${parameters.add(projectUid)}`);
  if (jimerUid !== undefined) conditions.push(`f.jimer_uid = ${parameters.add(jimerUid)}`);
  if (tag !== undefined)
    conditions.push(
      `EXISTS (SELECT FROM json_array_elements_text(f.tags) AS t (tag) WHERE t.tag = ${parameters.add(tag)})`,
    );
  if (assignee !== undefined) conditions.push(`f.assignee = ${parameters.add(assignee)}`);
  if (merged !== undefined) conditions.push(`f.merged_into IS ${merged ? 'NOT NULL' : 'NULL'}`);
  if (mergedInto !== undefined) conditions.push(`f.merged_into = ${parameters.add(mergedInto)}`);
  if (q !== undefined) {
    const part = parameters.add(q);
    conditions.push(`(${holds('f.project_name', part)} OR ${requestHolds(part)})`);
  }
  return conditions;
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

function showHistory(newestFirst: readonly ChangeRow[]): FeedbackChangeDto[] {
  const versions = newestFirst.toReversed().map((row): MadeVersion => {
    const { version, time, by, actor } = row;
    return { version, item: standingOf(row), time: isoTimeInJson(time), by, actor };
  });
  if (versions.length <= SHOWN_CHANGES) return historyOf(versions);
  return historyOf(versions.slice(1), versions[0]!.item);
}

function standingOf({ status, tags, assignee, note, mergedInto }: Standing): TriagedItem {
  return {
    status: (status ?? 'new') as FeedbackStatus,
    tags: JSON.parse(tags ?? '[]') as string[],
    assignee,
    note,
    mergedInto,
  };
}
