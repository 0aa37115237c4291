import { LISTED_CHARACTERS } from '@app/engine/adapters';
import { identifier } from '../sql/identifiers';
import type { ComparedColumn, ComparedTable } from './compared-generation';

export const DIFFERENCE_KINDS = ['added', 'removed', 'changed'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** Two tables of the same key, and the columns that both have. */
export interface ComparedPair {
  readonly from: ComparedTable;
  readonly to: ComparedTable;
  readonly columns: readonly ComparedColumn[];
}

/** f is the row of one side, t that of the other. */
const CONDITIONS: Readonly<Record<DifferenceKind, (columns: readonly ComparedColumn[]) => string>> = {
  added: () => 'f.here IS NULL',
  removed: () => 't.here IS NULL',
  changed: (columns) =>
    `f.here AND t.here AND (${columns.map((column) => differs(column)).join(' OR ') || 'false'})`,
};

/**
 * One row: `from_rows`, `to_rows`, how many rows were added, removed and changed, `columns`, for each column how many
 * rows it changed in, and `before` and `after`, the sums of the columns of a tally.
 */
export function countsSql(pair: ComparedPair): string {
  const { columns, from } = pair;
  const kinds = DIFFERENCE_KINDS.map(
    (kind) => `count(*) FILTER (WHERE ${CONDITIONS[kind](columns)}) AS ${kind}`,
  );
  const each = columns.map((column) => `count(*) FILTER (WHERE f.here AND t.here AND ${differs(column)})`);
  const sums = (side: string): string =>
    `ARRAY[${columns.map(({ name }) => `coalesce(sum(${side}.${identifier(name)}), 0)`).join(', ')}]::text[]`;
  const figures = from.kind === 'tally' ? [`${sums('f')} AS before`, `${sums('t')} AS after`] : [];
  return `SELECT ${[
    'count(f.here) AS from_rows, count(t.here) AS to_rows',
    ...kinds,
    `ARRAY[${each.join(', ')}]::bigint[] AS columns`,
    ...figures,
  ].join(', ')}
FROM ${joined(pair)}`;
}

/** Some rows of a kind: `key`, `before` and `after`, the values as texts, in order of the key's and of the columns. */
export function samplesSql(pair: ComparedPair, kind: DifferenceKind, limit: number): string {
  const { columns, from } = pair;
  const values = (side: string): string =>
    `ARRAY[${columns.map((column) => shownSql(column, `${side}.${identifier(column.name)}`)).join(', ')}]::text[]`;
  const key = from.keys.map((column) =>
    shownSql(column, `coalesce(f.${identifier(column.name)}, t.${identifier(column.name)})`),
  );
  return `SELECT ARRAY[${key.join(', ')}]::text[] AS key, ${values('f')} AS before, ${values('t')} AS after
FROM ${joined(pair)} WHERE ${CONDITIONS[kind](columns)} LIMIT ${limit}`;
}

function joined({ from, to, columns }: ComparedPair): string {
  const side = ({ source }: ComparedTable): string =>
    `(SELECT ${[...from.keys, ...columns].map(selected).join(', ')}, true AS here FROM ${source} AS s)`;
  const keys = from.keys.map(({ name }) => `f.${identifier(name)} = t.${identifier(name)}`);
  return `${side(from)} AS f FULL JOIN ${side(to)} AS t ON ${keys.join(' AND ')}`;
}

/** A view shows JSON as such, which Postgres does not compare. */
function selected({ name, type }: ComparedColumn): string {
  const column = `s.${identifier(name)}`;
  return type === 'text' ? `${column}::text AS ${identifier(name)}` : column;
}

function differs({ name }: ComparedColumn): string {
  return `f.${identifier(name)} IS DISTINCT FROM t.${identifier(name)}`;
}

/** As a verification shows values (the engine's `shown`). */
function shownSql({ type }: ComparedColumn, value: string): string {
  if (type === 'timestamp with time zone')
    return `to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  const text = type === 'text[]' ? `array_to_json(${value})::text` : `${value}::text`;
  return `CASE WHEN length(${text}) <= ${LISTED_CHARACTERS} THEN ${text}
ELSE left(${text}, ${LISTED_CHARACTERS}) || '… (' || octet_length(${text}) || ' bytes, md5 ' || md5(${text}) || ')' END`;
}
