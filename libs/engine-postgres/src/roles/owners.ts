import type { Pool, PoolClient } from 'pg';

/**
 * For the rest of the client's transaction: what it creates belongs to the projection's role, whoever it is that
 * creates it, where apps have roles of their own. Then any of the users of that role may change it.
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
