import type { RejectionKind } from '@app/catalog';
import type { RowOf } from '@app/engine';
import { StoredJson } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { RejectedEvent } from '@app/projections';
import { ReadDatabase } from '../../common/database/read-database';
import { inWorkspace } from '../../common/database/search';
import { isoTimeOrNull } from '../../common/database/times';
import { viewOf } from '../../common/database/typeorm-view';
import { cursorInstant, cursorKind, cursorText, cursorUuid } from '../../common/parameters/cursor';
import { pageOf, type Page } from '../../common/parameters/page';
import {
  DISCARDED,
  REJECTED,
  REPLAYED,
  type RejectedEventDto,
  type RejectedEventsFilter,
  type RejectedEventsQuery,
  type RejectedEventState,
  type RejectedEventsSummaryDto,
} from './rejected-events.dto';

export const RejectedEventView = viewOf(RejectedEvent);

/** A rejected event as it is in the log. */
export interface StoredRejectedEvent {
  readonly workspace: string;
  readonly id: string;
  /** The whole JSON text. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly state: RejectedEventState;
}

/** One that came again with other content, which may mention others, may have come in the same millisecond. */
const byReceipt = cursorKind<[number, string, string, string]>(
  'set-aside',
  ...[cursorInstant, cursorUuid, cursorText, cursorText],
);

const IS_IN_STATE: Readonly<Record<RejectedEventState, string>> = {
  'set-aside': 'event.replayedAt IS NULL AND event.discardedAt IS NULL',
  replayed: 'event.replayedAt IS NOT NULL',
  discarded: 'event.replayedAt IS NULL AND event.discardedAt IS NOT NULL',
};

/** The first of the problems, as `path: message`; null for an unknown kind, which has none. */
const PROBLEM = `(event.problems -> 0 ->> 'path') || ': ' || (event.problems -> 0 ->> 'message')`;

const MOST_GROUPS = 100;

const milliseconds = (time: string): string => `round(extract(epoch FROM ${time}) * 1000)::float8`;

function stateOf(row: RowOf<typeof RejectedEvent>): RejectedEventState {
  if (row.replayedAt !== null) return 'replayed';
  return row.discardedAt === null ? 'set-aside' : 'discarded';
}

@Injectable()
export class RejectedEventsQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest receipt first. */
  list(
    kind: RejectionKind,
    workspace: string | null,
    query: RejectedEventsQuery,
  ): Promise<Page<RejectedEventDto>> {
    return this.page(kind, workspace, query, query, showRejectedEvent);
  }

  /** A page of those that a filter means, in the order of `list`, with their content. */
  matching(
    kind: RejectionKind,
    workspace: string | null,
    filter: RejectedEventsFilter,
    page: Pick<RejectedEventsQuery, 'limit' | 'cursor'>,
  ): Promise<Page<StoredRejectedEvent>> {
    return this.page(kind, workspace, filter, page, storedRejectedEvent);
  }

  /** How many there are, by name and problem. It reads every event in the state once. */
  async summary(
    kind: RejectionKind,
    workspace: string | null,
    filter: RejectedEventsFilter,
  ): Promise<RejectedEventsSummaryDto> {
    const groups = await this.matched(kind, workspace, filter)
      .select('event.eventName', 'event')
      .addSelect(PROBLEM, 'problem')
      .addSelect('count(*)::int', 'count')
      .addSelect(milliseconds('min(event.receivedAt)'), 'first')
      .addSelect(milliseconds('max(event.receivedAt)'), 'last')
      .addSelect('(sum(count(*)) OVER ())::int', 'total')
      .groupBy('event.eventName')
      .addGroupBy(PROBLEM)
      .orderBy('count(*)', 'DESC')
      .addOrderBy('event.eventName')
      .addOrderBy(PROBLEM)
      .limit(MOST_GROUPS)
      .getRawMany<{
        event: string | null;
        problem: string | null;
        count: number;
        first: number;
        last: number;
        total: number;
      }>();
    return {
      total: groups[0]?.total ?? 0,
      groups: groups.map(({ event, problem, count, first, last }) => ({
        ...{ event, problem, count },
        firstReceivedAt: isoTimeOrNull(first),
        lastReceivedAt: isoTimeOrNull(last),
      })),
    };
  }

  private async page<T>(
    kind: RejectionKind,
    workspace: string | null,
    filter: RejectedEventsFilter,
    page: Pick<RejectedEventsQuery, 'limit' | 'cursor'>,
    show: (row: RowOf<typeof RejectedEvent>) => T,
  ): Promise<Page<T>> {
    const query = this.matched(kind, workspace, filter);
    const before = byReceipt.decode(page.cursor);
    if (before)
      query.andWhere(
        '(event.receivedAt, event.eventId, event.workspace, event.mentioning) < (:time, :eventId, :before, :mentioning)',
        { time: new Date(before[0]), eventId: before[1], before: before[2], mentioning: before[3] },
      );
    const rows = await query
      .orderBy('event.receivedAt', 'DESC')
      .addOrderBy('event.eventId', 'DESC')
      .addOrderBy('event.workspace', 'DESC')
      .addOrderBy('event.mentioning', 'DESC')
      .limit(page.limit + 1)
      .getMany();
    return pageOf(
      rows,
      page.limit,
      byReceipt,
      (row) => [row.receivedAt!, row.eventId, row.workspace, row.mentioning],
      show,
    );
  }

  /** The events in each workspace that knows them; as many as twice the ids at most. */
  async find(
    kind: RejectionKind,
    ids: readonly string[],
    workspace: string | null,
  ): Promise<StoredRejectedEvent[]> {
    const rows = await this.rowsOf(kind, workspace)
      .andWhere('event.eventId = ANY(:ids)', { ids })
      // Of one that came again with other content, the last.
      .distinctOn(['event.workspace', 'event.eventId'])
      .orderBy('event.workspace')
      .addOrderBy('event.eventId')
      .addOrderBy('event.receivedAt', 'DESC')
      .limit(2 * ids.length)
      .getMany();
    return rows.map(storedRejectedEvent);
  }

  private matched(
    kind: RejectionKind,
    workspace: string | null,
    { state, event, problem }: RejectedEventsFilter,
  ) {
    const query = this.rowsOf(kind, workspace).andWhere(IS_IN_STATE[state]);
    if (event !== undefined) query.andWhere('event.eventName = :event', { event });
    if (problem !== undefined) query.andWhere(`${PROBLEM} = :problem`, { problem });
    return query;
  }

  private rowsOf(topic: RejectionKind, workspace: string | null) {
    const rows = this.database
      .rows(RejectedEventView, 'event')
      .where('event.topic = :topic', { topic })
      // Its replay may be heard of before it is, and after it was erased.
      .andWhere('event.receivedAt IS NOT NULL');
    return inWorkspace(rows, workspace);
  }
}

function storedRejectedEvent(row: RowOf<typeof RejectedEvent>): StoredRejectedEvent {
  return {
    workspace: row.workspace,
    id: row.eventId,
    text: row.original ?? row.payload ?? 'null',
    time: row.occurredAt!,
    state: stateOf(row),
  };
}

function showRejectedEvent(row: RowOf<typeof RejectedEvent>): RejectedEventDto {
  return {
    ...REJECTED.showRow(row),
    problems: new StoredJson(row.problems ?? '[]'),
    ...REPLAYED.showRow(row),
    state: stateOf(row),
    ...DISCARDED.showRow(row),
  };
}
