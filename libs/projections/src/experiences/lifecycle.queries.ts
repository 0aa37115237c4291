import {
  cursorInstant,
  cursorInteger,
  cursorKind,
  cursorText,
  cursorUuid,
  pageOf,
  ReadDatabase,
  type Page,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { momentOf } from '../shared/moments';
import { isoTime } from '../shared/show';
import { limitTo, Parameters, workspacesIn } from '../shared/sql';
import type { ViewRow } from '../shared/views';
import type { LifecycleEvent } from './experiences.tables';
import type { ExperienceStatus } from './experiences.dto';
import { ExperiencesQueries, showUser } from './experiences.queries';
import { statusesAfter } from './history';
import type { LifecycleEventDto, LifecycleQuery } from './lifecycle.dto';

type EventRow = Omit<ViewRow<typeof LifecycleEvent>, `content${string}` | 'rank'> & { readonly rank: number };

const byTime = cursorKind<[number, number, string, string]>(
  'lifecycle',
  cursorInstant,
  cursorInteger,
  cursorUuid,
  cursorText,
);

const COLUMNS = `l.workspace, l.experience_uid AS "experienceUid", l.occurred_at AS "occurredAt",
  l.event_id AS "eventId", l.kind, l.rank, l.has_snapshot AS "hasSnapshot", l.title, l.state, l.is_draft AS "isDraft",
  l.expires_at AS "expiresAt", l.user_uid AS "userUid", l.user_email AS "userEmail",
  l.user_first_name AS "userFirstName", l.user_last_name AS "userLastName"`;

@Injectable()
export class LifecycleQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly experiences: ExperiencesQueries,
  ) {}

  /** Newest first; of the same time as a history has them, from the end. */
  async list(workspace: string | null, query: LifecycleQuery): Promise<Page<LifecycleEventDto>> {
    const rows = await this.page(workspace, query);
    const [statuses, experiences] = await Promise.all([
      this.statusesOf(rows),
      this.experiences.several(rows),
    ]);
    const kinds = new Map(
      experiences.map((each) => [experienceOf({ ...each, experienceUid: each.uid }), each]),
    );
    return pageOf(
      rows,
      query.limit,
      byTime,
      (row) => [row.occurredAt, row.rank, row.eventId, row.workspace],
      (row) => {
        const kind = kinds.get(experienceOf(row));
        return {
          id: row.eventId,
          workspace: row.workspace,
          experienceUid: row.experienceUid,
          title: row.title ?? kind?.title ?? null,
          type: kind?.type ?? null,
          event: row.kind!,
          time: isoTime(row.occurredAt),
          user: showUser(row.userUid, row.userEmail, row.userFirstName, row.userLastName),
          // The views may have been switched in between to where it is not yet.
          status: statuses.get(eventOf(row)) ?? statusesAfter([row])[0]!,
        };
      },
    );
  }

  private page(workspace: string | null, { limit, cursor, from, to }: LifecycleQuery): Promise<EventRow[]> {
    const before = byTime.decode(cursor);
    const parameters = new Parameters();
    const conditions: string[] = [];
    if (from !== undefined) conditions.push(`l.occurred_at >= ${parameters.add(new Date(momentOf(from)!))}`);
    if (to !== undefined) conditions.push(`l.occurred_at < ${parameters.add(new Date(momentOf(to)!))}`);
    if (before) {
      const place = [new Date(before[0]), before[1], before[2]]
        .map((part) => parameters.add(part))
        .join(', ');
      // The first finds the place in each workspace's index.
      conditions.push(
        `(l.occurred_at, l.rank, l.event_id) <= (${place})`,
        `(l.occurred_at, l.rank, l.event_id, l.workspace) < (${place}, ${parameters.add(before[3])})`,
      );
    }
    const most = limitTo(limit, parameters);
    const pageOfOne = (home: string): string =>
      `SELECT ${COLUMNS} FROM read_models.lifecycle_event AS l
        WHERE ${[`l.workspace = ${home}`, ...conditions].join(' AND ')}
        ORDER BY l.occurred_at DESC, l.rank DESC, l.event_id DESC ${most}`;
    // Of all workspaces: a page of each, merged, so that none is sorted as a whole.
    const sql =
      workspace !== null
        ? pageOfOne(parameters.add(workspace))
        : `SELECT page.* FROM ${workspacesIn('read_models.lifecycle_event')} AS home(workspace)
            CROSS JOIN LATERAL (${pageOfOne('home.workspace')}) AS page
            ORDER BY "occurredAt" DESC, rank DESC, "eventId" DESC, workspace DESC ${most}`;
    return this.database.planned<EventRow>(sql, parameters.values);
  }

  /** By event: the whole life of each experience decides, of which a page shows a part. */
  private async statusesOf(rows: readonly EventRow[]): Promise<Map<string, ExperienceStatus>> {
    if (rows.length === 0) return new Map();
    const distinct = (field: 'workspace' | 'experienceUid') => [...new Set(rows.map((row) => row[field]))];
    const lives = await this.database.planned<EventRow>(
      `SELECT ${COLUMNS} FROM read_models.lifecycle_event AS l
        WHERE l.workspace = ANY($1) AND l.experience_uid = ANY($2) ORDER BY l.occurred_at, l.rank, l.event_id`,
      [distinct('workspace'), distinct('experienceUid')],
    );
    return new Map(
      [...Map.groupBy(lives, experienceOf).values()].flatMap((life) => {
        const statuses = statusesAfter(life);
        return life.map((row, i) => [eventOf(row), statuses[i]!] as const);
      }),
    );
  }
}

const experienceOf = ({ workspace, experienceUid }: Pick<EventRow, 'workspace' | 'experienceUid'>): string =>
  `${experienceUid} ${workspace}`;
const eventOf = (row: EventRow): string => `${row.eventId} ${experienceOf(row)}`;
