import { SessionPool } from '@app/postgres';
import * as pg from 'pg';
import type { Pool, PoolConfig } from 'pg';
import { DataSource } from 'typeorm';
import { provisioning } from '../database';
import { EngineTables1764000000000 } from './1764000000000-engine-tables';
import { Builds1764100000000 } from './1764100000000-builds';
import { ReaderRole1764200000000 } from './1764200000000-reader-role';
import { Erasure1764350000000 } from './1764350000000-erasure';
import { LogErasures1764400000000 } from './1764400000000-log-erasures';
import { Owners1764500000000 } from './1764500000000-owners';
import { Mentions1764600000000 } from './1764600000000-mentions';
import { JobCancellation1764650000000 } from './1764650000000-job-cancellation';
import { ChangedAt1764700000000 } from './1764700000000-changed-at';
import { RowTypes1764800000000 } from './1764800000000-row-types';
import { Snapshots1765100000000 } from './1765100000000-snapshots';

const MIGRATIONS = [
  EngineTables1764000000000,
  Builds1764100000000,
  ReaderRole1764200000000,
  Erasure1764350000000,
  LogErasures1764400000000,
  Owners1764500000000,
  Mentions1764600000000,
  JobCancellation1764650000000,
  ChangedAt1764700000000,
  RowTypes1764800000000,
  Snapshots1765100000000,
];

/** The engine's tables are older than this program, and this user may not change them. */
class EngineOutdated extends Error {
  override readonly name = 'EngineOutdated';
}

/**
 * Migrates the engine's own tables. Many processes may call it at once. A user without the right to change them needs
 * tables that are up to date.
 *
 * @throws {EngineOutdated} when the tables are older and this user may not change them
 */
export async function migrateEngine(pool: Pool, databaseUrl: string): Promise<void> {
  if (await isGuest(pool)) return assertMigrated(pool);
  await provisioning(pool, async () => {
    await pool.query('CREATE SCHEMA IF NOT EXISTS engine');
    const source = new DataSource({
      type: 'postgres',
      url: databaseUrl,
      schema: 'engine',
      applicationName: 'engine-migrations',
      migrations: MIGRATIONS,
      migrationsTableName: 'migration',
      migrationsTransactionMode: 'each',
      driver: { ...pg, Pool: MigrationPool },
    });
    await source.initialize();
    try {
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
  });
}

class MigrationPool extends SessionPool {
  constructor(config: PoolConfig) {
    super({ ...config, session: { statement_timeout: '0', lock_timeout: '0' } });
  }
}

async function isGuest(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ guest: boolean }>(
    `SELECT count(*) > 0 AS guest FROM pg_namespace
      WHERE nspname = 'engine' AND NOT has_schema_privilege(oid, 'CREATE')`,
  );
  return rows[0]!.guest;
}

async function assertMigrated(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>('SELECT name FROM engine.migration');
  const missing = MIGRATIONS.filter(({ name }) => !rows.some((row) => row.name === name));
  if (missing.length > 0)
    throw new EngineOutdated(
      `the engine's tables are older than this program (${missing.map(({ name }) => name).join(', ')}), and this database user may not change them: run "ops setup" as their owner`,
    );
}
