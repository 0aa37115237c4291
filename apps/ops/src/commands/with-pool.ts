import { workPool } from '@app/engine-postgres';
import type { Pool } from 'pg';

import { databaseUrl } from './connection';

export interface Where {
  readonly dataDir: string;
}

/** Works with a few connections to the database of the system, and closes them. */
export async function withPool<T>(
  { dataDir }: Where,
  work: (pool: Pool, url: string) => Promise<T>,
): Promise<T> {
  const url = databaseUrl(dataDir);
  const pool = workPool(url, 'ops', 2);
  try {
    return await work(pool, url);
  } finally {
    await pool.end();
  }
}
