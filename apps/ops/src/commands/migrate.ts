import { openGenerations, migrateEngine, writePool } from '@app/engine-postgres';
import { PROJECTIONS } from '@app/projections';

import { databaseUrl } from './connection';
import { provideDatabaseUsers } from './users';
import type { Where } from './with-pool';

/**
 * Brings the engine's tables to their newest shape and gives each projection without a generation its first.
 * Safe to repeat, and beside running projectors.
 * @throws {SettingsError} {GenerationMismatch} and what PostgreSQL says
 */
export async function migrate(options: Where): Promise<void> {
  const url = databaseUrl(options.dataDir);
  await provideDatabaseUsers(options);
  const pool = writePool(url, 'ops-migrate', 2);
  try {
    await migrateEngine(pool, url);
    const generations = await openGenerations(pool, PROJECTIONS);
    const schemas = [...generations.values()].map(({ active }) => active.schema);
    process.stdout.write(`the tables are there: ${schemas.join(', ')}\n`);
  } finally {
    await pool.end();
  }
}
