import { openGenerations, migrateEngine, writePool } from '@app/engine-postgres';
import { PROJECTIONS } from '@app/projections';

import { databaseUrl } from './connection';
import { provideDatabaseUsers } from './users';
import type { Where } from './with-pool';

/**
 * Migrates the engine's tables and creates the first generation of each projection that has none. It is idempotent and
 * may run beside projectors.
 * @throws {SettingsError} {GenerationMismatch} and errors of PostgreSQL
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
