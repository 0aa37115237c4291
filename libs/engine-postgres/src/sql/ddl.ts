import type { AnyReadModel, Tally, Column } from '@app/engine';
import { CHANGED_AT, plainSqlType, type ColumnComments } from '@app/engine/adapters';
import { CHANGED_AT_COLUMN, NEWEST_CHANGED_AT, shownChangedAt } from './changed-at';
import { identifier, literal, qualified } from './identifiers';
import { indexedKey, indexOrder } from './index-order';
import { mergedRows } from './merged-rows';
import { rowTypeOf } from '../codec/row-array';

/** Schema of the stable views over the active generation of every projection. */
export const VIEWS_SCHEMA = 'read_models';

/**
 * A table without indexes, for a build to write into, and its row type. The table's own type would work as well, but it
 * has columns that the database fills, each of which costs a merge some 2 %.
 */
export function createHeap(schema: string, table: AnyReadModel): string[] {
  const declared = table.columns.map((column) => `${identifier(column.sqlName)} ${column.type.sql}`);
  const columns = table.columns.map(
    ({ role }, i) => `${declared[i]}${role.kind === 'key' ? ' NOT NULL' : ''}`,
  );
  const generated = table.generated.map(
    (column) =>
      `${identifier(column.sqlName)} ${plainSqlType(column.type)} GENERATED ALWAYS AS (${column.sql}) STORED`,
  );
  // A build fills the first shard only.
  const shard = table.sharded ? ['"shard" integer NOT NULL DEFAULT 0'] : [];
  return [
    `CREATE TABLE ${qualified(schema, table.name)} (\n${[...columns, ...generated, ...shard, CHANGED_AT_COLUMN].join(',\n')}\n) WITH (fillfactor = 85)`,
    `CREATE TYPE ${qualified(schema, rowTypeOf(table))} AS (${declared.join(', ')})`,
  ];
}

export function createIndexes(schema: string, table: AnyReadModel): string[] {
  const name = qualified(schema, table.name);
  const key = [...indexedKey(table), ...(table.sharded ? ['"shard"'] : [])];
  const { person } = table;
  // For finding rows of several persons when one of them is erased.
  const persons = person && person.role.kind !== 'key' ? [identifier(person.sqlName)] : [];
  return [
    `ALTER TABLE ${name} ADD PRIMARY KEY (${key.join(', ')})`,
    ...table.indexes.map(
      (expressions) =>
        `CREATE INDEX ON ${name} (${indexOrder(table, '"workspace"', expressions).join(', ')})`,
    ),
    ...persons.map((column) => `CREATE INDEX ON ${name} USING gin (${column})`),
  ];
}

export function createTally(schema: string, tally: Tally): string {
  const columns = tally.keys.map((key) => `${identifier(key.sqlName)} ${key.type.sql} NOT NULL`);
  const counts = tally.measures.map((measure) => `${identifier(measure.sqlName)} bigint NOT NULL DEFAULT 0`);
  const key = [...tally.keys.map(({ sqlName }) => identifier(sqlName)), '"shard"'].join(', ');
  return `CREATE TABLE ${qualified(schema, tally.name)} (\n${[...columns, '"shard" integer NOT NULL', ...counts, CHANGED_AT_COLUMN, `PRIMARY KEY (${key})`].join(',\n')}\n) WITH (fillfactor = 70)`;
}

/** A stable view over the table of one generation. */
export interface StableView {
  readonly name: string;
  readonly select: string;
  readonly comment: string;
  readonly columnComments: ColumnComments;
}

/** @param asOf the time that computed columns take for the present; null: the time of the query */
export function viewOfTable(schema: string, table: AnyReadModel, asOf: Date | null = null): StableView {
  const present = asOf === null ? 'now()' : `${literal(asOf.toISOString())}::timestamptz`;
  const rows = table.sharded
    ? mergedRows(table, qualified(schema, table.name), shown, [shownChangedAt(schema, NEWEST_CHANGED_AT)])
    : plainSource(schema, table);
  const extra = table.viewColumns.map(
    ({ sql, sqlName }) => `${sql.replaceAll('now()', present)} AS ${identifier(sqlName)}`,
  );
  const own = [...table.columns, ...table.generated].map(({ sqlName }) => `v.${identifier(sqlName)}`);
  // The engine's own column is the last, so that a view that gains it can be replaced in place.
  const all = [...own, ...extra, `v.${identifier(CHANGED_AT)}`].join(', ');
  const select = extra.length === 0 ? rows : `SELECT ${all} FROM (${rows}) AS v`;
  return { name: table.name, select, comment: table.comment, columnComments: table.columnComments };
}

export function viewOfTally(schema: string, tally: Tally): StableView {
  const keys = tally.keys.map((key) => identifier(key.sqlName)).join(', ');
  const sums = tally.measures.map(
    ({ sqlName }) => `sum(${identifier(sqlName)})::bigint AS ${identifier(sqlName)}`,
  );
  const nonZero = tally.measures.map(({ sqlName }) => `sum(${identifier(sqlName)}) <> 0`).join(' OR ');
  const changedAt = shownChangedAt(schema, NEWEST_CHANGED_AT);
  const select = `SELECT ${keys}, ${sums.join(', ')}, ${changedAt} FROM ${qualified(schema, tally.name)} GROUP BY ${keys} HAVING ${nonZero}`;
  return { name: tally.name, select, comment: tally.comment, columnComments: tally.columnComments };
}

function shown(column: Column, value: string): string {
  return `${column.type.name === 'json' ? `${value}::json` : value} AS ${identifier(column.sqlName)}`;
}

function plainSource(schema: string, table: AnyReadModel): string {
  const columns = table.columns.map((column) => shown(column, identifier(column.sqlName)));
  const generated = table.generated.map(({ sqlName }) => identifier(sqlName));
  return `SELECT ${[...columns, ...generated, shownChangedAt(schema)].join(', ')} FROM ${qualified(schema, table.name)}`;
}
