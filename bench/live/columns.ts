import { MERGE_JOURNEY } from './tables';
import type { FoldedJourney, HandFold, Touch } from './fold';

/** Columns of the parameters, in their order. */
const JOURNEY: Columns<FoldedJourney> = [
  ['workspace', 'text', (row) => row.workspace],
  ['jimer_uid', 'uuid', (row) => row.jimer],
  ['experience_uid', 'uuid', (row) => row.experience],
  ['title', 'text', (row) => row.title],
  ['type', 'text', (row) => row.type],
  ['snapshot_time', 'time', (row) => row.snapshotTime],
  ['first_seen_at', 'time', (row) => row.first],
  ['last_event_at', 'time', (row) => row.last],
  ['started_at', 'time', (row) => row.started],
  ['last_started_at', 'time', (row) => row.lastStarted],
  ['completed_at', 'time', (row) => row.completed],
  ['last_completed_at', 'time', (row) => row.lastCompleted],
  ['dismissed_at', 'time', (row) => row.dismissed],
  ['last_dismissed_at', 'time', (row) => row.lastDismissed],
  ['liked_at', 'time', (row) => row.liked],
];
const TOUCH: Columns<Touch> = [
  ['workspace', 'text', (row) => row.workspace],
  ['jimer_uid', 'uuid', (row) => row.jimer],
  ['occurred_at', 'time', (row) => row.time],
  ['event_id', 'uuid', (row) => row.id],
  ['kind', 'text', (row) => row.kind],
  ['experience_uid', 'uuid', (row) => row.experience],
];

type Columns<R> = readonly (readonly [
  column: string,
  type: string,
  of: (row: R) => string | number | null,
])[];

/** The names of a table's columns, in their order. */
const namesOf = <R>(columns: Columns<R>): string => columns.map(([name]) => name).join(', ');
export const JOURNEY_COLUMNS = namesOf(JOURNEY);
export const TOUCH_COLUMNS = namesOf(TOUCH);

/** Takes one array per column. */
function insertInto<R>(table: string, columns: Columns<R>): string {
  const names = namesOf(columns);
  const values = columns.map(([name, type]) => (type === 'time' ? `to_timestamp(${name} / 1000.0)` : name));
  const arrays = columns.map(([, type], i) => `$${i + 1}::${type === 'time' ? 'float8' : type}[]`);
  return `INSERT INTO ${table} AS t (${names}) SELECT ${values.join(', ')} FROM unnest(${arrays.join(', ')}) AS i (${names})`;
}

export const insertJourneys = (table: string): string => insertInto(table, JOURNEY);
export const insertTouches = (table: string): string => insertInto(table, TOUCH);

/** Rows in order of their key, so that two transactions lock them in one order. */
export const UPSERT_JOURNEYS = `${insertInto('journey', JOURNEY)} ORDER BY 1, 2, 3 ${MERGE_JOURNEY}`;
export const UPSERT_TOUCHES = `${insertInto('touch', TOUCH)} ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING`;

export const journeyArrays = ({ journeys }: HandFold): string[] => arraysOf([...journeys.values()], JOURNEY);
export const touchArrays = ({ touches }: HandFold): string[] => arraysOf([...touches.values()], TOUCH);

const NEEDS_ESCAPE = /["\\]/;

/** One Postgres array literal per column. */
function arraysOf<R>(rows: readonly R[], columns: Columns<R>): string[] {
  return columns.map(([, type, of]) => {
    const quoted = type === 'text';
    let literal = '{';
    for (let i = 0; i < rows.length; i++) {
      if (i > 0) literal += ',';
      const value = of(rows[i]!);
      if (value === null) literal += 'NULL';
      else if (!quoted) literal += value;
      else if (NEEDS_ESCAPE.test(value as string))
        literal += `"${(value as string).replace(/["\\]/g, '\\$&')}"`;
      else literal += `"${value}"`;
    }
    return `${literal}}`;
  });
}

export const journeyLine = (row: FoldedJourney): string => lineOf(row, JOURNEY);
export const touchLine = (row: Touch): string => lineOf(row, TOUCH);

const NEEDS_COPY_ESCAPE = /[\\\t\n\r]/;
const COPY_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

/** A row in the text format of COPY. */
function lineOf<R>(row: R, columns: Columns<R>): string {
  let line = '';
  for (let i = 0; i < columns.length; i++) {
    const [, type, of] = columns[i]!;
    if (i > 0) line += '\t';
    const value = of(row);
    if (value === null) line += '\\N';
    else if (type === 'time') line += new Date(value).toISOString();
    else if (NEEDS_COPY_ESCAPE.test(value as string))
      line += (value as string).replace(/[\\\t\n\r]/g, (character) => COPY_ESCAPES[character]!);
    else line += value;
  }
  return `${line}\n`;
}
