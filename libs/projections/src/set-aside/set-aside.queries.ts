import type { SetAsideKind } from '@app/catalog';
import {
  cursorInstant,
  cursorKind,
  cursorText,
  cursorUuid,
  pageOf,
  ReadDatabase,
  StoredJson,
  type Page,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { inWorkspace } from '../shared/search';
import { isoTimeOrNull } from '../shared/show';
import { viewOf, type ViewRow } from '../shared/views';
import type { SetAsideDto, SetAsideQuery } from './set-aside.dto';
import { SetAsideEvent } from './set-aside.tables';

export const SetAsideEventView = viewOf(SetAsideEvent);

/** An event that was set aside, as it stands in the log. */
export interface StoredSetAside {
  readonly workspace: string;
  readonly id: string;
  /** The whole JSON text. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

const byReceipt = cursorKind<[number, string, string]>('set-aside', cursorInstant, cursorUuid, cursorText);

@Injectable()
export class SetAsideQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest receipt first. */
  async list(
    kind: SetAsideKind,
    workspace: string | null,
    { replayed, ...page }: SetAsideQuery,
  ): Promise<Page<SetAsideDto>> {
    const query = this.rowsOf(kind, workspace).andWhere(
      `event.replayedAt IS ${replayed ? 'NOT NULL' : 'NULL'}`,
    );
    const before = byReceipt.decode(page.cursor);
    if (before)
      query.andWhere('(event.receivedAt, event.eventId, event.workspace) < (:time, :eventId, :before)', {
        time: new Date(before[0]),
        eventId: before[1],
        before: before[2],
      });
    const rows = await query
      .orderBy('event.receivedAt', 'DESC')
      .addOrderBy('event.eventId', 'DESC')
      .addOrderBy('event.workspace', 'DESC')
      .limit(page.limit + 1)
      .getMany();
    return pageOf(
      rows,
      page.limit,
      byReceipt,
      (row) => [row.receivedAt!, row.eventId, row.workspace],
      showSetAside,
    );
  }

  /** The event in each workspace that knows it; at most two are given. */
  async find(kind: SetAsideKind, id: string, workspace: string | null): Promise<StoredSetAside[]> {
    const rows = await this.rowsOf(kind, workspace)
      .andWhere('event.eventId = :id', { id })
      // Of one that came again with other content, the last.
      .distinctOn(['event.workspace'])
      .orderBy('event.workspace')
      .addOrderBy('event.receivedAt', 'DESC')
      .limit(2)
      .getMany();
    return rows.map(({ workspace: home, original, payload, occurredAt }) => ({
      workspace: home,
      id,
      text: original ?? payload ?? 'null',
      time: occurredAt!,
    }));
  }

  private rowsOf(topic: SetAsideKind, workspace: string | null) {
    const rows = this.database
      .rows(SetAsideEventView, 'event')
      .where('event.topic = :topic', { topic })
      // Its replay may be heard of before it is, and after it was erased.
      .andWhere('event.receivedAt IS NOT NULL');
    return inWorkspace(rows, workspace);
  }
}

function showSetAside(row: ViewRow<typeof SetAsideEvent>): SetAsideDto {
  return {
    id: row.eventId,
    workspace: row.workspace,
    event: row.eventName,
    time: isoTimeOrNull(row.occurredAt),
    receivedAt: isoTimeOrNull(row.receivedAt),
    problems: new StoredJson(row.problems ?? '[]'),
    payload: StoredJson.orNull(row.payload),
    replayedAt: isoTimeOrNull(row.replayedAt),
    acceptedId: row.acceptedId,
    replayedPosition: row.replayedPosition,
  };
}
