import { TOPICS } from '@app/catalog';
import { formatPosition, unpackPosition, type LogPosition, type Row, type Stored } from '@app/engine';
import { notFound } from '@app/platform';
import { journeys } from '@app/projections';
import type { ReadDatabase } from '../common/database/read-database';
import { selectList } from '../common/database/select';
import { gathered, Parameters, rowsIn } from '../common/database/statement';
import { onlyOne } from '../common/http/only-one';
import type { Subject } from './subjects';

/** An event behind a row, as the timeline or a history names it. */
export interface EventRef extends LogPosition {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly kind: string;
  readonly listedBy: 'timeline' | 'history';
}

export interface LetterRow extends LogPosition {
  readonly id: number;
  readonly projection: string;
  readonly event: string | null;
  readonly reason: string;
  readonly state: 'set-aside' | 'replayed' | 'discarded';
}

export interface RejectedRow {
  readonly id: string;
  readonly kind: string;
  readonly event: string | null;
  readonly receivedAt: string | null;
}

/** Where the page of a long list of events begins. */
export interface PagePlace {
  readonly order: 'log' | 'time';
  readonly limit: number;
  /** Of the last event of the page before: its position in each topic, or its time and id. */
  readonly after: readonly (string | number)[] | null;
}

/** A row, and everything that says what it comes from, as of one moment. */
export interface StoredEvidence {
  readonly workspace: string;
  /** Uid of the end user whose row it is; null: nobody's. */
  readonly person: string | null;
  readonly row: Row;
  /** Columns that the database derives, by name. */
  readonly derived: Readonly<Record<string, Stored>>;
  /** How many events there are. */
  readonly total: number;
  /** All of them; null where they are more than `MOST_WHOLE`. */
  readonly whole: readonly EventRef[] | null;
  /** Of many the page and one more, and those whose times the row has. */
  readonly page: readonly EventRef[];
  readonly winners: readonly EventRef[];
  /** Checkpoints of the row's projection and of the timeline's, by `topic/partition`. */
  readonly checkpoints: ReadonlyMap<string, number>;
  readonly timelineCheckpoints: ReadonlyMap<string, number>;
  readonly letters: readonly LetterRow[];
  readonly rejected: readonly RejectedRow[];
}

/** The topics in which events behind a row may be, in the order in which a cursor names them. */
export const PLACES = [TOPICS.engagement, TOPICS.feedback, TOPICS.lifecycle] as const;
/** Events that are read for a whole explanation. */
const MOST_WHOLE = 500;
const MOST_WINNERS = 200;
/** Dead letters and rejected events that are shown. */
const MOST_NAMED = 100;
const SHOWN = `e.id, (extract(epoch FROM e.at) * 1000)::bigint AS time, e.kind, e.topic, e.position, e.listed_by`;

interface Found {
  readonly workspace: string;
  readonly person: string | null;
  readonly total: number;
  readonly whole: string | null;
  readonly page: string | null;
  readonly winners: string | null;
  readonly checkpoints: string | null;
  readonly letters: string | null;
  readonly rejected: string | null;
}

interface RefRow {
  readonly id: string;
  readonly time: number;
  readonly kind: string;
  readonly topic: string;
  readonly position: number;
  readonly listed_by: EventRef['listedBy'];
}

/**
 * In one statement, and so of one moment.
 *
 * @param key values of the key besides the workspace, by column
 * @throws {Problem} 404 when there is no such row, 400 naming `workspace` when several workspaces have one
 */
export async function readStored(
  database: Pick<ReadDatabase, 'planned'>,
  subject: Subject,
  key: Readonly<Record<string, string>>,
  workspace: string | null,
  page: PagePlace,
): Promise<StoredEvidence> {
  const { projection, table, what, first, person } = subject;
  const parameters = new Parameters();
  const conditions = Object.entries(key).map(([name, value]) => {
    const column = table.keys.find((each) => each.name === name);
    if (!column) throw new Error(`${table.name} has no key column ${name}`);
    return `r.${column.sqlName} = ${parameters.add(value)}`;
  });
  conditions.push(...parameters.inWorkspace('r', workspace));
  if (person !== null)
    conditions.push(`NOT EXISTS (SELECT FROM engine.erasure AS e
      WHERE e.workspace = r.workspace AND e.jimer_uid = ${person})`);
  const derived = [...table.generated, ...table.viewColumns];
  const projections = [projection.name, journeys.name].map((name) => parameters.add(name));
  const letters = person === null ? 'false' : `d.mentions @> ARRAY[${person}]`;
  const rejected = person === null ? 'false' : `s.mentions @> ARRAY[${person}::text]`;
  // Of a key that is given in part the first row of each workspace, before anything is gathered for it.
  const rows = await database.planned<Found & Readonly<Record<string, Stored>>>(
    `SELECT ${selectList([...table.columns, ...derived], 'r')}, ${person ?? 'NULL::uuid'} AS person, listed.*,
            ${gathered(`SELECT g.projection, c.topic, c.partition, c.next_offset AS next
                FROM engine.checkpoint AS c JOIN engine.generation AS g ON g.id = c.generation_id
               WHERE g.state = 'active' AND g.projection IN (${projections.join(', ')})`)} AS checkpoints,
            ${gathered(`SELECT d.id, g.projection, d.topic, d.partition, d.record_offset AS offset,
                d.event_name AS event, d.reason, d.state
                FROM engine.dead_letter AS d JOIN engine.generation AS g ON g.id = d.generation_id
               WHERE g.state = 'active' AND ${letters} AND d.workspace IS NOT DISTINCT FROM r.workspace
               ORDER BY d.id DESC LIMIT ${MOST_NAMED}`)} AS letters,
            ${gathered(`SELECT s.event_id AS id, s.topic AS kind, s.event_name AS event, s.received_at AS "receivedAt"
                FROM read_models.set_aside_event AS s
               WHERE s.workspace = r.workspace AND ${rejected}
               ORDER BY s.received_at DESC NULLS LAST LIMIT ${MOST_NAMED}`)} AS rejected
       FROM (SELECT ${first ? 'DISTINCT ON (r.workspace)' : ''} r.*
               FROM read_models.${table.name} AS r WHERE ${conditions.join(' AND ')}
              ${first ? `ORDER BY r.workspace, ${first}` : ''} LIMIT 2) AS r
      CROSS JOIN LATERAL (
       WITH behind AS MATERIALIZED (${eventsOf(subject)})
       SELECT (SELECT count(*) FROM behind) AS total,
              ${gathered(`SELECT ${SHOWN} FROM behind AS e LIMIT ${MOST_WHOLE + 1}`)} AS whole,
              ${gathered(pageSql(page, parameters))} AS page,
              ${gathered(`SELECT ${SHOWN} FROM behind AS e WHERE e.at IN (${timesOf(subject)}) LIMIT ${MOST_WINNERS}`)} AS winners
      ) AS listed`,
    parameters.values,
  );
  if (rows.length === 0) throw notFound(`There is no ${what} of this uid.`);
  const row = onlyOne(rows, what);
  const whole = refsIn(row.whole);
  const checkpoints = rowsIn<CheckpointRow>(row.checkpoints);
  return {
    workspace: row.workspace,
    person: row.person,
    row: table.columns.map(({ name }) => row[name] ?? null),
    derived: Object.fromEntries(derived.map(({ name }) => [name, row[name] ?? null])),
    total: row.total,
    whole: whole.length > MOST_WHOLE ? null : whole,
    page: refsIn(row.page),
    winners: refsIn(row.winners),
    checkpoints: checkpointsOf(checkpoints, projection.name),
    timelineCheckpoints: checkpointsOf(checkpoints, journeys.name),
    letters: rowsIn<LetterRow>(row.letters),
    rejected: rowsIn<RejectedRow>(row.rejected),
  };
}

/** Which of these positions a projection has set aside, or given up. */
export async function deadLettersAt(
  database: Pick<ReadDatabase, 'query'>,
  projection: string,
  positions: readonly LogPosition[],
): Promise<ReadonlySet<string>> {
  if (positions.length === 0) return new Set();
  const rows = await database.query<LogPosition>(
    `SELECT d.topic, d.partition, d.record_offset AS offset
       FROM engine.dead_letter AS d JOIN engine.generation AS g ON g.id = d.generation_id
       JOIN unnest($2::text[], $3::integer[], $4::bigint[]) AS asked (topic, partition, record_offset)
         USING (topic, partition, record_offset)
      WHERE g.state = 'active' AND g.projection = $1 AND d.state <> 'replayed'`,
    [
      projection,
      positions.map(({ topic }) => topic),
      positions.map(({ partition }) => partition),
      positions.map(({ offset }) => offset),
    ],
  );
  return new Set(rows.map((position) => formatPosition(position)));
}

function eventsOf({ timeline, history }: Subject): string {
  const listed = `SELECT t.*, 'timeline' AS listed_by FROM (${timeline}) AS t`;
  return history ? `${listed} UNION ALL SELECT h.*, 'history' AS listed_by FROM (${history}) AS h` : listed;
}

/** The times that the row has: of the events that have decided its columns. */
function timesOf({ table }: Subject): string {
  const instants = table.singles.filter(({ type }) => type.name === 'instant');
  return [...instants, ...table.groups.map(({ time }) => time)]
    .map(({ sqlName }) => `r.${sqlName}`)
    .join(', ');
}

function pageSql({ order, limit, after }: PagePlace, parameters: Parameters): string {
  const most = parameters.add(limit + 1);
  if (order === 'time') {
    const next =
      after === null
        ? ''
        : `WHERE (e.at, e.id) > (${parameters.add(new Date(after[0] as number))}, ${parameters.add(after[1])})`;
    return `SELECT ${SHOWN} FROM behind AS e ${next} ORDER BY e.at, e.id LIMIT ${most}`;
  }
  // Offsets of different topics do not compare: a page of each.
  const places = PLACES.map((topic, i) => {
    const next = after === null ? '' : ` AND e.position > ${parameters.add(after[i])}::bigint`;
    return `(SELECT ${SHOWN} FROM behind AS e WHERE e.topic = '${topic}'${next} ORDER BY e.position LIMIT ${most})`;
  });
  return places.join(' UNION ALL ');
}

function refsIn(json: string | null): EventRef[] {
  return rowsIn<RefRow>(json).map(({ position, listed_by: listedBy, ...ref }) => ({
    ...ref,
    listedBy,
    ...unpackPosition(position),
  }));
}

interface CheckpointRow {
  readonly projection: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

function checkpointsOf(rows: readonly CheckpointRow[], projection: string): ReadonlyMap<string, number> {
  return new Map(
    rows
      .filter((row) => row.projection === projection)
      .map(({ topic, partition, next }) => [`${topic}/${partition}`, next]),
  );
}
