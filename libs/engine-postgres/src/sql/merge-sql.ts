import type { AnyReadModel, Tally, Column } from '@app/engine';
import type { LatestGroup } from '@app/engine/adapters';
import { TOUCH_CHANGED_AT, touchChangedAtIf } from './changed-at';
import { identifier, literal, qualified } from './identifiers';
import { indexedKey } from './index-order';
import { rowTypeOf } from '../codec/row-array';
import { countedOver, keyImage, movedTallies, returnedImages } from './tally-sql';

/**
 * The statement that merges the rows of one batch into a table and moves the tallies over it.
 *
 * Parameters: the rows as an array of the table's row type (`rowTypeOf`), then the shard if the table is sharded or
 * counted. The result is one row, `unchanged`: the places (from 1) of the input rows that changed nothing but a log
 * position, or null if all changed something.
 *
 * Rows are merged in the order of the key's index, so that two transactions lock the same rows in the same order. Before
 * images come from the statement's own RETURNING, because a row that was read earlier may be stale.
 */
export interface MergeStatement {
  readonly text: string;
  readonly takesShard: boolean;
}

const TARGET = 't';
const INCOMING = 'EXCLUDED';
const SHARD = '$2::integer';

export function mergeStatement(
  schema: string,
  table: AnyReadModel,
  tallies: readonly Tally[],
): MergeStatement {
  const counted = countedOver(table, tallies);
  const name = qualified(schema, table.name);
  const input = `unnest($1::${qualified(schema, rowTypeOf(table))}[])`;
  const columns = namesOf(table.columns);
  const keys = table.keys.map((column) => `new.${identifier(column.sqlName)} AS ${keyImage(column)}`);

  const merged = `INSERT INTO ${name} AS ${TARGET} (${columns}${table.sharded ? ', "shard"' : ''})
SELECT ${columns}${table.sharded ? `, ${SHARD}` : ''} FROM ${input} AS i
ORDER BY ${indexedKey(table).join(', ')}
ON CONFLICT (${namesOf(table.keys)}${table.sharded ? ', "shard"' : ''}) ${onConflict(table)}
RETURNING ${[...keys, ...returnedImages(table, counted), ...isChanged(table)].join(', ')}`;

  return {
    text: `WITH ${[`merged AS (\n${merged}\n)`, ...movedTallies(schema, counted, SHARD)].join(',\n')}
SELECT ${unchangedPlaces(table, input)} AS unchanged`,
    takesShard: table.sharded || counted.length > 0,
  };
}

/**
 * Evaluated only if some row changed nothing, which is rare. Postgres always hashes NOT IN, but would plan an anti-join
 * as a nested loop.
 */
function unchangedPlaces(table: AnyReadModel, input: string): string {
  const images = table.keys.map(keyImage).join(', ');
  const changed = table.position === null ? 'merged' : `merged WHERE ${CHANGED}`;
  return `CASE WHEN (SELECT count(*) FROM ${changed}) < cardinality($1) THEN (
SELECT array_agg(i.ordinality::integer) FROM ${input} WITH ORDINALITY AS i
WHERE (${namesOf(table.keys)}) NOT IN (SELECT ${images} FROM ${changed})) END`;
}

/** Whether a row is new, or more of it changed than its position. */
const CHANGED = 'is_changed';

function isChanged(table: AnyReadModel): readonly string[] {
  if (table.position === null) return [];
  const columns = table.columns.filter(({ role }) => role.kind !== 'key' && role.kind !== 'position');
  const images = (image: string): string => columns.map((column) => of(image, column)).join(', ');
  const isNew = `${of('old', table.keys[0]!)} IS NULL`;
  const changed = `(${isNew} OR ROW(${images('old')}) IS DISTINCT FROM ROW(${images('new')}))`;
  return [`${columns.length === 0 ? isNew : changed} AS ${CHANGED}`];
}

function namesOf(columns: readonly Column[]): string {
  return columns.map(({ sqlName }) => identifier(sqlName)).join(', ');
}

function onConflict(table: AnyReadModel): string {
  const { singles, groups, position } = table;
  if (singles.length === 0 && groups.length === 0 && position === null) return 'DO NOTHING';
  const assignments: string[] = [];
  const changes: string[] = [];
  for (const column of singles) {
    const merged = mergedSingle(column);
    assignments.push(`${identifier(column.sqlName)} = ${merged}`);
    changes.push(`${merged} IS DISTINCT FROM ${of(TARGET, column)}`);
  }
  for (const group of groups) {
    const newer = isNewer(group);
    changes.push(newer);
    for (const column of [...group.columns, ...group.stamp])
      assignments.push(
        `${identifier(column.sqlName)} = CASE WHEN ${newer} THEN ${of(INCOMING, column)} ELSE ${of(TARGET, column)} END`,
      );
  }
  // Without this, a redelivery would rewrite the row and count as a change.
  if (position === null)
    return `DO UPDATE SET\n${[TOUCH_CHANGED_AT, ...assignments].join(',\n')}\nWHERE ${changes.join('\nOR ')}`;
  const greatest = `GREATEST(${of(TARGET, position)}, ${of(INCOMING, position)})`;
  const all = [
    touchChangedAtIf(changes.length === 0 ? 'false' : changes.join(' OR '), TARGET),
    ...assignments,
    `${identifier(position.sqlName)} = ${greatest}`,
  ];
  return `DO UPDATE SET\n${all.join(',\n')}\nWHERE ${[...changes, `${greatest} IS DISTINCT FROM ${of(TARGET, position)}`].join('\nOR ')}`;
}

function of(source: string, column: Column): string {
  return `${source}.${identifier(column.sqlName)}`;
}

function mergedSingle(column: Column): string {
  const pair = `${of(TARGET, column)}, ${of(INCOMING, column)}`;
  if (column.role.kind !== 'single') throw new Error(`${column.name} has no merge of its own`);
  const { merge } = column.role;
  switch (merge) {
    case 'earliest':
      return `LEAST(${pair})`;
    case 'greatest':
    case 'any':
      return `GREATEST(${pair})`;
    case 'union':
      return unionOf(of(TARGET, column), of(INCOMING, column));
  }
}

/** The empty set stays a value; aggregating no elements would make it null. */
function unionOf(ours: string, theirs: string): string {
  const elements = `SELECT array_agg(DISTINCT x COLLATE "C" ORDER BY x COLLATE "C") FROM unnest(${ours} || ${theirs}) AS u (x)`;
  return `CASE WHEN ${ours} IS NULL THEN ${theirs} WHEN ${theirs} IS NULL THEN ${ours} ELSE COALESCE((${elements}), '{}') END`;
}

/** The same order as the engine's `isNewer`: the parts of the stamp, then canonical JSON by UTF-8 bytes. */
function isNewer(group: LatestGroup): string {
  const stamp = (source: string): string => `(${group.stamp.map((column) => of(source, column)).join(', ')})`;
  const time = `${INCOMING}.${identifier(group.time.sqlName)}`;
  return `(${time} IS NOT NULL AND (${of(TARGET, group.time)} IS NULL OR ${stamp(INCOMING)} > ${stamp(TARGET)} OR (${stamp(INCOMING)} = ${stamp(TARGET)} AND ${canonicalGroupSql(group, INCOMING)} > ${canonicalGroupSql(group, TARGET)})))`;
}

/** The same text as the engine's `canonicalGroup`. */
export function canonicalGroupSql(group: LatestGroup, source: string): string {
  const members = group.columns.map((column) => {
    const value = of(source, column);
    const label = literal(`${JSON.stringify(column.name)}:`);
    return `${label} || COALESCE(${jsonSql(column, value)}, 'null')`;
  });
  return `('{' || ${members.join(` || ',' || `)} || '}') COLLATE "C"`;
}

function jsonSql(column: Column, value: string): string {
  switch (column.type.name) {
    case 'instant':
      return `(extract(epoch FROM ${value}) * 1000)::bigint::text`;
    case 'boolean':
    case 'integer':
      return `${value}::text`;
    case 'json':
      return value;
    case 'uuid':
    case 'date':
      return `'"' || ${value}::text || '"'`;
    case 'text':
    case 'uid':
      return `to_json(${value})::text`;
    case 'set':
      throw new Error(`${column.name}: a set cannot be part of a latest group`);
  }
}
