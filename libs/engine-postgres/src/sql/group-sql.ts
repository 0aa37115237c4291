import type { Column, GroupBy, Measure } from '@app/engine';

const ELEMENT = 'each_of.element';

/** What a row is grouped by, given the SQL of its column's value. */
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

/** What is put behind FROM where a measure counts a row once for each of a list's texts; else nothing. */
export function elementsSql(measure: Measure, valueOf: (column: Column) => string): string {
  const each = measure.by.find(({ kind }) => kind === 'each');
  if (!each) return '';
  return ` CROSS JOIN LATERAL (SELECT DISTINCT e.value COLLATE "C" AS element
FROM json_array_elements_text(${valueOf(each.column)}::json) AS e (value)) AS each_of`;
}
