import type { Pool, PoolClient } from 'pg';

/**
 * Where apps have roles of their own, lets everything that the client's transaction creates belong to the projection's
 * role, so that any user of that role may change it.
 */
export async function asOwner(client: PoolClient, projection: string): Promise<void> {
  await client.query(
    `SELECT set_config('role', owner, true) FROM engine.projection WHERE name = $1 AND owner IS NOT NULL`,
    [projection],
  );
}

/** Whether apps have roles of their own in this database. */
export async function hasOwners(pool: Pick<Pool, 'query'>): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM engine.projection WHERE owner IS NOT NULL LIMIT 1');
  return rowCount === 1;
}
