import {
  cursorInstant,
  cursorKind,
  cursorText,
  cursorUuid,
  pageOf,
  ReadDatabase,
  StoredJson,
  type Page,
  type PageQuery,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import { inWorkspace } from '../shared/search';
import { isoTimeOrNull } from '../shared/show';
import { viewOf, type ViewRow } from '../shared/views';
import type { SetAsideDto } from './set-aside.dto';
import { SetAsideEvent } from './set-aside.tables';

export const SetAsideEventView = viewOf(SetAsideEvent);

export type SetAsideTopic = 'quarantine' | 'unrecognized';

const byReceipt = cursorKind<[number, string, string]>('set-aside', cursorInstant, cursorUuid, cursorText);

@Injectable()
export class SetAsideQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest receipt first. */
  async list(topic: SetAsideTopic, workspace: string | null, page: PageQuery): Promise<Page<SetAsideDto>> {
    const query = inWorkspace(
      this.database.rows(SetAsideEventView, 'event').where('event.topic = :topic', { topic }),
      workspace,
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
  };
}
