import { setTimeout as sleep } from 'node:timers/promises';
import { SessionPool, WATCH_TIMES, type SessionClient, type WatchTimes } from '@app/postgres';
import type { Pool, PoolClient } from 'pg';

/** The advisory lock that everything that changes schemas takes, in all apps. */
const PROVISION_LOCK = 0x6a696d6f; // "jimo"

/** Lets the server notice within half a minute that a client has silently disappeared, and drop its transaction. */
const KEEPALIVES = { tcp_keepalives_idle: '10', tcp_keepalives_interval: '5', tcp_keepalives_count: '3' };

/**
 * Connections for the write path.
 *
 * - `synchronous_commit=off`: a checkpoint commits with its rows, so what a crash of Postgres loses is applied again.
 * - A process that hangs while it holds a checkpoint's lock must not hold it forever: its transaction ends after 15 s
 *   without a statement, and its connection when the network no longer answers.
 */
export function writePool(databaseUrl: string, name: string, connections: number): SessionPool {
  return new SessionPool({
    connectionString: databaseUrl,
    application_name: name,
    max: connections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 0,
    // Longer than statement_timeout, for a server that no longer answers at all.
    query_timeout: 75_000,
    watched: WATCH_TIMES,
    pipeline: true,
    session: {
      synchronous_commit: 'off',
      idle_in_transaction_session_timeout: '15s',
      statement_timeout: '60s',
      lock_timeout: '0',
      ...KEEPALIVES,
      // Plans are made once per connection: merges have one sensible plan, and making it costs more than merging a
      // small batch.
      plan_cache_mode: 'force_generic_plan',
    },
  });
}

/**
 * Connections for builds and other long work: COPY, which cannot be pipelined, and statements that may take hours. A
 * connection that has died silently is still given up within half a minute: see `StatementWatch`.
 */
export function workPool(
  databaseUrl: string,
  name: string,
  connections: number,
  watched: WatchTimes = WATCH_TIMES,
): SessionPool {
  return new SessionPool({
    connectionString: databaseUrl,
    application_name: name,
    max: connections,
    connectionTimeoutMillis: 5_000,
    watched,
    session: {
      synchronous_commit: 'off',
      idle_in_transaction_session_timeout: '60s',
      statement_timeout: '0',
      lock_timeout: '0',
      ...KEEPALIVES,
    },
  });
}

const COMMAND_MS = 10_000;

/**
 * Connections for commands that somebody waits for: their statements are short, and a command that is reported as done
 * is durable. Connections are renewed, since an old one would stay with a primary that has become a standby.
 */
export function commandPool(databaseUrl: string, name: string, connections: number): SessionPool {
  return new SessionPool({
    connectionString: databaseUrl,
    application_name: name,
    max: connections,
    connectionTimeoutMillis: 5_000,
    maxLifetimeSeconds: 600,
    query_timeout: COMMAND_MS + 3_000,
    session: {
      synchronous_commit: 'on',
      idle_in_transaction_session_timeout: '60s',
      statement_timeout: String(COMMAND_MS),
      lock_timeout: '0',
      ...KEEPALIVES,
    },
  });
}

/** Runs `work` in one transaction, which is rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // Dropping the connection rolls back even when it no longer answers.
    client.release(true);
    throw error;
  }
}

/** How long a server may take to end a statement before the connection counts as dead. */
const END_MS = 3_000;

/**
 * Ends the current statement of a client's transaction once `signal` is aborted. Closing the connection would not be
 * enough, since the server notices that only when the statement has ended; nor would asking the server, which may never
 * answer.
 *
 * @param how `terminate` ends the connection, `cancel` the statement
 * @returns a function to be called when the transaction is over
 */
export async function endOnAbort(
  pool: Pool,
  client: PoolClient,
  signal: AbortSignal,
  how: 'terminate' | 'cancel',
): Promise<() => void> {
  const process = await backendOf(client);
  signal.throwIfAborted();
  let late: NodeJS.Timeout | undefined;
  const end = (): void => {
    pool.query(`SELECT pg_${how}_backend($1)`, [process]).catch(() => undefined);
    late = setTimeout(() => (client as unknown as Partial<SessionClient>).drop?.('given up'), END_MS);
  };
  signal.addEventListener('abort', end, { once: true });
  return () => {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
  };
}

/** The server process of a client's transaction. Behind a pooler only a query can tell. */
async function backendOf(client: PoolClient): Promise<number> {
  const known = (client as unknown as Partial<SessionClient>).backend;
  if (typeof known === 'number') return known;
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]!.pid;
}

/** Runs `work` while no other process provisions. */
export async function provisioning<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    await lockProvisioning(client);
    const result = await work();
    await client.query('COMMIT');
    broken = false;
    return result;
  } finally {
    // Dropping the connection releases the lock if the end was not reached.
    client.release(broken);
  }
}

const PROVISION_PATIENCE_MS = 60_000;
const PROVISION_RETRY_MS = 200;

/**
 * Takes the lock for a transaction and not for the session, which behind a pooler belongs to somebody else with the next
 * statement. It tries again and again instead of waiting in the database, where it would occupy one of the pooler's few
 * connections that the holder of the lock may need.
 */
async function lockProvisioning(client: PoolClient): Promise<void> {
  for (const deadline = Date.now() + PROVISION_PATIENCE_MS; ; await sleep(PROVISION_RETRY_MS)) {
    await client.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS held', [
      PROVISION_LOCK,
    ]);
    if (rows[0]!.held) return;
    await client.query('ROLLBACK');
    if (Date.now() > deadline) throw new Error('another process has been changing the schemas for a minute');
  }
}
