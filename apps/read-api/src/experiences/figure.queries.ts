import type { RowOf } from '@app/engine';
import { Funnel, Journey, type Touch } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { gathered, limitTo, Parameters, rowsIn } from '../common/database/statement';
import { isoTimeInJson } from '../common/database/times';
import { cursorKind, cursorUuid } from '../common/parameters/cursor';
import { pageOf } from '../common/parameters/page';
import { JimersQueries } from '../jimers/jimers.queries';
import type { FigureDto, FigureQuery } from './figure.dto';
import { ExperienceLocator } from './locate';

interface CountedRow {
  readonly jimerUid: RowOf<typeof Touch>['jimerUid'];
  readonly at: string;
  readonly eventId: string | null;
}

const byJimer = cursorKind<[string, string]>('figure', cursorUuid, cursorUuid);
const NO_EVENT = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class FigureQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly experiences: ExperienceLocator,
    private readonly jimers: JimersQueries,
  ) {}

  /** The figure and what it counts, in one statement: of one moment. */
  async figure(uid: string, workspace: string | null, query: FigureQuery): Promise<FigureDto> {
    const home = await this.experiences.locate(uid, workspace);
    const parameters = new Parameters();
    const column = Funnel.measures.find(({ name }) => name === query.measure)!.sqlName;
    const counted = countedSql(parameters, home, uid, query);
    const after = byJimer.decode(query.cursor);
    const next =
      after === null
        ? ''
        : `WHERE (c."jimerUid", COALESCE(c."eventId", '${NO_EVENT}')) > (${parameters.add(after[0])}::uuid, ${parameters.add(after[1])}::uuid)`;
    const figure = `SELECT f.${column} FROM read_models.funnel AS f
      WHERE f.workspace = ${parameters.add(home)} AND f.experience_uid = ${parameters.add(uid)} AND f.day = ${parameters.add(query.day)}`;
    const page = `SELECT c.* FROM counted AS c ${next}
      ORDER BY c."jimerUid", c."eventId" ${limitTo(query.limit, parameters)}`;
    const [found] = await this.database.planned<{
      figure: number | null;
      total: number;
      page: string | null;
    }>(
      `WITH counted AS (${counted})
       SELECT (${figure}) AS figure, (SELECT count(*) FROM counted) AS total, ${gathered(page)} AS page`,
      parameters.values,
    );
    const rows = rowsIn<CountedRow>(found!.page);
    const whoIs = await this.jimers.whoIs(home, rows);
    const { items, nextCursor } = pageOf(
      rows,
      query.limit,
      byJimer,
      ({ jimerUid, eventId }) => [jimerUid, eventId ?? NO_EVENT],
      ({ jimerUid, at, eventId }) => ({ jimerUid, ...whoIs(jimerUid), at: isoTimeInJson(at), eventId }),
    );
    const total = found!.total;
    // A day without any count has no row.
    const shown = found!.figure ?? 0;
    return { figure: shown, total, matches: shown === total, items: [...items], nextCursor };
  }
}

/** SQL of the rows that a measure counts on a day, from its declaration. */
function countedSql(parameters: Parameters, workspace: string, uid: string, query: FigureQuery): string {
  const { over, by, where } = Funnel.measures.find(({ name }) => name === query.measure)!;
  const at = `o.${by.find(({ kind }) => kind === 'utc-day')!.column.sqlName}`;
  const start = new Date(`${query.day}T00:00:00Z`);
  const conditions = [
    `${at} >= ${parameters.add(start)}`,
    `${at} < ${parameters.add(new Date(start.getTime() + 86_400_000))}`,
  ];
  if (where?.kind === 'one-of')
    conditions.push(`o.${where.column.sqlName} = ANY(${parameters.add([...where.values])})`);
  if (where?.kind === 'at-least') conditions.push(`o.${where.column.sqlName} >= o.${where.other.sqlName}`);
  const ofExperience = (alias: string): string =>
    `${alias}.workspace = ${parameters.add(workspace)} AND ${alias}.experience_uid = ${parameters.add(uid)}`;
  if (over === Journey)
    return `SELECT o.jimer_uid AS "jimerUid", ${at} AS at, NULL::uuid AS "eventId"
      FROM read_models.journey AS o WHERE ${ofExperience('o')} AND ${conditions.join(' AND ')}`;
  // The timeline is in the order of its end users: who has been on the experience is known from the journeys.
  return `SELECT o.jimer_uid AS "jimerUid", ${at} AS at, o.event_id AS "eventId"
    FROM read_models.journey AS j JOIN read_models.touch AS o
      ON o.workspace = j.workspace AND o.jimer_uid = j.jimer_uid AND o.experience_uid = j.experience_uid
   WHERE ${ofExperience('j')} AND ${conditions.join(' AND ')}
     AND j.last_event_at >= ${parameters.add(start)} AND j.first_seen_at < ${parameters.add(new Date(start.getTime() + 86_400_000))}`;
}
