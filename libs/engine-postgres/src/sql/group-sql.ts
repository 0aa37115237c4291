import type { Column } from '@app/engine';
import type { Condition, GroupBy, Measure } from '@app/engine/adapters';
import { literal } from './identifiers';

const ELEMENT = 'each_of.element';

/** SQL of the group of a row, given the SQL of its column's value. */
export function groupSql(kind: GroupBy['kind'], value: string): string {
  switch (kind) {
    case 'column':
      return value;
    case 'utc-day':
      return `(${value} AT TIME ZONE 'UTC')::date`;
    case 'each':
      return ELEMENT;
  }
}

/** SQL after FROM where a measure counts a row once for each text of a list; otherwise empty. */
export function elementsSql({ by }: Measure, valueOf: (column: Column) => string): string {
  const each = by.find(({ kind }) => kind === 'each');
  if (!each) return '';
  return ` CROSS JOIN LATERAL (SELECT DISTINCT e.value COLLATE "C" AS element
FROM json_array_elements_text(${valueOf(each.column)}::json) AS e (value)) AS each_of`;
}

/** Measures with the same groups, which one pass over the rows counts together. */
export function byGroups(measures: readonly Measure[]): readonly (readonly Measure[])[] {
  const groups = Map.groupBy(measures, ({ over, by }) =>
    JSON.stringify([over.name, ...by.map(({ kind, column }) => [kind, column.name])]),
  );
  return [...groups.values()];
}

/**
 * SQL that counts measures with the same groups in one pass: the count of each, and the condition under which any of them
 * counts a row; null if one of them counts every row.
 */
export function countsSql(
  measures: readonly Measure[],
  valueOf: (column: Column) => string,
): { readonly numberOf: (measure: Measure) => string; readonly any: string | null } {
  const conditions = measures.map(({ where }) => where && conditionSql(where, valueOf));
  return {
    numberOf: (measure) => {
      const condition = conditions[measures.indexOf(measure)];
      return condition && measures.length > 1 ? `count(*) FILTER (WHERE ${condition})` : 'count(*)';
    },
    any: conditions.includes(null) ? null : `(${conditions.join(' OR ')})`,
  };
}

function conditionSql(condition: Condition, valueOf: (column: Column) => string): string {
  const value = valueOf(condition.column);
  return condition.kind === 'one-of'
    ? `${value} IN (${condition.values.map(literal).join(', ')})`
    : `${value} >= ${valueOf(condition.other)}`;
}
