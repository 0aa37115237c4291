import type { Pool } from 'pg';
import type { Generation, GenerationState } from './generations';

/** Counts what happened to the offsets before a partition's checkpoint, in one generation. */
export interface OffsetLedger {
  readonly topic: string;
  readonly partition: number;
  readonly checkpoint: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly skipped: Readonly<Record<'no handler' | 'tombstone' | 'erased', number>>;
  readonly deadLettered: number;
  readonly gaps: number;
}

/** Whether every offset before the checkpoint is counted exactly once. */
export function addsUp(account: OffsetLedger): boolean {
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
  readonly accounts: readonly OffsetLedger[];
}

export interface ProjectionStatus {
  readonly name: string;
  readonly pausedAt: Date | null;
  readonly pausedReason: string | null;
  /** The kept generations except snapshots, the active one first. */
  readonly generations: readonly GenerationStatus[];
}

type Queries = Pick<Pool, 'query'>;

/** Every projection that was ever provisioned, with its kept generations. */
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
       FROM engine.generation AS g WHERE state NOT IN ('retired', 'cancelled') AND snapshot IS NULL
      ORDER BY projection, state <> 'active', id`,
  );
  const accounts = await database.query<{ readonly generation: number; readonly account: OffsetLedger }>(
    `SELECT generation_id AS generation, jsonb_build_object(
              'topic', topic, 'partition', partition, 'checkpoint', next_offset, 'changed', changed,
              'unchanged', unchanged, 'deadLettered', dead_lettered, 'gaps', gaps,
              'skipped', jsonb_build_object('no handler', skipped_no_handler, 'tombstone', skipped_tombstone,
                'erased', skipped_erased)) AS account
       FROM engine.checkpoint JOIN engine.generation AS g ON g.id = generation_id
      WHERE g.state NOT IN ('retired', 'cancelled') AND g.snapshot IS NULL ORDER BY topic, partition`,
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
