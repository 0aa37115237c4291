import { until } from '@app/testing/infra';
import { Client } from 'pg';

/** A new, empty database of the server that `serverUrl` is of. @returns its URL */
export async function emptyDatabase(serverUrl: string, name: string): Promise<string> {
  await execute(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

export async function withClient<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export function execute(databaseUrl: string, sql: string): Promise<void> {
  return withClient(databaseUrl, async (client) => void (await client.query(sql)));
}

/** The rows of one query. */
export function ask<T extends object>(
  databaseUrl: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly T[]> {
  return withClient(databaseUrl, async (client) => (await client.query<T>(sql, [...values])).rows);
}

/**
 * Holds a lock on a table while `work` runs, so that something is caught in the middle of what it does.
 *
 * @param work gets a wait for somebody who is held up by it
 */
export function holdingLock<T>(
  databaseUrl: string,
  table: string,
  mode: 'ACCESS SHARE' | 'SHARE',
  work: (someoneWaits: () => Promise<void>) => Promise<T>,
): Promise<T> {
  return withClient(databaseUrl, async (holder) => {
    await holder.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE`);
    return work(async () => {
      await until('somebody who waits for the lock', async () => {
        const { rowCount } = await holder.query(
          `SELECT FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`,
        );
        return rowCount! > 0;
      });
    });
  });
}
