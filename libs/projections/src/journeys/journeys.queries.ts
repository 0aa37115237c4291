import {
  cursorInstant,
  cursorKind,
  cursorUuid,
  pageOf,
  ReadDatabase,
  type Page,
  type PageQuery,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { COMMENTS, COMPLETIONS, CTA_CLICKS, STARTS, VIEWS } from '../shared/kinds';
import { inWorkspace } from '../shared/search';
import { isoTime, isoTimeOrNull } from '../shared/show';
import { tallyViewOf, viewOf, type ViewRow } from '../shared/views';
import { askedRange, checkRange, funnelOf, type FunnelDay } from './funnel';
import {
  JOURNEY_STATES,
  type ExperienceJimersQuery,
  type FunnelDto,
  type FunnelQuery,
  type JourneyDto,
  type JourneyState,
  type JourneyTimesDto,
  type TaskDto,
  type TimelineItemDto,
} from './journeys.dto';
import { Funnel, Journey, Task, Touch } from './journeys.tables';

export const JourneyView = viewOf<typeof Journey, { readonly state: JourneyState }>(Journey);
export const TouchView = viewOf(Touch);
export const TaskView = viewOf<typeof Task, { readonly at: number }>(Task);
export const FunnelView = tallyViewOf<FunnelDay & { workspace: string; experienceUid: string }>(Funnel);

type JourneyRow = ViewRow<typeof Journey> & { readonly state: JourneyState };

/** A jimer's state in an experience, for lists of jimers. */
export interface JimerState {
  readonly jimerUid: string;
  readonly state: JourneyState;
  readonly times: JourneyTimesDto;
}

interface Counts {
  readonly starts: number;
  readonly completions: number;
  readonly views: number;
  readonly ctaClicks: number;
  readonly comments: number;
}

const NO_COUNTS: Counts = { starts: 0, completions: 0, views: 0, ctaClicks: 0, comments: 0 };

/** The index is in order of state, then of uid: the first of each state, merged. */
const JIMERS_BY_UID = (states: readonly JourneyState[]): string =>
  `SELECT jimer_uid AS "jimerUid" FROM (${states
    .map(
      (state) => `(
    SELECT jimer_uid FROM read_models.journey
     WHERE workspace = $1 AND experience_uid = $2 AND state = '${state}' AND ($3::uuid IS NULL OR jimer_uid > $3)
     ORDER BY jimer_uid LIMIT $4)`,
    )
    .join(' UNION ALL ')}) AS first ORDER BY jimer_uid LIMIT $4`;

const byTime = cursorKind<[number, string]>('timeline', cursorInstant, cursorUuid);
const byJimer = cursorKind<[string]>('experience-jimers', cursorUuid);

@Injectable()
export class JourneysQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** A jimer's journeys, the one with the newest event first. */
  async ofJimer(workspace: string, jimerUid: string): Promise<JourneyDto[]> {
    const whose = { workspace, jimerUid };
    const [journeys, counts, tasks] = await Promise.all([
      this.database.rows(JourneyView, 'journey').where(whose).getMany(),
      this.countsOf(workspace, jimerUid),
      this.database
        .rows(TaskView, 'task')
        .where(whose)
        .orderBy('task.at')
        .addOrderBy('task.taskUid')
        .getMany(),
    ]);
    const tasksOf = Map.groupBy(tasks, ({ experienceUid }) => experienceUid);
    return journeys
      .sort((a, b) => b.lastEventAt! - a.lastEventAt! || (a.experienceUid < b.experienceUid ? -1 : 1))
      .map((row) => ({
        uid: row.experienceUid,
        title: row.title,
        type: row.type,
        state: row.state,
        ...times(row),
        ...(counts.get(row.experienceUid) ?? NO_COUNTS),
        liked: row.likedAt !== null,
        tasks: (tasksOf.get(row.experienceUid) ?? []).map(showTask),
      }));
  }

  /** Newest first. */
  async timeline(workspace: string, jimerUid: string, page: PageQuery): Promise<Page<TimelineItemDto>> {
    const query = this.database.rows(TouchView, 'touch').where({ workspace, jimerUid });
    const before = byTime.decode(page.cursor);
    if (before)
      query.andWhere('(touch.occurredAt, touch.eventId) < (:time, :eventId)', {
        time: new Date(before[0]),
        eventId: before[1],
      });
    const rows = await query
      .orderBy('touch.occurredAt', 'DESC')
      .addOrderBy('touch.eventId', 'DESC')
      .limit(page.limit + 1)
      .getMany();
    return pageOf(
      rows,
      page.limit,
      byTime,
      (row) => [row.occurredAt, row.eventId],
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
    { state, limit, cursor }: ExperienceJimersQuery,
  ): Promise<Page<JimerState>> {
    const after = byJimer.decode(cursor)?.[0] ?? null;
    const asked = await this.database.query<{ jimerUid: string }>(
      JIMERS_BY_UID(state === undefined ? JOURNEY_STATES : [state]),
      [workspace, experienceUid, after, limit + 1],
    );
    if (asked.length === 0) return { items: [], nextCursor: null };
    const rows = await this.database
      .rows(JourneyView, 'journey')
      .where({ workspace, experienceUid })
      .andWhere('journey.jimerUid IN (:...uids)', { uids: asked.map(({ jimerUid }) => jimerUid) })
      .orderBy('journey.jimerUid')
      .getMany();
    return pageOf(
      rows,
      limit,
      byJimer,
      (row) => [row.jimerUid],
      (row) => ({ jimerUid: row.jimerUid, state: row.state, times: times(row) }),
    );
  }

  /** From the counts per day alone: no journey is looked at. */
  async funnel(workspace: string, experienceUid: string, query: FunnelQuery): Promise<FunnelDto> {
    checkRange(query);
    const { first, end } = askedRange(query);
    const days = this.database.rows(FunnelView, 'funnel').where({ workspace, experienceUid });
    if (first !== null) days.andWhere('funnel.day >= :from', { from: query.from });
    if (end !== null) days.andWhere('funnel.day < :to', { to: query.to });
    return funnelOf(await days.orderBy('funnel.day').getMany(), query);
  }

  /** The workspaces in which a jimer has touched the experience; at most two are given. */
  async workspacesOf(experienceUid: string, workspace: string | null): Promise<string[]> {
    // The counts per day are few where the journeys are many.
    const query = this.database
      .rows(FunnelView, 'funnel')
      .select('funnel.workspace', 'workspace')
      .distinct()
      .where('funnel.experienceUid = :experienceUid', { experienceUid });
    const rows = await inWorkspace(query, workspace).limit(2).getRawMany<{ workspace: string }>();
    return rows.map((row) => row.workspace);
  }

  private async countsOf(workspace: string, jimerUid: string): Promise<ReadonlyMap<string, Counts>> {
    const rows = await this.database.query<Counts & { experienceUid: string }>(
      `SELECT experience_uid AS "experienceUid",
              count(*) FILTER (WHERE kind = ANY($3)) AS "starts",
              count(*) FILTER (WHERE kind = ANY($4)) AS "completions",
              count(*) FILTER (WHERE kind = ANY($5)) AS "views",
              count(*) FILTER (WHERE kind = ANY($6)) AS "ctaClicks",
              count(*) FILTER (WHERE kind = ANY($7)) AS "comments"
         FROM read_models.touch
        WHERE workspace = $1 AND jimer_uid = $2 AND experience_uid IS NOT NULL
        GROUP BY experience_uid`,
      [workspace, jimerUid, STARTS, COMPLETIONS, VIEWS, CTA_CLICKS, COMMENTS],
    );
    return new Map(rows.map(({ experienceUid, ...counts }) => [experienceUid, counts]));
  }
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

function showTask(row: ViewRow<typeof Task> & { readonly at: number }): TaskDto {
  return { uid: row.taskUid, name: row.name, status: row.status!, at: isoTime(row.at) };
}
