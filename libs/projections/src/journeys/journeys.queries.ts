import {
  cursorInstant,
  cursorKind,
  cursorText,
  cursorUuid,
  pageOf,
  ReadDatabase,
  type Page,
  type PageQuery,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { COMMENTS, COMPLETIONS, CTA_CLICKS, STARTS, VIEWS } from '../shared/kinds';
import { checkRange } from '../shared/intervals';
import { inWorkspace } from '../shared/search';
import { isoTime, isoTimeOrNull } from '../shared/show';
import { tallyViewOf, viewOf, type ViewRow } from '../shared/views';
import { funnelOf, type FunnelDay } from './funnel';
import type {
  ExperienceJimersQuery,
  FunnelDto,
  FunnelQuery,
  JourneyDto,
  JourneyState,
  JourneyTimesDto,
  TaskDto,
  TimelineItemDto,
} from './journeys.dto';
import { Funnel, Journey, Task, Touch } from './journeys.tables';
import { durationOf } from './older-than';
import { TasksQueries } from './tasks.queries';

export const JourneyView = viewOf<
  typeof Journey,
  { readonly state: JourneyState; readonly inStateSince: number }
>(Journey);
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

const byTime = cursorKind<[number, string]>('timeline', cursorInstant, cursorUuid);
const byState = cursorKind<[string, string]>('experience-jimers', cursorText, cursorUuid);

@Injectable()
export class JourneysQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly tasks: TasksQueries,
  ) {}

  /** A jimer's journeys, the one with the newest event first. */
  async ofJimer(workspace: string, jimerUid: string): Promise<JourneyDto[]> {
    const whose = { workspace, jimerUid };
    const [journeys, counts, tasks, known] = await Promise.all([
      this.database.rows(JourneyView, 'journey').where(whose).getMany(),
      this.countsOf(workspace, jimerUid),
      this.database
        .rows(TaskView, 'task')
        .where(whose)
        .orderBy('task.at')
        .addOrderBy('task.taskUid')
        .getMany(),
      this.tasks.knownIn(workspace, jimerUid),
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
        ...showTasks(row, tasksOf.get(row.experienceUid) ?? [], known.get(row.experienceUid) ?? 0),
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

  /** In order of state and jimer uid, as the index has them. */
  async jimersOf(
    workspace: string,
    experienceUid: string,
    { state, olderThan, limit, cursor }: ExperienceJimersQuery,
  ): Promise<Page<JimerState>> {
    const query = this.database.rows(JourneyView, 'journey').where({ workspace, experienceUid });
    if (state !== undefined) query.andWhere('journey.state = :state', { state });
    if (olderThan !== undefined)
      query.andWhere('journey.inStateSince < :since', {
        since: new Date(Date.now() - durationOf(olderThan)!),
      });
    const after = byState.decode(cursor);
    if (after)
      query.andWhere('(journey.state, journey.jimerUid) > (:afterState, :afterUid)', {
        afterState: after[0],
        afterUid: after[1],
      });
    const rows = await query
      .orderBy('journey.state')
      .addOrderBy('journey.jimerUid')
      .limit(limit + 1)
      .getMany();
    return pageOf(
      rows,
      limit,
      byState,
      (row) => [row.state, row.jimerUid],
      (row) => ({ jimerUid: row.jimerUid, state: row.state, times: times(row) }),
    );
  }

  /** From the counts per day alone: no journey is looked at. */
  async funnel(workspace: string, experienceUid: string, query: FunnelQuery): Promise<FunnelDto> {
    checkRange(query);
    const days = this.database.rows(FunnelView, 'funnel').where({ workspace, experienceUid });
    if (query.from !== undefined) days.andWhere('funnel.day >= :from', { from: query.from });
    if (query.to !== undefined) days.andWhere('funnel.day < :to', { to: query.to });
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

function showTasks(
  { type }: JourneyRow,
  rows: readonly (ViewRow<typeof Task> & { readonly at: number })[],
  knownTasks: number,
): Pick<JourneyDto, 'tasks' | 'progress'> {
  const tasks = rows.map((row): TaskDto => {
    return { uid: row.taskUid, name: row.name, status: row.status!, at: isoTime(row.at) };
  });
  if (type !== 'CHECKLIST' && tasks.length === 0) return { tasks, progress: null };
  const completed = tasks.filter(({ status }) => status === 'completed').length;
  // The counts of all end users may be read a moment before this one's tasks.
  const known = Math.max(knownTasks, tasks.length);
  return { tasks, progress: { completed, skipped: tasks.length - completed, knownTasks: known } };
}
