import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { DataSource } from 'typeorm';
import { EngineTables1764000000000 } from './migrations/1764000000000-engine-tables';
import { Builds1764100000000 } from './migrations/1764100000000-builds';
import { ReaderRole1764200000000 } from './migrations/1764200000000-reader-role';
import { Erasure1764350000000 } from './migrations/1764350000000-erasure';
import { LogErasures1764400000000 } from './migrations/1764400000000-log-erasures';
import { Owners1764500000000 } from './migrations/1764500000000-owners';
import { Mentions1764600000000 } from './migrations/1764600000000-mentions';

/** Serialises everything that changes schemas, whichever app does it. */
const PROVISION_LOCK = 0x6a696d6f; // "jimo"

/**
 * Connections for the write path.
 *
 * - `synchronous_commit=off`: a checkpoint commits with its rows, so what a crash of Postgres loses is read again.
 * - A process that is stopped while it holds a checkpoint's lock must not hold it for ever: its transaction
 *   is ended after 15 s idle, and its connection when the network no longer answers.
 */
export function writePool(databaseUrl: string, name: string, connections: number): Pool {
  const config: PoolConfig & { pipeline: boolean } = {
    connectionString: databaseUrl,
    application_name: name,
    max: connections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 0,
    // Longer than statement_timeout: for a server that no longer says anything.
    query_timeout: 75_000,
    keepAlive: true,
    pipeline: true,
    options: [
      'synchronous_commit=off',
      'idle_in_transaction_session_timeout=15s',
      'statement_timeout=60s',
      'tcp_keepalives_idle=10',
      'tcp_keepalives_interval=5',
      'tcp_keepalives_count=3',
      'jit=off',
      // Planned once per connection: the merges have one sensible plan, and planning one costs more than
      // merging a small batch.
      'plan_cache_mode=force_generic_plan',
      'TimeZone=UTC',
    ]
      .map((setting) => `-c ${setting}`)
      .join(' '),
  };
  const pool = new Pool(config);
  // A connection that breaks is replaced at its next use, and the query on it fails. Without a listener on the
  // pool (idle) and on the client (checked out, between two queries) it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * Connections for builds and other long work: COPY, which knows no pipeline, and statements that may take hours.
 *
 * @param commits `durable` for what somebody is told is done and no log would bring back
 */
export function workPool(
  databaseUrl: string,
  name: string,
  connections: number,
  commits: 'soon' | 'durable' = 'soon',
): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: name,
    max: connections,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    options: [
      ...(commits === 'soon' ? ['synchronous_commit=off'] : []),
      'idle_in_transaction_session_timeout=60s',
      'tcp_keepalives_idle=10',
      'tcp_keepalives_interval=5',
      'tcp_keepalives_count=3',
      'jit=off',
      'TimeZone=UTC',
    ]
      .map((setting) => `-c ${setting}`)
      .join(' '),
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Runs `work` in one transaction. What it throws rolls back. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // Dropping the connection rolls back, also when it no longer answers.
    client.release(true);
    throw error;
  }
}

/** Runs `work` while no other process provisions. */
export async function provisioning<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PROVISION_LOCK]);
    const result = await work();
    await client.query('SELECT pg_advisory_unlock($1)', [PROVISION_LOCK]);
    broken = false;
    return result;
  } finally {
    // Dropping the connection gives the lock back when unlocking was not reached.
    client.release(broken);
  }
}

const MIGRATIONS = [
  EngineTables1764000000000,
  Builds1764100000000,
  ReaderRole1764200000000,
  Erasure1764350000000,
  LogErasures1764400000000,
  Owners1764500000000,
  Mentions1764600000000,
];

/** The engine's tables are not those of this program, and this user may not change them. */
export class EngineOutdated extends Error {
  override readonly name = 'EngineOutdated';
}

/**
 * Brings the engine's own tables to their newest shape. Safe to call from many processes at once. A user that may
 * not change them is content with tables that are.
 *
 * @throws {EngineOutdated} when they are older and not this user's to change
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
    });
    await source.initialize();
    try {
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
  });
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
