import type { AnyReadModel, Column } from '@app/engine';
import { identifier } from './identifiers';
import { canonicalGroupSql } from './merge-sql';

/** SQL of a column of the result, given the SQL of its merged value. */
type Shown = (column: Column, value: string) => string;

/**
 * Merges rows with the same key into one, as the engine does: rows of several shards, and rows that a build wrote more
 * than once.
 *
 * @param source a table, or a query in parentheses
 * @param more SQL of further columns of the result, as aggregates over the rows of a key
 */
export function mergedRows(
  table: AnyReadModel,
  source: string,
  shown: Shown,
  more: readonly string[] = [],
): string {
  const keys = table.keys.map((column) => identifier(column.sqlName)).join(', ');
  const columns = table.columns.map((column) => {
    const { role } = column;
    const name = `s.${identifier(column.sqlName)}`;
    switch (role.kind) {
      case 'key':
        return shown(column, name);
      case 'single':
        return shown(column, aggregate(role.merge, column, name));
      case 'position':
        return shown(column, aggregate('greatest', column, name));
      case 'latest':
      case 'stamp': {
        const group = table.groups[role.group]!;
        const stamp = group.stamp.map((part) => `s.${identifier(part.sqlName)} DESC NULLS LAST`);
        const order = [...stamp, `${canonicalGroupSql(group, 's')} DESC`].join(', ');
        return shown(column, `(array_agg(${name} ORDER BY ${order}))[1]`);
      }
    }
  });
  return `SELECT ${[...columns, ...more].join(', ')} FROM ${source} AS s GROUP BY ${keys}`;
}

function aggregate(merge: 'earliest' | 'greatest' | 'any' | 'union', column: Column, name: string): string {
  if (merge === 'union') return `engine.set_union(${name})`;
  const [first, last] = merge === 'earliest' ? ['min', 'bool_and'] : ['max', 'bool_or'];
  if (column.type.name === 'boolean') return `${last}(${name})`;
  // Postgres has no minimum or maximum of uuids.
  if (column.type.name === 'uuid')
    return `(array_agg(${name} ORDER BY ${name} ${merge === 'earliest' ? 'ASC' : 'DESC'} NULLS LAST))[1]`;
  return `${first}(${name})`;
}
