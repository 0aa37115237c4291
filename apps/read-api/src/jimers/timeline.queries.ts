import { CATALOG } from '@app/catalog';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { limitTo, Parameters } from '../common/database/statement';
import { cursorInstant, cursorInteger, cursorKind, cursorUuid } from '../common/parameters/cursor';
import { pageOf, type Page, type PageQuery } from '../common/parameters/page';
import { TIMELINE, type TimelineItemDto } from './timeline.dto';

interface TouchRow {
  readonly id: string;
  readonly time: number;
  readonly sequence: number;
}

const byTime = cursorKind<[number, number, string]>('timeline', cursorInstant, cursorInteger, cursorUuid);

/** SQL of an event's place among those of one time, from the catalogue. */
const SEQUENCE_OF = `CASE ${[...Map.groupBy(Object.values(CATALOG), ({ sequence }) => sequence)]
  .flatMap(([sequence, events]) =>
    sequence === null
      ? []
      : [`WHEN t.kind IN (${events.map(({ name }) => `'${name}'`).join(', ')}) THEN ${sequence}`],
  )
  .join(' ')} ELSE 0 END`;

@Injectable()
export class TimelineQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first; of the same time, what must have come first is last. */
  async list(workspace: string, jimerUid: string, page: PageQuery): Promise<Page<TimelineItemDto>> {
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
         SELECT ${TIMELINE.select('t')}, ${SEQUENCE_OF} AS sequence
           FROM read_models.touch AS t WHERE ${conditions.join(' AND ')}
          ORDER BY t.occurred_at DESC ${limitTo(page.limit, parameters, 'with ties')}) AS newest
        ORDER BY time DESC, sequence DESC, id DESC ${limitTo(page.limit, parameters)}`,
      parameters.values,
    );
    return pageOf(
      rows,
      page.limit,
      byTime,
      (row) => [row.time, row.sequence, row.id],
      (row) => TIMELINE.show(row),
    );
  }
}
