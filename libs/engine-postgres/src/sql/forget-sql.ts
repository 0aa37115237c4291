import type { AnyReadModel, Tally } from '@app/engine';
import { identifier, qualified } from './identifiers';
import { countedOver, keyImage, leftTallies, returnedImages, type Counted } from './tally-sql';

/**
 * The statement that deletes the rows of persons from a table and subtracts them from the tallies over it.
 *
 * Parameters: the persons' workspaces and uids, then the shard if the table is counted.
 */
export interface ForgetStatement {
  readonly text: string;
  readonly takesShard: boolean;
}

const SHARD = '$3::integer';
const PERSONS = 'unnest($1::text[], $2::uuid[])';

export function forgetStatement(
  schema: string,
  table: AnyReadModel,
  tallies: readonly Tally[],
): ForgetStatement {
  const counted = countedOver(table, tallies);
  return { text: forgetting(schema, table, counted, SHARD, [], []), takesShard: counted.length > 0 };
}

/** The same for a generation whose first shard holds everything; its parameters are the persons alone. */
export function forgetFromFirstShard(
  schema: string,
  table: AnyReadModel,
  tallies: readonly Tally[],
  returned: readonly string[],
  parts: readonly string[],
): string {
  return forgetting(schema, table, countedOver(table, tallies), '0', returned, parts);
}

/** @param parts of the WITH that read its part `was`, the rows that are gone, which also has what is `returned` */
function forgetting(
  schema: string,
  table: AnyReadModel,
  counted: readonly Counted[],
  shard: string,
  returned: readonly string[],
  parts: readonly string[],
): string {
  const keys = table.keys.map((column) => `old.${identifier(column.sqlName)} AS ${keyImage(column)}`);
  const gone = `${deletePersons(schema, table, PERSONS, 'by index')}
RETURNING ${[...keys, ...returnedImages(table, counted), ...returned].join(', ')}`;
  const all = [`was AS (\n${gone}\n)`, ...leftTallies(schema, counted, shard), ...parts];
  return `WITH ${all.join(',\n')}\nSELECT count(*) FROM was`;
}

/**
 * Deletes the rows of persons, and leaves tallies as they are.
 *
 * @param persons SQL that gives rows of workspace and uid
 * @param found how rows of several persons are found: by the index, or in one pass over a table without one
 */
export function deletePersons(
  schema: string,
  table: AnyReadModel,
  persons: string,
  found: 'by index' | 'in a pass',
): string {
  const name = qualified(schema, table.name);
  const workspace = identifier(table.keys[0]!.sqlName);
  const person = identifier(table.person!.sqlName);
  if (table.person!.role.kind === 'key')
    return `DELETE FROM ${name} AS t USING ${persons} AS e (workspace, uid)
WHERE t.${workspace} = e.workspace AND t.${person} = e.uid`;
  const rows =
    found === 'by index'
      ? `${name} AS s JOIN ${persons} AS e (workspace, uid) ON s.${person} @> ARRAY[e.uid::text]`
      : `${name} AS s CROSS JOIN LATERAL unnest(s.${person}) AS m (uid)
JOIN ${persons} AS e (workspace, uid) ON e.uid::text = m.uid`;
  return `DELETE FROM ${name} AS t USING (
SELECT DISTINCT s.ctid AS place FROM ${rows} AND e.workspace = s.${workspace}
) AS found WHERE t.ctid = found.place`;
}
