import type { Tally, Row } from '@app/engine';
import type { Measure } from '@app/engine/adapters';
import type { PoolClient } from 'pg';
import { TOUCH_CHANGED_AT } from '../sql/changed-at';
import { countTally } from '../sql/finish-sql';
import { identifier, qualified } from '../sql/identifiers';

/**
 * Makes the counts of some groups of a tally those of the rows that are there, whatever they were. The client's
 * transaction has to hold the lock of the generation alone.
 *
 * @param groups the values of the tally's keys, in their order
 * @returns groups that had other counts
 */
export async function recountGroups(
  client: PoolClient,
  schema: string,
  tally: Tally,
  groups: readonly Row[],
): Promise<number> {
  if (groups.length === 0) return 0;
  const keys = tally.keys.map(({ sqlName }) => identifier(sqlName));
  const counts = tally.measures.map(({ sqlName }) => identifier(sqlName));
  const values = tally.keys.map((_, i) => groups.map((group) => String(group[i])));
  const asked = tally.keys.map(
    ({ type }, i) => `$${i + 1}::text[]::${type.sql.replace(' COLLATE "C"', '')}[]`,
  );
  const list = keys.join(', ');
  const sums = counts.map((count) => `coalesce(sum(k.${count}), 0)::bigint AS ${count}`);
  const missing = counts.map((count) => `coalesce(c.${count}, 0) - k.${count} AS ${count}`);
  const { rowCount } = await client.query(
    `WITH asked AS (SELECT DISTINCT * FROM unnest(${asked.join(', ')}) AS a (${list})),
counted AS (${countTally(schema, tally, (measure) => narrowed(tally, measure))}),
kept AS (SELECT ${keys.map((key) => `a.${key}`).join(', ')}, ${sums.join(', ')}
  FROM asked AS a LEFT JOIN ${qualified(schema, tally.name)} AS k USING (${list}) GROUP BY ${list}),
missing AS (SELECT ${list}, ${missing.join(', ')} FROM kept AS k LEFT JOIN counted AS c USING (${list}))
INSERT INTO ${qualified(schema, tally.name)} AS t (${list}, "shard", ${counts.join(', ')})
SELECT ${list}, 0, ${counts.join(', ')} FROM missing WHERE ${counts.map((count) => `${count} <> 0`).join(' OR ')}
ON CONFLICT (${list}, "shard") DO UPDATE SET
  ${[...counts.map((count) => `${count} = t.${count} + EXCLUDED.${count}`), TOUCH_CHANGED_AT].join(', ')}`,
    values,
  );
  return rowCount ?? 0;
}

/** So that an index over a column that groups finds the rows; what groups a row exactly is compared afterwards. */
function narrowed({ keys }: Tally, { over, by }: Measure): readonly string[] {
  const columns = [over.keys[0]!, ...by.map(({ kind, column }) => (kind === 'column' ? column : null))];
  return columns.flatMap((column, i) =>
    column === null
      ? []
      : [`t.${identifier(column.sqlName)} IN (SELECT ${identifier(keys[i]!.sqlName)} FROM asked)`],
  );
}
