import { LifecycleEvent } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { columnsOf } from '../common/database/select';
import { limitTo, Parameters } from '../common/database/statement';
import { isoTime } from '../common/database/times';
import { cursorInstant, cursorInteger, cursorKind, cursorUuid } from '../common/parameters/cursor';
import { momentOf } from '../common/parameters/moments';
import { pageOf, type Page, type PageQuery } from '../common/parameters/page';
import { ExperiencesQueries, type ExperienceAnswer } from '../experiences/experiences.queries';
import { keysetOf, pageStatement } from '../read-models/keyset';
import type { LifecycleEventDto, LifecycleItemDto, LifecycleQuery } from './lifecycle.dto';
import { eventOf, experienceOf, LIFECYCLE, statusesOf, type LifecycleRow } from './statuses.queries';

const NEWEST_FIRST = {
  columns: columnsOf(LifecycleEvent, ['occurredAt', 'rank', 'eventId', 'workspace']),
  indexed: 3,
};
const NEWEST = keysetOf('lifecycle', NEWEST_FIRST);

const byPlace = cursorKind<[number, number, string]>('history', cursorInstant, cursorInteger, cursorUuid);

@Injectable()
export class LifecycleQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly experiences: ExperiencesQueries,
  ) {}

  /** Newest first; of the same time as a history has them, from the end. */
  async list(workspace: string | null, query: LifecycleQuery): Promise<Page<LifecycleEventDto>> {
    const rows = await this.page(workspace, query);
    const experiences = await this.experiences.several(rows);
    const kinds = new Map(
      experiences.map((each) => [experienceOf({ ...each, experienceUid: each.uid }), each]),
    );
    const statuses = await statusesOf(
      this.database,
      rows,
      new Map([...kinds].map(([key, { deletedAt }]) => [key, instantIn(deletedAt)])),
    );
    return pageOf(
      rows,
      query.limit,
      NEWEST.cursor,
      (row) => NEWEST.keyOf(row),
      (row) => {
        const kind = kinds.get(experienceOf(row));
        return {
          id: row.eventId,
          workspace: row.workspace,
          experienceUid: row.experienceUid,
          title: row.title ?? kind?.title ?? null,
          type: kind?.type ?? null,
          event: row.kind,
          time: isoTime(row.occurredAt),
          user: showUser(row),
          status: statuses.get(eventOf(row))!,
        };
      },
    );
  }

  private page(
    workspace: string | null,
    { limit, cursor, from, to }: LifecycleQuery,
  ): Promise<LifecycleRow[]> {
    const after = NEWEST.cursor.decode(cursor);
    const parameters = new Parameters();
    const conditions: string[] = [];
    if (from !== undefined) conditions.push(`l.occurred_at >= ${parameters.add(new Date(momentOf(from)!))}`);
    if (to !== undefined) conditions.push(`l.occurred_at < ${parameters.add(new Date(momentOf(to)!))}`);
    const page = {
      ...{ view: 'read_models.lifecycle_event', alias: 'l', select: LIFECYCLE },
      ...{ conditions, workspace, limit, after },
    };
    const sql = pageStatement(NEWEST_FIRST, page, parameters);
    return this.database.planned<LifecycleRow>(sql, parameters.values);
  }

  /** The lifecycle events of one experience, in order of time, then of the kinds' ranks, then of id. */
  async history(
    { workspace, uid, deletedAt }: ExperienceAnswer,
    { cursor, limit }: PageQuery,
  ): Promise<Page<LifecycleItemDto>> {
    const after = byPlace.decode(cursor);
    const parameters = new Parameters();
    const conditions = [
      `l.workspace = ${parameters.add(workspace)}`,
      `l.experience_uid = ${parameters.add(uid)}`,
    ];
    if (after) {
      const [at, rank, id] = [new Date(after[0]), after[1], after[2]].map((part) => parameters.add(part));
      // The first finds the place in the key.
      conditions.push(
        `l.occurred_at >= ${at}`,
        `(l.occurred_at, l.rank, l.event_id) > (${[at, rank, id].join(', ')})`,
      );
    }
    const rows = await this.database.planned<LifecycleRow>(
      `SELECT ${LIFECYCLE} FROM read_models.lifecycle_event AS l WHERE ${conditions.join(' AND ')}
        ORDER BY l.occurred_at, l.rank, l.event_id ${limitTo(limit, parameters)}`,
      parameters.values,
    );
    const known = new Map([[experienceOf({ workspace, experienceUid: uid }), instantIn(deletedAt)]]);
    const statuses = await statusesOf(this.database, rows, known);
    return pageOf(
      rows,
      limit,
      byPlace,
      (row) => [row.occurredAt, row.rank, row.eventId],
      (row) => ({
        id: row.eventId,
        event: row.kind,
        time: isoTime(row.occurredAt),
        user: showUser(row),
        status: statuses.get(eventOf(row))!,
      }),
    );
  }
}

function showUser(row: LifecycleRow): LifecycleItemDto['user'] {
  const { userUid: uid, userEmail: email, userFirstName: firstName, userLastName: lastName } = row;
  const user = { uid, email, firstName, lastName };
  return Object.values(user).every((value) => value === null) ? null : user;
}

const instantIn = (time: string | null): number | null => (time === null ? null : Date.parse(time));
