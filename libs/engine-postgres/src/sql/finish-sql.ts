import type { AnyReadModel, Tally, Column } from '@app/engine';
import type { Measure } from '@app/engine/adapters';
import { byGroups, countsSql, elementsSql, groupSql } from './group-sql';
import { identifier, qualified } from './identifiers';
import { mergedRows } from './merged-rows';

/**
 * Statements that leave one row per key in a table that a build has written, in which keys may occur several times: the
 * rows of such keys are merged and put back. The first statement gives the number of those keys.
 */
export function mergeRepeated(
  schema: string,
  table: AnyReadModel,
): { readonly find: string; readonly merge: readonly string[] } {
  const name = qualified(schema, table.name);
  const keys = table.keys.map(({ sqlName }) => identifier(sqlName));
  const columns = table.columns.map(({ sqlName }) => identifier(sqlName)).join(', ');
  const same = keys.map((key) => `t.${key} = r.${key}`).join(' AND ');
  const rows = mergedRows(
    table,
    `(SELECT t.* FROM ${name} AS t JOIN pg_temp.repeated AS r ON ${same})`,
    (column, value) => `${value} AS ${identifier(column.sqlName)}`,
  );
  return {
    find: `CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS
SELECT ${keys.join(', ')} FROM ${name} GROUP BY ${keys.join(', ')} HAVING count(*) > 1`,
    merge: [
      'ANALYZE pg_temp.repeated',
      `CREATE TEMPORARY TABLE merged ON COMMIT DROP AS ${rows}`,
      `DELETE FROM ${name} AS t USING pg_temp.repeated AS r WHERE ${same}`,
      `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM pg_temp.merged`,
    ],
  };
}

/** Fills the first shard of a tally by counting the rows of its tables. */
export function fillTally(schema: string, tally: Tally): string {
  const keys = tally.keys.map(({ sqlName }) => identifier(sqlName)).join(', ');
  const counts = tally.measures.map(({ sqlName }) => identifier(sqlName)).join(', ');
  return `INSERT INTO ${qualified(schema, tally.name)} (${keys}, "shard", ${counts})
SELECT ${keys}, 0, ${counts} FROM (${countTally(schema, tally)}) AS t`;
}

/**
 * The groups of a tally with the counts of the rows that are there.
 *
 * @param narrowed a condition on the rows `t` that each group's count needs; all rows unless given
 */
export function countTally(
  schema: string,
  tally: Tally,
  narrowed: (measure: Measure) => readonly string[] = () => [],
): string {
  const keys = tally.keys.map(({ sqlName }) => identifier(sqlName)).join(', ');
  const sums = tally.measures.map(({ sqlName }) => {
    const count = identifier(sqlName);
    return `sum(${count})::bigint AS ${count}`;
  });
  const parts = byGroups(tally.measures).map((together) =>
    counted(schema, tally, together, narrowed(together[0]!)),
  );
  return `SELECT ${keys}, ${sums.join(', ')} FROM (
${parts.join('\nUNION ALL\n')}
) AS counted GROUP BY ${keys}`;
}

function counted(
  schema: string,
  tally: Tally,
  together: readonly Measure[],
  narrowed: readonly string[],
): string {
  const valueOf = ({ sqlName }: Column): string => `t.${identifier(sqlName)}`;
  const { over, by } = together[0]!;
  const groups = [
    `t.${identifier(over.keys[0]!.sqlName)}`,
    ...by.map(({ kind, column }) => groupSql(kind, valueOf(column))),
  ];
  const { numberOf, any } = countsSql(together, valueOf);
  const keys = groups.map((group, i) => `${group} AS ${identifier(tally.keys[i]!.sqlName)}`);
  const counts = tally.measures.map(
    (measure) =>
      `${together.includes(measure) ? numberOf(measure) : '0::bigint'} AS ${identifier(measure.sqlName)}`,
  );
  const conditions = by.map(({ column }) => `t.${identifier(column.sqlName)} IS NOT NULL`);
  if (any !== null) conditions.push(any);
  conditions.push(...narrowed);
  return `SELECT ${[...keys, ...counts].join(', ')} FROM ${qualified(schema, over.name)} AS t${elementsSql(together[0]!, valueOf)}
WHERE ${conditions.join(' AND ') || 'true'} GROUP BY ${groups.join(', ')}`;
}
