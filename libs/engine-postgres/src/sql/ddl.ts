import type { AnyReadModel, Column, Tally } from '@app/engine';
import { identifier, literal, qualified } from './identifiers';
import { canonicalGroupSql } from './merge-sql';

/** Schema of the stable views over the active generation of every projection. */
export const VIEWS_SCHEMA = 'read_models';

export function createTable(schema: string, table: AnyReadModel): string[] {
  const name = qualified(schema, table.name);
  const columns = table.columns.map(
    (column) =>
      `${identifier(column.sqlName)} ${column.type.sql}${column.role.kind === 'key' ? ' NOT NULL' : ''}`,
  );
  const generated = table.generated.map(
    (column) => `${identifier(column.sqlName)} ${column.type} GENERATED ALWAYS AS (${column.sql}) STORED`,
  );
  const shard = table.sharded ? ['"shard" integer NOT NULL'] : [];
  const key = [
    ...table.keys.map((column) => identifier(column.sqlName)),
    ...(table.sharded ? ['"shard"'] : []),
  ];
  return [
    `CREATE TABLE ${name} (\n${[...columns, ...generated, ...shard, `PRIMARY KEY (${key.join(', ')})`].join(',\n')}\n) WITH (fillfactor = 85)`,
    ...table.indexes.map(
      (expressions) => `CREATE INDEX ON ${name} ("workspace", ${expressions.map((sql) => sql).join(', ')})`,
    ),
  ];
}

export function createTally(schema: string, tally: Tally): string[] {
  const columns = tally.keys.map((key) => `${identifier(key.sqlName)} ${key.type.sql} NOT NULL`);
  const counts = tally.measures.map((measure) => `${identifier(measure.sqlName)} bigint NOT NULL DEFAULT 0`);
  const key = [...tally.keys.map(({ sqlName }) => identifier(sqlName)), '"shard"'].join(', ');
  return [
    `CREATE TABLE ${qualified(schema, tally.name)} (\n${[...columns, '"shard" integer NOT NULL', ...counts, `PRIMARY KEY (${key})`].join(',\n')}\n) WITH (fillfactor = 70)`,
  ];
}

/** Replaces the stable view of a read model by one over the given generation's table. */
export function createView(schema: string, table: AnyReadModel): string[] {
  const view = qualified(VIEWS_SCHEMA, table.name);
  const merged = table.sharded ? shardedSource(schema, table) : plainSource(schema, table);
  const extra = table.viewColumns.map(({ sql, sqlName }) => `${sql} AS ${identifier(sqlName)}`);
  const source = extra.length === 0 ? merged : `SELECT v.*, ${extra.join(', ')} FROM (${merged}) AS v`;
  return [
    `DROP VIEW IF EXISTS ${view}`,
    `CREATE VIEW ${view} AS ${source}`,
    `COMMENT ON VIEW ${view} IS ${literal(table.comment)}`,
  ];
}

export function createTallyView(schema: string, tally: Tally): string[] {
  const view = qualified(VIEWS_SCHEMA, tally.name);
  const keys = tally.keys.map((key) => identifier(key.sqlName)).join(', ');
  const sums = tally.measures.map(
    ({ sqlName }) => `sum(${identifier(sqlName)})::bigint AS ${identifier(sqlName)}`,
  );
  const nonZero = tally.measures.map(({ sqlName }) => `sum(${identifier(sqlName)}) <> 0`).join(' OR ');
  return [
    `DROP VIEW IF EXISTS ${view}`,
    `CREATE VIEW ${view} AS SELECT ${keys}, ${sums.join(', ')} FROM ${qualified(schema, tally.name)} GROUP BY ${keys} HAVING ${nonZero}`,
    `COMMENT ON VIEW ${view} IS ${literal(tally.comment)}`,
  ];
}

function shown(column: Column, value: string): string {
  return `${column.type.name === 'json' ? `${value}::json` : value} AS ${identifier(column.sqlName)}`;
}

function plainSource(schema: string, table: AnyReadModel): string {
  const columns = table.columns.map((column) => shown(column, identifier(column.sqlName)));
  const generated = table.generated.map(({ sqlName }) => identifier(sqlName));
  return `SELECT ${[...columns, ...generated].join(', ')} FROM ${qualified(schema, table.name)}`;
}

/** One row per key from its shards, merged as the engine merges. */
function shardedSource(schema: string, table: AnyReadModel): string {
  const keys = table.keys.map((column) => identifier(column.sqlName)).join(', ');
  const columns = table.columns.map((column) => {
    const { role } = column;
    const name = `s.${identifier(column.sqlName)}`;
    switch (role.kind) {
      case 'key':
        return shown(column, name);
      case 'single':
        if (role.merge === 'union')
          throw new Error(`${table.name}.${column.name}: a sharded table has no unions`);
        return shown(column, aggregate(role.merge, column, name));
      case 'latest':
      case 'stamp': {
        const group = table.groups[role.group]!;
        const stamp = [group.time, group.rank, group.event].map(
          (part) => `s.${identifier(part.sqlName)} DESC NULLS LAST`,
        );
        const order = [...stamp, `${canonicalGroupSql(group, 's')} DESC`].join(', ');
        return shown(column, `(array_agg(${name} ORDER BY ${order}))[1]`);
      }
    }
  });
  return `SELECT ${columns.join(', ')} FROM ${qualified(schema, table.name)} AS s GROUP BY ${keys}`;
}

function aggregate(merge: 'earliest' | 'greatest' | 'any', column: Column, name: string): string {
  if (column.type.name === 'boolean') return merge === 'earliest' ? `bool_and(${name})` : `bool_or(${name})`;
  return merge === 'earliest' ? `min(${name})` : `max(${name})`;
}
