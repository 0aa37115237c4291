import { eventsThatMean, type Meaning } from '@app/catalog';
import type { RowOf } from '@app/engine';
import type { Jimer } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { gathered, limitTo, Parameters, rowsIn, type JimerPlace } from '../common/database/statement';
import { onlyOne } from '../common/http/only-one';
import { cursorInstant, cursorKind, cursorUuid } from '../common/parameters/cursor';
import { pageOf, type Page, type PageQuery } from '../common/parameters/page';
import { jimers } from './jimers.queries';
import { answersOfJimer, showAnswers } from './journey-answers';
import { JOURNEY, TASK, type JimerJourneyDto, type JourneyDto, type JourneyQuery } from './journey.dto';

interface JourneyRow {
  readonly uid: string;
  readonly liked: boolean;
  /** As Postgres writes it in JSON. */
  readonly lastEventAt: string;
}

interface CountsRow {
  readonly experienceUid: string;
  readonly starts: number;
  readonly completions: number;
  readonly views: number;
  readonly ctaClicks: number;
  readonly comments: number;
}

interface TaskRow {
  readonly experienceUid: string;
}

interface KnownRow {
  readonly experienceUid: string;
  readonly known: number;
}

/** What `journeysOfJimer` adds to the columns of another query. */
interface JourneyParts {
  readonly journeys: string | null;
  readonly counts: string | null;
  readonly tasks: string | null;
  readonly known: string | null;
}

const NO_COUNTS = { starts: 0, completions: 0, views: 0, ctaClicks: 0, comments: 0 };

const counted = (meaning: Meaning, name: string): string => {
  const kinds = eventsThatMean(meaning).map((kind) => `'${kind}'`);
  return `count(*) FILTER (WHERE t.kind IN (${kinds.join(', ')})) AS "${name}"`;
};

const byNewest = cursorKind<[number, string]>('journey', cursorInstant, cursorUuid);

/** Where a jimer's journeys stand in the outer query, and the uids of the experiences that the page has. */
interface JourneyPlace extends JimerPlace {
  readonly experienceUids: string;
}

const ofJimer = (alias: string, place: JimerPlace): string =>
  `${alias}.workspace = ${place.workspace} AND ${alias}.jimer_uid = ${place.jimerUid}`;

/**
 * The uids of a page's experiences and of one more, as a query of one row and column, `uids`: the experience with the
 * newest event first.
 *
 * @throws {Problem} 400 for a cursor that no journey gave
 */
function journeyPage(parameters: Parameters, place: JimerPlace, { limit, cursor }: PageQuery): string {
  const after = byNewest.decode(cursor);
  const conditions = [ofJimer('j', place)];
  if (after) {
    const [at, uid] = [new Date(after[0]), after[1]].map((part) => parameters.add(part));
    conditions.push(`(j.last_event_at < ${at} OR (j.last_event_at = ${at} AND j.experience_uid > ${uid}))`);
  }
  return `SELECT array_agg(j.experience_uid) AS uids FROM (
    SELECT j.experience_uid FROM read_models.journey AS j WHERE ${conditions.join(' AND ')}
     ORDER BY j.last_event_at DESC, j.experience_uid ${limitTo(limit, parameters)}) AS j`;
}

/** A jimer's journeys through the experiences of a page, as columns of another query: `JourneyParts`. */
function journeysOfJimer(place: JourneyPlace): string {
  // Not = ANY(…), which compares every row with every uid.
  const whose = (alias: string): string =>
    `${ofJimer(alias, place)} AND ${alias}.experience_uid IN (SELECT unnest(${place.experienceUids}))`;
  const journeys = gathered(`
    SELECT j.experience_uid AS uid, ${JOURNEY.selectGathered('j')}, j.liked_at IS NOT NULL AS liked
      FROM read_models.journey AS j WHERE ${whose('j')} ORDER BY j.last_event_at DESC, j.experience_uid`);
  const counts = gathered(`
    SELECT t.experience_uid AS "experienceUid", ${counted('start', 'starts')},
           ${counted('completion', 'completions')}, ${counted('view', 'views')},
           ${counted('click', 'ctaClicks')}, ${counted('comment', 'comments')}
      FROM read_models.touch AS t WHERE ${whose('t')} GROUP BY 1`);
  const tasks = gathered(`
    SELECT k.experience_uid AS "experienceUid", ${TASK.selectGathered('k')}
      FROM read_models.task AS k WHERE ${whose('k')} ORDER BY k.at, k.task_uid`);
  const known = gathered(`
    SELECT c.experience_uid AS "experienceUid", count(*) AS known
      FROM read_models.task_counts AS c
     WHERE c.workspace = ${place.workspace} AND c.experience_uid IN (
           SELECT j.experience_uid FROM read_models.journey AS j WHERE ${whose('j')} AND j.type = 'CHECKLIST')
       AND c.completed + c.skipped > 0
     GROUP BY 1`);
  return `${journeys} AS journeys, ${counts} AS counts, ${tasks} AS tasks, ${known} AS known`;
}

/** The journeys of a page, each with its tasks. */
function showJourneys(parts: JourneyParts, limit: number): Page<JourneyDto> {
  const counts = new Map(
    rowsIn<CountsRow>(parts.counts).map(({ experienceUid, ...own }) => [experienceUid, own]),
  );
  const tasks = Map.groupBy(rowsIn<TaskRow>(parts.tasks), ({ experienceUid }) => experienceUid);
  const known = new Map(
    rowsIn<KnownRow>(parts.known).map(({ experienceUid, known: tasksKnown }) => [experienceUid, tasksKnown]),
  );
  const show = (row: JourneyRow): JourneyDto => {
    const { uid, liked } = row;
    const journey = JOURNEY.showGathered(row);
    return {
      uid,
      ...journey,
      ...(counts.get(uid) ?? NO_COUNTS),
      liked,
      ...showTasks(journey.type, tasks.get(uid) ?? [], known.get(uid) ?? 0),
    };
  };
  const rows = rowsIn<JourneyRow>(parts.journeys);
  return pageOf(rows, limit, byNewest, (row) => [Date.parse(row.lastEventAt), row.uid], show);
}

function showTasks(
  type: string | null,
  rows: readonly TaskRow[],
  knownTasks: number,
): Pick<JourneyDto, 'tasks' | 'progress'> {
  const tasks = rows.map((row) => TASK.showGathered(row));
  if (type !== 'CHECKLIST' && tasks.length === 0) return { tasks, progress: null };
  const completed = tasks.filter(({ status }) => status === 'completed').length;
  // The type is the newest snapshot's, and of an odd one the tasks of others are not looked for.
  const known = Math.max(knownTasks, tasks.length);
  return { tasks, progress: { completed, skipped: tasks.length - completed, knownTasks: known } };
}

interface Row extends RowOf<typeof Jimer>, JourneyParts {
  readonly answers: string | null;
}

const JIMER = { workspace: 'jimer.workspace', jimerUid: 'jimer."jimerUid"' };
const EXPERIENCES = 'page.uids';

@Injectable()
export class JourneyQueries {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * In one statement: each way to the database and back costs more than what it finds.
   *
   * @throws {Problem} 404 for an unknown uid, 400 naming `workspace` when several workspaces have it, or `cursor`
   */
  async get(uid: string, workspace: string | null, query: JourneyQuery): Promise<JimerJourneyDto> {
    const parameters = new Parameters();
    const found = jimers.findSql(parameters, uid, workspace);
    const rows = await this.database.planned<Row>(
      `SELECT jimer.*, ${journeysOfJimer({ ...JIMER, experienceUids: EXPERIENCES })},
              ${answersOfJimer(JIMER, EXPERIENCES)} AS answers
         FROM (${found}) AS jimer CROSS JOIN LATERAL (${journeyPage(parameters, JIMER, query)}) AS page`,
      parameters.values,
    );
    const row = onlyOne(rows, 'jimer');
    const answers = showAnswers(row.answers);
    const { items, nextCursor } = showJourneys(row, query.limit);
    const experiences = items.map((journey) => ({ ...journey, answers: answers.get(journey.uid) ?? [] }));
    return { jimer: jimers.show(row), experiences, nextCursor };
  }
}
