import type { Pool } from 'pg';
import { GenerationMismatch, type Generation } from './generations';
import { activate } from './activate-and-retire';

/** There is no earlier generation, or it is not up to date. */
export class CannotRollBack extends Error {
  override readonly name = 'CannotRollBack';
}

/**
 * Pauses a projection: later batches wait for `resume`, also across restarts.
 *
 * @returns whether it was not paused before
 * @throws {GenerationMismatch} when no such projection was ever provisioned
 */
export async function pauseProjection(pool: Pool, name: string, reason: string): Promise<boolean> {
  await assertKnown(pool, name);
  const { rowCount } = await pool.query(
    'UPDATE engine.projection SET paused_at = now(), paused_reason = $2 WHERE name = $1 AND paused_at IS NULL',
    [name, reason],
  );
  return rowCount === 1;
}

/** @returns whether it was paused */
export async function resumeProjection(pool: Pool, name: string): Promise<boolean> {
  await assertKnown(pool, name);
  const { rowCount } = await pool.query(
    'UPDATE engine.projection SET paused_at = NULL, paused_reason = NULL WHERE name = $1 AND paused_at IS NOT NULL',
    [name],
  );
  return rowCount === 1;
}

async function assertKnown(pool: Pool, name: string): Promise<void> {
  const { rows } = await pool.query<{ name: string }>('SELECT name FROM engine.projection ORDER BY name');
  if (!rows.some((row) => row.name === name))
    throw new GenerationMismatch(
      `there is no projection ${name}; known are ${rows.map((row) => row.name).join(', ') || 'none'}`,
    );
}

/**
 * Makes the standby generation the active one, in one transaction. The active generation becomes the standby, so that
 * rolling back again undoes it.
 *
 * @returns the generation that is active now
 * @throws {CannotRollBack} when there is no standby, or it is not up to date
 * @throws {GenerationMismatch} when no such projection was ever provisioned
 */
export async function rollBack(pool: Pool, projection: string): Promise<Generation> {
  await assertKnown(pool, projection);
  const { rows } = await pool.query<Generation>(
    `SELECT id, projection, version, schema_name AS schema FROM engine.generation WHERE projection = $1 AND state = 'standby'`,
    [projection],
  );
  const [standby] = rows;
  if (!standby)
    throw new CannotRollBack(
      `no earlier generation of ${projection} is kept, so there is nothing to roll back to`,
    );
  const unguarded = { ofAnotherLog: false, guard: () => Promise.resolve() };
  const { outcome } = await activate(pool, standby, unguarded);
  if (outcome === 'behind')
    throw new CannotRollBack(
      `${standby.schema} is behind the active generation, so readers would go back in time. ` +
        `Run a projector of version ${standby.version} until it is up to date, then try again.`,
    );
  return standby;
}
