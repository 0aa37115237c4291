import type { Pool } from 'pg';
import { GenerationMismatch, type Generation, type GenerationState } from './generations';
import { activate } from './lifecycle';

/** There is nothing to go back to, or not yet. */
export class CannotRollBack extends Error {
  override readonly name = 'CannotRollBack';
}

/**
 * Lets a projection's tables stand still: batches that come later wait for `resume`. Survives restarts.
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
 * Lets readers see the generation that served before, in one transaction; the one that serves now is kept as
 * the standby, so that rolling back again undoes it.
 *
 * @returns the generation that serves now
 * @throws {CannotRollBack} when none is kept, or the one that is kept is not up to date
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
      `no earlier generation of ${projection} is kept: there is nothing to go back to`,
    );
  const unguarded = { ofAnotherLog: false, guard: () => Promise.resolve() };
  const { outcome } = await activate(pool, standby, unguarded);
  if (outcome === 'behind')
    throw new CannotRollBack(
      `${standby.schema} is behind the generation that serves, and readers would go back in time. ` +
        `A projector that runs version ${standby.version} brings it up to date; try again then.`,
    );
  return standby;
}

/** What became of the offsets before a partition's checkpoint, in one generation. */
export interface Account {
  readonly topic: string;
  readonly partition: number;
  readonly checkpoint: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly skipped: Readonly<Record<'no handler' | 'tombstone' | 'erased', number>>;
  readonly deadLettered: number;
  readonly gaps: number;
}

/** Whether every offset before the checkpoint is accounted for, once. */
export function addsUp(account: Account): boolean {
  const { changed, unchanged, skipped, deadLettered, gaps } = account;
  const parts = [changed, unchanged, ...Object.values(skipped), deadLettered, gaps];
  return parts.every((part) => part >= 0) && parts.reduce((a, b) => a + b, 0) === account.checkpoint;
}

export interface GenerationStatus extends Generation {
  readonly state: GenerationState;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly supersededAt: Date | null;
  readonly deadLetters: Readonly<Record<'set-aside' | 'replayed' | 'discarded', number>>;
  readonly accounts: readonly Account[];
}

export interface ProjectionStatus {
  readonly name: string;
  readonly pausedAt: Date | null;
  readonly pausedReason: string | null;
  /** Those that are kept: the one that serves first. */
  readonly generations: readonly GenerationStatus[];
}

type Queries = Pick<Pool, 'query'>;

/** Every projection that was ever provisioned, with the generations that are kept. */
export async function projectionStatus(database: Queries): Promise<readonly ProjectionStatus[]> {
  const projections = await database.query<Omit<ProjectionStatus, 'generations'>>(
    `SELECT name, paused_at AS "pausedAt", paused_reason AS "pausedReason" FROM engine.projection ORDER BY name`,
  );
  const generations = await database.query<Omit<GenerationStatus, 'accounts'>>(
    `SELECT id, projection, version, schema_name AS schema, state, created_at AS "createdAt",
            activated_at AS "activatedAt", superseded_at AS "supersededAt",
            (SELECT jsonb_build_object('set-aside', count(*) FILTER (WHERE d.state = 'set-aside'),
              'replayed', count(*) FILTER (WHERE d.state = 'replayed'),
              'discarded', count(*) FILTER (WHERE d.state = 'discarded'))
               FROM engine.dead_letter AS d WHERE d.generation_id = g.id) AS "deadLetters"
       FROM engine.generation AS g WHERE state NOT IN ('retired', 'cancelled')
      ORDER BY projection, state <> 'active', id`,
  );
  const accounts = await database.query<{ readonly generation: number; readonly account: Account }>(
    `SELECT generation_id AS generation, jsonb_build_object(
              'topic', topic, 'partition', partition, 'checkpoint', next_offset, 'changed', changed,
              'unchanged', unchanged, 'deadLettered', dead_lettered, 'gaps', gaps,
              'skipped', jsonb_build_object('no handler', skipped_no_handler, 'tombstone', skipped_tombstone,
                'erased', skipped_erased)) AS account
       FROM engine.checkpoint JOIN engine.generation AS g ON g.id = generation_id
      WHERE g.state NOT IN ('retired', 'cancelled') ORDER BY topic, partition`,
  );
  const accountsOf = Map.groupBy(accounts.rows, ({ generation }) => generation);
  return projections.rows.map((projection) => ({
    ...projection,
    generations: generations.rows
      .filter((generation) => generation.projection === projection.name)
      .map((generation) => ({
        ...generation,
        accounts: (accountsOf.get(generation.id) ?? []).map(({ account }) => account),
      })),
  }));
}
