import type { RowOf } from '@app/engine';
import { CATALOG } from '@app/catalog';
import { Injectable } from '@nestjs/common';
import type { Journey, Touch } from '@app/projections';
import { cursorInstant, cursorInteger, cursorKind, cursorUuid } from '../paging/cursor';
import { pageOf, type Page, type PageQuery } from '../paging/page';
import { ReadDatabase } from '../database/read-database';
import { isoTime, isoTimeOrNull } from '../rows/times';
import { limitTo, Parameters } from '../sql/statement';
import {
  JOURNEY_STATES,
  MOST_COUNTED,
  type ExperienceJimersQuery,
  type FunnelQuery,
  type JimersSummaryDto,
  type JourneyState,
  type JourneyTimesDto,
  type TimelineItemDto,
} from '../jimers/journeys.dto';
import { durationOf } from './older-than';

type TouchRow = Pick<RowOf<typeof Touch>, 'eventId' | 'occurredAt' | 'kind' | 'experienceUid'> & {
  readonly sequence: number;
};

type JourneyRow = Pick<
  RowOf<typeof Journey>,
  | 'jimerUid'
  | 'firstSeenAt'
  | 'startedAt'
  | 'lastStartedAt'
  | 'completedAt'
  | 'lastCompletedAt'
  | 'dismissedAt'
  | 'lastDismissedAt'
  | 'lastEventAt'
> & { readonly state: JourneyState };

const TIMES = `j.first_seen_at AS "firstSeenAt", j.started_at AS "startedAt", j.last_started_at AS "lastStartedAt",
  j.completed_at AS "completedAt", j.last_completed_at AS "lastCompletedAt", j.dismissed_at AS "dismissedAt",
  j.last_dismissed_at AS "lastDismissedAt", j.last_event_at AS "lastEventAt"`;

/** A jimer's state in an experience, for lists of jimers. */
export interface JimerState {
  readonly jimerUid: string;
  readonly state: JourneyState;
  readonly times: JourneyTimesDto;
}

const byTime = cursorKind<[number, number, string]>('timeline', cursorInstant, cursorInteger, cursorUuid);
const byJimer = cursorKind<[string]>('experience-jimers', cursorUuid);

/** SQL of an event's place among those of one time, from the catalogue. */
const SEQUENCE_OF = `CASE ${[...Map.groupBy(Object.values(CATALOG), ({ sequence }) => sequence)]
  .flatMap(([sequence, events]) =>
    sequence === null
      ? []
      : [`WHEN t.kind IN (${events.map(({ name }) => `'${name}'`).join(', ')}) THEN ${sequence}`],
  )
  .join(' ')} ELSE 0 END`;

@Injectable()
export class JourneysQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first; of the same time, what must have come first is last. */
  async timeline(workspace: string, jimerUid: string, page: PageQuery): Promise<Page<TimelineItemDto>> {
    const parameters = new Parameters();
    const conditions = [
      `t.workspace = ${parameters.add(workspace)}`,
      `t.jimer_uid = ${parameters.add(jimerUid)}`,
    ];
    const before = byTime.decode(page.cursor);
    if (before) {
      const time = parameters.add(new Date(before[0]));
      const tie = `CAST(${parameters.add(before[1])} AS bigint), ${parameters.add(before[2])}`;
      // The first finds the place in the index.
      conditions.push(
        `t.occurred_at <= ${time}`,
        `(t.occurred_at, ${SEQUENCE_OF}, t.event_id) < (${time}, ${tie})`,
      );
    }
    // The key has the times in order. Those of one time are few: they are taken whole, and put in order.
    const rows = await this.database.planned<TouchRow>(
      `SELECT * FROM (
         SELECT t.event_id AS "eventId", t.occurred_at AS "occurredAt", t.kind, t.experience_uid AS "experienceUid",
                ${SEQUENCE_OF} AS sequence
           FROM read_models.touch AS t WHERE ${conditions.join(' AND ')}
          ORDER BY t.occurred_at DESC ${limitTo(page.limit, parameters, 'with ties')}) AS newest
        ORDER BY "occurredAt" DESC, sequence DESC, "eventId" DESC ${limitTo(page.limit, parameters)}`,
      parameters.values,
    );
    return pageOf(
      rows,
      page.limit,
      byTime,
      (row) => [row.occurredAt, row.sequence, row.eventId],
      (row) => ({
        id: row.eventId,
        event: row.kind!,
        time: isoTime(row.occurredAt),
        experienceUid: row.experienceUid,
      }),
    );
  }

  /** In order of jimer uid, which stays while states change: whoever goes through all pages misses nobody. */
  async jimersOf(
    workspace: string,
    experienceUid: string,
    { state, olderThan, limit, cursor }: ExperienceJimersQuery,
  ): Promise<Page<JimerState>> {
    const parameters = new Parameters();
    const of = `j.workspace = ${parameters.add(workspace)} AND j.experience_uid = ${parameters.add(experienceUid)}`;
    const after = byJimer.decode(cursor);
    const further = after ? `AND j.jimer_uid > ${parameters.add(after[0])}` : '';
    const stuck =
      olderThan === undefined
        ? ''
        : `AND j.in_state_since < ${parameters.add(new Date(Date.now() - durationOf(olderThan)!))}`;
    const limited = `ORDER BY "jimerUid" ${limitTo(limit, parameters)}`;
    // The index is in order of state, then of uid: the first of each state, merged.
    const parts = (state === undefined ? JOURNEY_STATES : [state]).map(
      (each) => `(SELECT j.jimer_uid AS "jimerUid", j.state, ${TIMES} FROM read_models.journey AS j
         WHERE ${of} AND j.state = '${each}' ${further} ${stuck} ${limited})`,
    );
    const rows = await this.database.planned<JourneyRow>(
      `SELECT * FROM (${parts.join(' UNION ALL ')}) AS first ${limited}`,
      parameters.values,
    );
    return pageOf(
      rows,
      limit,
      byJimer,
      (row) => [row.jimerUid],
      (row) => ({ jimerUid: row.jimerUid, state: row.state, times: times(row) }),
    );
  }

  /** How many there are in each state, `MOST_COUNTED` at most. */
  async jimersByState(workspace: string, experienceUid: string): Promise<JimersSummaryDto> {
    const counts = JOURNEY_STATES.map(
      (state) => `(SELECT count(*)::integer
         FROM (SELECT FROM read_models.journey AS j
                WHERE j.workspace = $1 AND j.experience_uid = $2 AND j.state = '${state}'
                LIMIT ${MOST_COUNTED}) AS counted) AS ${state}`,
    );
    const [row] = await this.database.planned<JimersSummaryDto>(`SELECT ${counts.join(', ')}`, [
      workspace,
      experienceUid,
    ]);
    return row!;
  }
}

/** SQL of the workspaces in which a jimer has touched an experience, two at most. */
export function homesOfTouched(parameters: Parameters, uid: string, workspace: string | null): string {
  // The counts per day are few where the journeys are many; in one workspace the first will do.
  const conditions = [`f.experience_uid = ${parameters.add(uid)}`, ...parameters.inWorkspace('f', workspace)];
  const from = `FROM read_models.funnel AS f WHERE ${conditions.join(' AND ')}`;
  return workspace === null
    ? `SELECT DISTINCT f.workspace ${from} LIMIT 2`
    : `SELECT f.workspace ${from} LIMIT 1`;
}

/** SQL of an experience's counts per day, in order, of the days that are asked for: from them alone, no journey. */
export function funnelDays(
  parameters: Parameters,
  uid: string,
  workspace: string | null,
  { from, to }: FunnelQuery,
): string {
  const conditions = [`f.experience_uid = ${parameters.add(uid)}`, ...parameters.inWorkspace('f', workspace)];
  if (from !== undefined) conditions.push(`f.day >= ${parameters.add(from)}`);
  if (to !== undefined) conditions.push(`f.day < ${parameters.add(to)}`);
  return `SELECT f.workspace, f.day, f.saw, f.started, f.completed,
      f.started_and_completed AS "startedAndCompleted", f.dismissed, f.likes, f.cta_clicks AS "ctaClicks", f.comments
    FROM read_models.funnel AS f WHERE ${conditions.join(' AND ')} ORDER BY f.day`;
}

function times(row: JourneyRow): JourneyTimesDto {
  return {
    firstSeenAt: isoTime(row.firstSeenAt!),
    startedAt: isoTimeOrNull(row.startedAt),
    lastStartedAt: isoTimeOrNull(row.lastStartedAt),
    completedAt: isoTimeOrNull(row.completedAt),
    lastCompletedAt: isoTimeOrNull(row.lastCompletedAt),
    dismissedAt: isoTimeOrNull(row.dismissedAt),
    lastDismissedAt: isoTimeOrNull(row.lastDismissedAt),
    lastEventAt: isoTime(row.lastEventAt!),
  };
}
