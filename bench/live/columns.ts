import { EARLIEST, GREATEST, MERGE_JOURNEY } from './tables';
import type { FoldedJourney, HandFold, Touch } from './fold';

/** Columns of the parameters, in their order. */
const JOURNEY: readonly (readonly [
  column: string,
  type: string,
  of: (row: FoldedJourney) => string | number | null,
])[] = [
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
const TOUCH: readonly (readonly [
  column: string,
  type: string,
  of: (row: Touch) => string | number | null,
])[] = [
  ['workspace', 'text', (row) => row.workspace],
  ['jimer_uid', 'uuid', (row) => row.jimer],
  ['occurred_at', 'time', (row) => row.time],
  ['event_id', 'uuid', (row) => row.id],
  ['kind', 'text', (row) => row.kind],
  ['experience_uid', 'uuid', (row) => row.experience],
];

if (EARLIEST.length + GREATEST.length + 6 !== JOURNEY.length)
  throw new Error('a column of the journey is missing');

function insert(
  table: string,
  columns: readonly (readonly [string, string, unknown])[],
  key: string,
): string {
  const names = columns.map(([name]) => name).join(', ');
  const values = columns
    .map(([name, type]) => (type === 'time' ? `to_timestamp(${name} / 1000.0)` : name))
    .join(', ');
  const arrays = columns.map(([, type], i) => `$${i + 1}::${type === 'time' ? 'float8' : type}[]`).join(', ');
  return `INSERT INTO ${table} AS t (${names}) SELECT ${values} FROM unnest(${arrays}) AS i (${names}) ORDER BY ${key}`;
}

export const UPSERT_JOURNEYS = `${insert('journey', JOURNEY, '1, 2, 3')} ${MERGE_JOURNEY}`;
export const UPSERT_TOUCHES = `${insert('touch', TOUCH, '1, 2, 3, 4')} ON CONFLICT DO NOTHING`;

export const journeyArrays = ({ journeys }: HandFold): string[] => arraysOf([...journeys.values()], JOURNEY);
export const touchArrays = ({ touches }: HandFold): string[] => arraysOf([...touches.values()], TOUCH);

const NEEDS_ESCAPE = /["\\]/;

/** One Postgres array literal per column. */
function arraysOf<R>(
  rows: readonly R[],
  columns: readonly (readonly [string, string, (row: R) => string | number | null])[],
): string[] {
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
