import { jimersOf, type CatalogEvent } from '@app/catalog';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';

const ERASED = `SELECT e.workspace, e.jimer_uid AS "jimerUid" FROM engine.erasure AS e
  JOIN unnest($1::text[], $2::uuid[]) AS asked (workspace, jimer_uid)
    ON asked.workspace = e.workspace AND asked.jimer_uid = e.jimer_uid`;

/** Tells which events are of erased persons: their records stay in the log until compaction removes them. */
@Injectable()
export class LogErased {
  constructor(private readonly database: ReadDatabase) {}

  /** Those of the events that belong to an erased person. */
  async among(events: readonly CatalogEvent[]): Promise<ReadonlySet<CatalogEvent>> {
    const persons = events.flatMap((event) => jimersOf(event).map((jimerUid) => ({ event, jimerUid })));
    if (persons.length === 0) return new Set();
    const rows = await this.database.query<{ readonly workspace: string; readonly jimerUid: string }>(
      ERASED,
      [persons.map(({ event }) => event.workspace), persons.map(({ jimerUid }) => jimerUid)],
    );
    const erased = new Set(rows.map(({ workspace, jimerUid }) => keyOf(workspace, jimerUid)));
    return new Set(
      persons.flatMap(({ event, jimerUid }) => (erased.has(keyOf(event.workspace, jimerUid)) ? [event] : [])),
    );
  }
}

const keyOf = (workspace: string, jimerUid: string): string => `${workspace}\u0000${jimerUid}`;
