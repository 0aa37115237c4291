import { setTimeout as sleep } from 'node:timers/promises';
import type { ActivateOutcome } from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import { inTransaction, provisioning } from '../database';
import { sqlState } from '../faults';
import type { Generation } from './generations';
import { identifier } from '../sql/identifiers';
import { VIEWS_SCHEMA } from '../sql/ddl';
import { showGeneration } from './views';

/** How long a switch or a drop may wait for a lock, and other queries behind it, before it backs off and tries again. */
const LOCK_TIMEOUT_MS = 200;
export const GIVE_UP_EARLY = `SET LOCAL lock_timeout = '${LOCK_TIMEOUT_MS}ms'`;
const SWITCH_RETRY_MS = 300;
const SWITCH_PATIENCE_MS = 60_000;
/** How long a switch holds back the active generation until the new one has caught up. */
const CATCH_UP_PATIENCE_MS = 3_000;

interface Activation {
  /** The active generation was filled from a log that no longer exists, so it is neither compared nor kept. */
  readonly ofAnotherLog: boolean;
  /** Runs within the transaction, and throws when the caller has lost the right to switch. */
  readonly guard: (client: PoolClient) => Promise<void>;
}

/**
 * Makes a generation the active one, in one transaction that switches all views of the projection. The generation that
 * was active becomes the standby, and an earlier standby is retired.
 */
export async function activate(
  pool: Pool,
  generation: Generation,
  { ofAnotherLog, guard }: Activation,
): Promise<ActivateOutcome> {
  const { projection } = generation;
  const outcome = await withoutBlockingReaders(() =>
    inTransaction(pool, async (client) => {
      await guard(client);
      // Two switches of one projection, such as a rollback and a build, must not run at the same time.
      await client.query('SELECT FROM engine.projection WHERE name = $1 FOR UPDATE', [projection]);
      if (!ofAnotherLog && !(await hasCaughtUp(client, generation))) return { outcome: 'behind' as const };
      const before = await servingGeneration(client, projection);
      await client.query(GIVE_UP_EARLY);
      await copyDiscardedDeadLetters(client, generation);
      await client.query(
        `UPDATE engine.generation SET state = 'retired', ended_at = now()
          WHERE projection = $1 AND state = 'standby' AND id <> $2`,
        [projection, generation.id],
      );
      await client.query(
        `UPDATE engine.generation SET state = $2, superseded_at = now(), ended_at = CASE $2 WHEN 'retired' THEN now() END
          WHERE projection = $1 AND state = 'active'`,
        [projection, ofAnotherLog ? 'retired' : 'standby'],
      );
      await client.query(
        `UPDATE engine.generation SET state = 'active', activated_at = now() WHERE id = $1`,
        [generation.id],
      );
      await showGeneration(client, generation.id, before);
      return { outcome: 'activated' as const };
    }),
  );
  // The switch is done. Tables that cannot be dropped now are dropped by the next housekeeping.
  if (outcome.outcome === 'activated') await dropRetired(pool, projection).catch(() => undefined);
  return outcome;
}

async function servingGeneration(client: PoolClient, projection: string): Promise<number | null> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM engine.generation WHERE projection = $1 AND state = 'active'`,
    [projection],
  );
  return rows[0]?.id ?? null;
}

/**
 * Whether the new generation has every event that the active one has, so that no reader goes back in time. It locks the
 * checkpoints of the active generation: since batches go there first, those in flight reach the new one soon.
 */
async function hasCaughtUp(client: PoolClient, { id, projection }: Generation): Promise<boolean> {
  await client.query(
    `SELECT FROM engine.checkpoint WHERE generation_id = (SELECT id FROM engine.generation WHERE projection = $1 AND state = 'active')
      ORDER BY topic, partition FOR UPDATE`,
    [projection],
  );
  for (const deadline = Date.now() + CATCH_UP_PATIENCE_MS; ; await sleep(20)) {
    const { rows } = await client.query<{ behind: number }>(
      `SELECT count(*)::integer AS behind FROM engine.checkpoint AS serving
        LEFT JOIN engine.checkpoint AS own ON own.generation_id = $2 AND own.topic = serving.topic AND own.partition = serving.partition
        WHERE serving.generation_id = (SELECT id FROM engine.generation WHERE projection = $1 AND state = 'active')
          AND serving.generation_id <> $2 AND serving.topic IN (SELECT unnest(topics) FROM engine.generation WHERE id = $2)
          AND serving.next_offset > coalesce(own.next_offset, 0)`,
      [projection, id],
    );
    if (rows[0]!.behind === 0) return true;
    if (Date.now() > deadline) return false;
  }
}

/** Dead letters that were discarded in the previous generation are discarded in the new one, too. */
async function copyDiscardedDeadLetters(client: PoolClient, { id, projection }: Generation): Promise<void> {
  await client.query(
    `UPDATE engine.dead_letter AS own SET state = 'discarded', resolved_at = old.resolved_at, resolution = old.resolution
       FROM engine.dead_letter AS old
      WHERE own.generation_id = $1 AND own.state = 'set-aside' AND old.state = 'discarded'
        AND old.generation_id = (SELECT id FROM engine.generation WHERE projection = $2 AND state = 'active')
        AND (old.topic, old.partition, old.record_offset) = (own.topic, own.partition, own.record_offset)`,
    [id, projection],
  );
}

/** Replacing a view waits for its readers, and new readers would queue behind it, so it gives up early and retries. */
export async function withoutBlockingReaders<T>(attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + SWITCH_PATIENCE_MS; ; await sleep(SWITCH_RETRY_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLockFault(error) || Date.now() > deadline) throw error;
    }
  }
}

/**
 * Retires standbys whose grace period is over, gives up builds whose rebuild was cancelled without its worker, and
 * drops what is left of generations that have ended.
 */
export async function retireExpired(
  pool: Pool,
  projections: readonly string[],
  graceMs: number,
): Promise<void> {
  await giveUpCancelledBuilds(pool, projections);
  await endSnapshots(pool, projections);
  await pool.query(
    `UPDATE engine.generation SET state = 'retired', ended_at = now()
      WHERE projection = ANY($1) AND state = 'standby' AND superseded_at < now() - $2 * interval '1 millisecond'`,
    [projections, graceMs],
  );
  const { rows } = await pool.query<{ projection: string }>(
    `SELECT DISTINCT projection FROM (${LEFT_OVER}) AS g`,
    [projections],
  );
  for (const { projection } of rows) await dropRetired(pool, projection);
}

/** A build continues when a rebuild is requested again, unless the last rebuild was cancelled. */
async function giveUpCancelledBuilds(pool: Pool, projections: readonly string[]): Promise<void> {
  await pool.query(
    `UPDATE engine.generation AS g SET state = 'cancelled', ended_at = now()
      WHERE projection = ANY($1) AND state IN ('building', 'catching-up')
        AND 'cancelled' = (SELECT j.state FROM engine.job AS j
          WHERE j.projection = g.projection AND j.kind = 'rebuild' ORDER BY j.id DESC LIMIT 1)`,
    [projections],
  );
}

/** Snapshots that somebody wants dropped, and those that no job makes any more: one that failed is begun again from nothing. */
async function endSnapshots(pool: Pool, projections: readonly string[]): Promise<void> {
  await pool.query(
    `UPDATE engine.generation SET state = 'retired', ended_at = now()
      WHERE projection = ANY($1) AND state = 'snapshot' AND drop_requested_at IS NOT NULL`,
    [projections],
  );
  await pool.query(
    `UPDATE engine.generation AS g SET state = 'cancelled', ended_at = now()
      WHERE projection = ANY($1) AND state IN ('snapshot-building', 'snapshot-checking') AND NOT EXISTS (
        SELECT FROM engine.job AS j WHERE j.projection = g.projection AND j.kind = 'snapshot'
           AND j.state IN ('queued', 'running'))`,
    [projections],
  );
}

const LEFT_OVER = `SELECT projection, schema_name AS schema FROM engine.generation JOIN pg_namespace ON nspname = schema_name
  WHERE projection = ANY($1) AND state IN ('retired', 'cancelled')`;

/** The views of a snapshot go with its tables; their schema goes with the last of them, if it is this user's. */
const DROP_EMPTY_SCHEMAS = `DO $drop$ DECLARE empty text; BEGIN
  FOR empty IN
    SELECT nspname FROM pg_namespace AS n
     WHERE pg_has_role(nspowner, 'USAGE')
       AND EXISTS (SELECT FROM engine.generation AS g WHERE nspname = '${VIEWS_SCHEMA}_' || g.snapshot)
       AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = n.oid)
       AND NOT EXISTS (SELECT FROM engine.generation AS g WHERE nspname = '${VIEWS_SCHEMA}_' || g.snapshot
         AND g.state IN ('snapshot-building', 'snapshot-checking', 'snapshot'))
  LOOP EXECUTE format('DROP SCHEMA %I', empty); END LOOP;
END $drop$`;

/**
 * Drops the tables of generations that have ended. Tables that somebody still reads are left for the next call, because
 * this one holds the provisioning lock. It is idempotent, also after a crash.
 */
export async function dropRetired(pool: Pool, projection: string): Promise<void> {
  await provisioning(pool, async () => {
    const { rows } = await pool.query<{ schema: string }>(LEFT_OVER, [[projection]]);
    for (const { schema } of rows) await dropUnlessRead(pool, schema);
    await pool.query(DROP_EMPTY_SCHEMAS);
  });
}

async function dropUnlessRead(pool: Pool, schema: string): Promise<void> {
  try {
    await inTransaction(pool, async (client) => {
      await client.query(GIVE_UP_EARLY);
      await client.query(`DROP SCHEMA ${identifier(schema)} CASCADE`);
    });
  } catch (error) {
    if (!isLockFault(error)) throw error;
  }
}

/** The lock was not available within the timeout, or there was a deadlock. */
function isLockFault(error: unknown): boolean {
  const state = sqlState(error);
  return state === '55P03' || state === '40P01';
}
