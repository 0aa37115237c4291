import { openGenerations, migrateEngine, writePool } from '@app/engine-postgres';
import { DatabaseSettings, loadSettings } from '@app/platform';
import { PROJECTIONS } from '@app/projections';

import { provideDatabaseUsers } from './users';

/**
 * Brings the engine's tables to their newest shape and gives each projection without a generation its first.
 * Safe to repeat, and beside running projectors.
 * @throws {SettingsError} {GenerationMismatch} and what PostgreSQL says
 */
export async function migrate(): Promise<void> {
  const { url } = loadSettings(DatabaseSettings, process.env);
  await provideDatabaseUsers();
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
