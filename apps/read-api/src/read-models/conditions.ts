import type { ApiFilter, ViewColumn } from '@app/engine';
import { folded } from '@app/projections';
import { composed, holds, jsonHolds } from '../common/database/search';
import type { Parameters } from '../common/database/statement';

/**
 * The condition of a filter, as SQL.
 *
 * @param value what the parameter asks for, as `queryOf` has read it
 * @param alias of the read model's view in the statement
 */
export function conditionOf(
  { condition }: ApiFilter,
  value: unknown,
  alias: string,
  parameters: Parameters,
): string {
  const sql = ({ sqlName }: ViewColumn): string => `${alias}.${sqlName}`;
  switch (condition.kind) {
    case 'has a value':
      return `${sql(condition.column)} IS ${value === true ? 'NOT NULL' : 'NULL'}`;
    case 'equals any of':
      return `${sql(condition.column)} = ANY(${parameters.add(value)})`;
    case 'equals': {
      const asked = parameters.add(value);
      return withIndex(condition, sql(condition.column), asked, `${sql(condition.column)} = ${asked}`);
    }
    case 'equals in any case': {
      const [column, asked] = [sql(condition.column), `CAST(${parameters.add(value)} AS text)`];
      return withIndex(condition, column, asked, `${folded(column)} = ${folded(asked)}`);
    }
    case 'has an element':
      return hasElement(sql(condition.column), condition, parameters.add(value));
    case 'contains':
      return containing(condition.columns, sql, parameters.add(value));
  }
}

/**
 * The comparison, and before it what the index finds where it is over an expression: equal texts have equal beginnings,
 * and the index holds no more than those.
 */
function withIndex(
  { column: { sqlName }, index }: { readonly column: ViewColumn; readonly index: string | null },
  column: string,
  asked: string,
  comparison: string,
): string {
  if (index === null || index === sqlName) return comparison;
  const over = (text: string): string => index.replaceAll(new RegExp(`\\b${sqlName}\\b`, 'g'), () => text);
  return `${over(column)} = ${over(asked)} AND ${comparison}`;
}

function hasElement(
  column: string,
  { column: { isList }, members }: { readonly column: ViewColumn; readonly members: readonly string[] },
  asked: string,
): string {
  if (isList)
    return `EXISTS (SELECT FROM json_array_elements_text(${column}) AS t (item) WHERE t.item = ${asked})`;
  // It is whatever was sent under that name: only what looks like [{ … }] can be found.
  const found = members.map((member) => composed(`item ->> '${member}'`));
  return `EXISTS (
    SELECT FROM json_array_elements(CASE WHEN json_typeof(${column}) = 'array' THEN ${column} ELSE '[]' END) AS t (item)
    WHERE json_typeof(item) = 'object' AND ${asked} IN (${found.join(', ')}))`;
}

function containing(
  columns: readonly ViewColumn[],
  sql: (column: ViewColumn) => string,
  asked: string,
): string {
  const inJson = columns
    .filter(({ type }) => type.name === 'json')
    .map((each) => jsonHolds(sql(each), asked));
  const texts = columns.filter(({ type }) => type.name !== 'json').map(sql);
  // Folded once for all of them, kept apart by a character that nobody searches for.
  const text = texts.length > 1 ? `concat_ws(chr(31), ${texts.join(', ')})` : texts[0];
  const conditions = [...(text === undefined ? [] : [holds(text, asked)]), ...inJson];
  return conditions.length === 1 ? conditions[0]! : `(${conditions.join(' OR ')})`;
}
