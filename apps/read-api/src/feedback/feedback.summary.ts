import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { isoTime } from '../common/database/times';
import { countsOf, groupedCounts, type LaneCount } from './lane-counts';
import type { FeedbackSummaryDto, OldestUntriagedDto } from './feedback.summary.dto';

const MOST_GROUPS = 200;
const MOST_WEEKS = 104;

/** Either the project or the week is null: rows are counted by both. */
interface BoardRow extends LaneCount {
  readonly workspace: string | null;
  readonly projectUid: string | null;
  readonly week: string | null;
}

/** Of $1, a workspace or null for all, and $2, a project or null for all. */
const CHOSEN = `($1::text IS NULL OR workspace = $1) AND ($2::uuid IS NULL OR project_uid = $2)`;

/** A board's figures, from tallies: what they cost goes by the number of groups, not of items. */
@Injectable()
export class FeedbackSummary {
  constructor(private readonly database: ReadDatabase) {}

  async of(workspace: string | null, projectUid: string | null): Promise<FeedbackSummaryDto> {
    const [rows, tags, oldestUntriaged] = await Promise.all([
      this.board(workspace, projectUid),
      this.tags(workspace, projectUid),
      this.oldestUntriaged(workspace, projectUid),
    ]);
    const ofProjects = rows.filter((row) => row.projectUid !== null);
    const ofWeeks = rows.filter((row) => row.week !== null);
    const projects = groupedCounts(
      ofProjects,
      (row) => JSON.stringify([row.workspace, row.projectUid]),
      (row) => ({ workspace: row.workspace!, uid: row.projectUid! }),
    ).slice(0, MOST_GROUPS);
    const names = await this.namesOf(projects);
    return {
      ...countsOf(ofWeeks),
      projects: projects.map((project, i) => ({ ...project, name: names[i]! })),
      tags: groupedCounts(
        tags,
        ({ tag }) => tag,
        ({ tag }) => ({ tag }),
      ).slice(0, MOST_GROUPS),
      weeks: groupedCounts(
        ofWeeks,
        (row) => row.week!,
        (row) => ({ from: row.week! }),
      )
        .sort((a, b) => (a.from < b.from ? -1 : 1))
        .slice(-MOST_WEEKS),
      oldestUntriaged,
    };
  }

  private board(workspace: string | null, projectUid: string | null): Promise<BoardRow[]> {
    return this.database.planned<BoardRow>(
      `SELECT workspace, project_uid AS "projectUid", week, lane, sum(items)::bigint AS items
         FROM (SELECT workspace, project_uid, date_trunc('week', day::timestamp)::date AS week, lane, items
                 FROM read_models.feedback_counts WHERE ${CHOSEN}) AS counted
        GROUP BY GROUPING SETS ((workspace, project_uid, lane), (week, lane))`,
      [workspace, projectUid],
    );
  }

  private tags(
    workspace: string | null,
    projectUid: string | null,
  ): Promise<(LaneCount & { readonly tag: string })[]> {
    return this.database.planned(
      `SELECT tag, lane, sum(items)::bigint AS items
         FROM read_models.feedback_tag_counts WHERE ${CHOSEN} GROUP BY tag, lane ORDER BY tag`,
      [workspace, projectUid],
    );
  }

  /** Workspace by workspace, since that is where the index begins. */
  private async oldestUntriaged(
    workspace: string | null,
    projectUid: string | null,
  ): Promise<OldestUntriagedDto | null> {
    const [oldest] = await this.database.planned<
      Omit<OldestUntriagedDto, 'createdAt'> & { createdAt: number }
    >(
      `SELECT known.workspace, item.*
         FROM (SELECT DISTINCT workspace FROM read_models.feedback_counts WHERE lane = 'new' AND ${CHOSEN}) AS known
        CROSS JOIN LATERAL (
          SELECT request_uid AS uid, created_at AS "createdAt", project_uid AS "projectUid", project_name AS "projectName"
            FROM read_models.feedback_item AS own
           WHERE own.workspace = known.workspace AND lane = 'new' AND created_at IS NOT NULL
             AND ($2::uuid IS NULL OR project_uid = $2)
           ORDER BY created_at, request_uid LIMIT 1) AS item
        ORDER BY item."createdAt", item.uid LIMIT 1`,
      [workspace, projectUid],
    );
    return oldest ? { ...oldest, createdAt: isoTime(oldest.createdAt) } : null;
  }

  /** As the newest request of each says; in their order. */
  private async namesOf(
    projects: readonly { readonly workspace: string; readonly uid: string }[],
  ): Promise<(string | null)[]> {
    if (projects.length === 0) return [];
    const rows = await this.database.planned<{ name: string | null }>(
      `SELECT (SELECT project_name FROM read_models.feedback_item AS item
                WHERE item.workspace = p.workspace AND item.project_uid = p.uid AND created_at IS NOT NULL
                ORDER BY created_at DESC, request_uid DESC LIMIT 1) AS name
         FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS p (workspace, uid, place) ORDER BY place`,
      [projects.map(({ workspace }) => workspace), projects.map(({ uid }) => uid)],
    );
    return rows.map(({ name }) => name);
  }
}
