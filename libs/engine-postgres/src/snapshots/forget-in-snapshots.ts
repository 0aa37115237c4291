import type { AnyReadModel } from '@app/engine';
import { type ErasedPerson, type ProjectionDeclaration, relationOf } from '@app/engine/adapters';
import type { PoolClient } from 'pg';
import { lockGeneration } from '../generations/generation-lock';
import type { Generation } from '../generations/generations';
import { forgetDeadLetters } from '../live/checkpoints';
import { forgetFromFirstShard } from '../sql/forget-sql';
import { identifier, qualified } from '../sql/identifiers';
import { digestOf } from '../verify/digest-sql';

/**
 * Statements that take persons out of a snapshot: workspaces and uids are their parameters. They are stored with it,
 * since the code that erases may be of another version than that which made the snapshot.
 */
export function forgettingOf(
  { id, schema }: Generation,
  projection: ProjectionDeclaration,
): readonly string[] {
  const { erased, tables, tallies } = projection;
  if (erased === null) return [];
  return [
    knowErased(schema, erased),
    ...tables
      .filter(({ person }) => person !== null)
      .map((table) =>
        forgetFromFirstShard(
          schema,
          table,
          tallies,
          [`${digestOf(relationOf(table), 'old')} AS digest`],
          [lessenDigest(id, table)],
        ),
      ),
  ];
}

function knowErased(schema: string, erased: AnyReadModel): string {
  const keys = erased.keys.map(({ sqlName }) => identifier(sqlName)).join(', ');
  return `INSERT INTO ${qualified(schema, erased.name)} (${keys})
SELECT DISTINCT * FROM unnest($1::text[], $2::uuid[]) AS e ON CONFLICT DO NOTHING`;
}

function lessenDigest(generation: number, { name }: AnyReadModel): string {
  return `lessened AS (
UPDATE engine.snapshot_digest AS d SET rows = d.rows - w.rows, sum = d.sum - w.sum
  FROM (SELECT count(*) AS rows, coalesce(sum(digest), 0) AS sum FROM was) AS w
 WHERE d.generation_id = ${generation} AND d.relation = '${name}'
)`;
}

/**
 * Takes persons out of every snapshot of a projection, in the transaction that erases them in a live generation.
 *
 * @param client whose transaction holds the lock of that generation alone
 */
export async function forgetInSnapshots(
  client: PoolClient,
  projection: string,
  persons: readonly ErasedPerson[],
): Promise<void> {
  // Its tables are not dropped before the transaction has ended. Of two generations that erase at the same moment one
  // waits here: with a lock that both may hold, each would wait for the other where the row is updated.
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM engine.generation WHERE projection = $1 AND state = 'snapshot' ORDER BY id FOR NO KEY UPDATE`,
    [projection],
  );
  for (const { id } of rows) await forgetInSnapshot(client, id, persons);
}

export async function forgetInSnapshot(
  client: PoolClient,
  id: number,
  persons: readonly ErasedPerson[],
): Promise<void> {
  if (persons.length === 0) return;
  // Two live generations may erase at the same moment.
  await client.query(lockGeneration('exclusive', id));
  const { rows } = await client.query<{ forgetting: readonly string[] }>(
    'SELECT forgetting FROM engine.generation WHERE id = $1',
    [id],
  );
  const values = [persons.map(({ workspace }) => workspace), persons.map(({ uid }) => uid)];
  for (const statement of rows[0]!.forgetting) await client.query(statement, values);
  await forgetDeadLetters(client, id, 'SELECT * FROM unnest($2::text[], $3::uuid[])', values);
  await client.query('UPDATE engine.generation SET erasures = erasures + 1 WHERE id = $1', [id]);
}
