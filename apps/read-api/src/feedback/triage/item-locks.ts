import { commandPool } from '@app/engine-postgres';
import { observePool, unavailable, type Metrics } from '@app/platform';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';

const CONNECTIONS = 8;
const PATIENCE_MS = 5_000;
const RETRY_AFTER_S = 2;
const LOCK_NOT_AVAILABLE = '55P03';
/** Keeps these locks apart from others in the same database. */
const SEED = 0x7472_6961; // "tria"

export interface BacklogKey {
  readonly workspace: string;
  readonly uid: string;
}

/** What is known of locks that are held. */
export interface Held {
  /** The database's clock in epoch milliseconds, read under the locks: all that make versions of an item share it. */
  readonly now: number;
  /** @throws {Problem} 503 when it is not certain that they were held until now */
  confirm(): Promise<void>;
}

/**
 * Locks of backlog items, held by transactions of Postgres that read and write nothing: whoever holds one makes
 * the next version of that item, whichever process of this API it is. A process that dies gives its locks back.
 */
export class ItemLocks implements OnApplicationShutdown {
  private readonly pool: Pool;

  constructor(databaseUrl: string, metrics: Metrics) {
    this.pool = commandPool(databaseUrl, 'read-api-triage', CONNECTIONS);
    observePool(metrics, 'read-api-triage', () => this.pool);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  /**
   * Runs `work` while no one else holds any of the items.
   *
   * @param work must not leave a trace before it has confirmed that they are still held
   * @throws what `work` throws; {Problem} 503 when others hold them for too long; {LockLost} when it is not certain
   * that the locks were held until `work` was done
   */
  async holding<T>(items: readonly BacklogKey[], work: (held: Held) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let intact = false;
    try {
      const now = await this.lock(client, items);
      const result = await work({ now, confirm: () => confirm(client) });
      // Answered on the connection that holds them, so they were held until now.
      await client.query('COMMIT').catch((error: unknown) => {
        throw new LockLost('the connection that holds the locks broke', { cause: error });
      });
      intact = true;
      return result;
    } finally {
      // Dropping the connection rolls back, also when it no longer answers.
      client.release(!intact);
    }
  }

  private async lock(client: PoolClient, items: readonly BacklogKey[]): Promise<number> {
    try {
      await client.query('BEGIN READ ONLY');
      await client.query(`SET LOCAL lock_timeout = '${PATIENCE_MS}ms'`);
      // In one order for all, so that two who want the same two items do not wait for each other.
      const { rows } = await client.query<{ key: string }>(
        `SELECT DISTINCT hashtextextended(item, ${SEED})::text AS key FROM unnest($1::text[]) AS i (item) ORDER BY key`,
        [items.map(({ workspace, uid }) => JSON.stringify([workspace, uid]))],
      );
      for (const { key } of rows) await client.query('SELECT pg_advisory_xact_lock($1::bigint)', [key]);
      const { rows: clock } = await client.query<{ now: string }>(
        'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now',
      );
      return Number(clock[0]!.now);
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
      throw unavailable('Others are changing the item now. Send the request again.', RETRY_AFTER_S, error);
    }
  }
}

/** Answered on the connection that holds them, as the end is. */
async function confirm(client: PoolClient): Promise<void> {
  await client.query('SELECT 1').catch((error: unknown) => {
    const detail =
      'The connection that kept others from changing the item broke. Send the request again; nothing was changed.';
    throw unavailable(detail, RETRY_AFTER_S, error);
  });
}

/** What was done may have been done at the same time by another. */
export class LockLost extends Error {
  override readonly name = 'LockLost';
}
