import type { AnyReadModel, Column, LatestGroup, Measure, Tally } from '@app/engine';
import { elementsSql, groupSql } from './group-sql';
import { identifier, literal, qualified } from './identifiers';

/**
 * The statement that merges the rows of one batch into a table and moves the tallies over it.
 *
 * Parameters: one array per column of the table in order of declaration, then the shard when the table is
 * sharded or counted. Gives one row, `unchanged`: the places (from 1) of the input rows that changed nothing, or
 * null when all changed something.
 *
 * Rows are taken in order of key, so that two transactions that touch the same rows lock them in one order.
 * Before images come from the statement's own RETURNING: a row read in advance may be stale by now.
 */
export interface MergeStatement {
  readonly text: string;
  readonly takesShard: boolean;
}

const TARGET = 't';
const INCOMING = 'EXCLUDED';

export function mergeStatement(
  schema: string,
  table: AnyReadModel,
  tallies: readonly Tally[],
): MergeStatement {
  const counted = tallies
    .map((tally) => ({ tally, measures: tally.measures.filter((measure) => measure.over === table) }))
    .filter(({ measures }) => measures.length > 0);
  const takesShard = table.sharded || counted.length > 0;
  const shard = `$${table.columns.length + 1}::integer`;
  const images = imageColumns(counted.flatMap(({ measures }) => measures));
  const input = `unnest(${table.columns.map((column, i) => `$${i + 1}::${wireType(column)}[]`).join(', ')})`;

  const merged = `INSERT INTO ${qualified(schema, table.name)} AS ${TARGET} (${names(table)}${table.sharded ? ', "shard"' : ''})
SELECT ${table.columns.map(fromInput).join(', ')}${table.sharded ? `, ${shard}` : ''}
FROM ${input} AS i (${names(table)})
ORDER BY ${table.keys.map((_, i) => i + 1).join(', ')}
ON CONFLICT (${conflictKey(table)}) ${onConflict(table)}
RETURNING ${[...table.keys.map(keyImage), ...images.map(imageOf)].join(', ')}`;

  const statements = [`merged AS (\n${merged}\n)`];
  counted.forEach(({ tally, measures }, i) => {
    statements.push(`delta_${i} AS (\n${deltas(tally, measures)}\n)`);
    statements.push(`tally_${i} AS (\n${moveTally(schema, tally, measures, `delta_${i}`, shard)}\n)`);
  });
  return {
    text: `WITH ${statements.join(',\n')}\nSELECT ${unchangedPlaces(table)} AS unchanged`,
    takesShard,
  };
}

/** Looked for only when there are any: as a rule every row of a batch changes something. */
function unchangedPlaces(table: AnyReadModel): string {
  const keys = table.keys.map((column) => identifier(column.sqlName)).join(', ');
  const arrays = table.keys.map((column) => `$${column.index + 1}::${wireType(column)}[]`).join(', ');
  const same = table.keys.map((column) => `m.${identifier(KEY + column.sqlName)} = ${fromInput(column)}`);
  return `CASE WHEN (SELECT count(*) FROM merged) < cardinality($1::text[]) THEN (
SELECT array_agg(i.place::integer) FROM unnest(${arrays}) WITH ORDINALITY AS i (${keys}, place)
WHERE NOT EXISTS (SELECT FROM merged AS m WHERE ${same.join(' AND ')})) END`;
}

const KEY = 'k_';

function keyImage(column: Column): string {
  return `new.${identifier(column.sqlName)} AS ${identifier(KEY + column.sqlName)}`;
}

function names(table: AnyReadModel): string {
  return table.columns.map((column) => identifier(column.sqlName)).join(', ');
}

function conflictKey(table: AnyReadModel): string {
  return [
    ...table.keys.map((column) => identifier(column.sqlName)),
    ...(table.sharded ? ['"shard"'] : []),
  ].join(', ');
}

/** The type that a column's array travels as. */
function wireType(column: Column): string {
  switch (column.type.name) {
    case 'uuid':
      return 'uuid';
    case 'boolean':
      return 'boolean';
    case 'instant':
    case 'integer':
      return 'bigint';
    case 'date':
      return 'date';
    case 'text':
    case 'uid':
    case 'json':
    case 'set':
      return 'text';
  }
}

function fromInput(column: Column): string {
  const value = `i.${identifier(column.sqlName)}`;
  switch (column.type.name) {
    case 'instant':
      // Whole seconds and the rest apart: exact for every year from 1 to 9999, which a double of seconds is not.
      return `to_timestamp((${value} / 1000)::float8) + (${value} % 1000) * interval '1 millisecond'`;
    case 'set':
      return `${value}::text[]`;
    case 'uuid':
    case 'boolean':
    case 'integer':
    case 'date':
    case 'text':
    case 'uid':
    case 'json':
      return value;
  }
}

function onConflict(table: AnyReadModel): string {
  if (table.singles.length === 0 && table.groups.length === 0) return 'DO NOTHING';
  const assignments: string[] = [];
  const changes: string[] = [];
  for (const column of table.singles) {
    const merged = mergedSingle(column);
    assignments.push(`${identifier(column.sqlName)} = ${merged}`);
    changes.push(`${merged} IS DISTINCT FROM ${of(TARGET, column)}`);
  }
  for (const group of table.groups) {
    const newer = isNewer(group);
    changes.push(newer);
    for (const column of [...group.columns, ...group.stamp])
      assignments.push(
        `${identifier(column.sqlName)} = CASE WHEN ${newer} THEN ${of(INCOMING, column)} ELSE ${of(TARGET, column)} END`,
      );
  }
  // Without this a redelivery would rewrite the row and count as a change.
  return `DO UPDATE SET\n${assignments.join(',\n')}\nWHERE ${changes.join('\nOR ')}`;
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

/** The empty set is a value and stays one: aggregating no elements alone would make it null. */
function unionOf(ours: string, theirs: string): string {
  const elements = `SELECT array_agg(DISTINCT x COLLATE "C" ORDER BY x COLLATE "C") FROM unnest(${ours} || ${theirs}) AS u (x)`;
  return `CASE WHEN ${ours} IS NULL THEN ${theirs} WHEN ${theirs} IS NULL THEN ${ours} ELSE COALESCE((${elements}), '{}') END`;
}

/** The engine's order of snapshots: the stamp's parts as the group orders them, canonical JSON as UTF-8 bytes. */
function isNewer(group: LatestGroup): string {
  const stamp = (source: string): string => `(${group.stamp.map((column) => of(source, column)).join(', ')})`;
  const time = `${INCOMING}.${identifier(group.time.sqlName)}`;
  return `(${time} IS NOT NULL AND (${of(TARGET, group.time)} IS NULL OR ${stamp(INCOMING)} > ${stamp(TARGET)} OR (${stamp(INCOMING)} = ${stamp(TARGET)} AND ${canonicalGroupSql(group, INCOMING)} > ${canonicalGroupSql(group, TARGET)})))`;
}

/** The same text as the engine's `canonicalGroup`, byte for byte. */
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
      throw new Error(`${column.name}: a set is not part of a latest group`);
  }
}

/** Columns of the counted table that some measure needs the before and after image of. */
function imageColumns(measures: readonly Measure[]): Column[] {
  const columns = new Map<string, Column>();
  for (const measure of measures) {
    for (const { column } of measure.by) columns.set(column.sqlName, column);
    if (measure.where) columns.set(measure.where.column.sqlName, measure.where.column);
    const workspace = measure.over.keys[0]!;
    columns.set(workspace.sqlName, workspace);
  }
  return [...columns.values()];
}

const OLD = 'o_';
const NEW = 'n_';

function imageOf(column: Column): string {
  const name = identifier(column.sqlName);
  return `old.${name} AS ${identifier(OLD + column.sqlName)}, new.${name} AS ${identifier(NEW + column.sqlName)}`;
}

/** Signed changes per group: minus one where a row was counted before, plus one where it is now. */
function deltas(tally: Tally, measures: readonly Measure[]): string {
  const parts = measures.flatMap((measure) => [
    countedRows(tally, measures, measure, NEW, OLD, 1),
    countedRows(tally, measures, measure, OLD, NEW, -1),
  ]);
  const keys = tally.keys.map((key) => identifier(key.sqlName)).join(', ');
  const sums = measures.map(
    (measure) => `sum(${identifier(measure.sqlName)}) AS ${identifier(measure.sqlName)}`,
  );
  const nonZero = measures.map((measure) => `sum(${identifier(measure.sqlName)}) <> 0`).join(' OR ');
  return `SELECT ${keys}, ${sums.join(', ')} FROM (\n${parts.join('\nUNION ALL\n')}\n) AS counted\nGROUP BY ${keys}\nHAVING ${nonZero}`;
}

function countedRows(
  tally: Tally,
  measures: readonly Measure[],
  measure: Measure,
  image: string,
  other: string,
  sign: 1 | -1,
): string {
  const workspace = identifier(image + measure.over.keys[0]!.sqlName);
  const groups = measure.by.map(({ kind, column }) => groupSql(kind, identifier(image + column.sqlName)));
  const values = measures.map((candidate) => (candidate === measure ? `${sign}::bigint` : '0::bigint'));
  const columns = [workspace, ...groups, ...values].map((sql, i) => {
    const name = i < tally.keys.length ? tally.keys[i]!.sqlName : measures[i - tally.keys.length]!.sqlName;
    return `${sql} AS ${identifier(name)}`;
  });
  const conditions = [
    // No image: the row did not exist before.
    `${workspace} IS NOT NULL`,
    ...measure.by.map(({ column }) => `${identifier(image + column.sqlName)} IS NOT NULL`),
  ];
  if (measure.where) conditions.push(whereSql(measure.where, image));
  // A row whose group stays the same would add one and take one away again.
  const moved = measure.by
    .map(({ column }) => column)
    .concat(measure.where ? [measure.where.column] : [])
    .map(
      (column) =>
        `${identifier(image + column.sqlName)} IS DISTINCT FROM ${identifier(other + column.sqlName)}`,
    );
  conditions.push(`(${moved.join(' OR ')})`);
  const elements = elementsSql(measure, (column) => identifier(image + column.sqlName));
  return `SELECT ${columns.join(', ')} FROM merged${elements} WHERE ${conditions.join(' AND ')}`;
}

function whereSql(where: NonNullable<Measure['where']>, image: string): string {
  return `${identifier(image + where.column.sqlName)} IN (${where.oneOf.map(literal).join(', ')})`;
}

function moveTally(
  schema: string,
  tally: Tally,
  measures: readonly Measure[],
  source: string,
  shard: string,
): string {
  const keys = tally.keys.map((key) => identifier(key.sqlName)).join(', ');
  const counts = measures.map((measure) => identifier(measure.sqlName));
  const sums = counts.map((name) => `${name} = f.${name} + ${INCOMING}.${name}`).join(', ');
  return `INSERT INTO ${qualified(schema, tally.name)} AS f (${keys}, "shard", ${counts.join(', ')})
SELECT ${keys}, ${shard}, ${counts.join(', ')} FROM ${source}
ORDER BY ${keys}
ON CONFLICT (${keys}, "shard") DO UPDATE SET ${sums}`;
}
