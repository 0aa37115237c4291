import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { openGenerations, migrateEngine, writePool } from '@app/engine-postgres';
import { execute } from '../servers';

/** Creates the engine's tables and the first generation of the projections, as a projector would at its start. */
export async function provision(
  databaseUrl: string,
  projections: readonly Projection<CatalogEvent>[],
): Promise<void> {
  const pool = writePool(databaseUrl, 'bench', 2);
  try {
    await migrateEngine(pool, databaseUrl);
    await openGenerations(pool, projections);
  } finally {
    await pool.end();
  }
}

const JOURNEYS_PER_JIMER = 15;
const EXPERIENCES = 60;

/**
 * Fills the active generation of the journeys with rows of people who are not in the workload: some fifteen
 * journeys each, in experiences that are not in the workload either.
 */
export async function addJourneys(databaseUrl: string, count: number): Promise<void> {
  const [active] = await execute<{ schema: string }>(
    databaseUrl,
    `SELECT schema_name AS schema FROM engine.generation WHERE projection = 'journeys' AND state = 'active'`,
  );
  await execute(
    databaseUrl,
    `INSERT INTO "${active!.schema}".journey (workspace, jimer_uid, experience_uid, title, type, snapshot_time,
       snapshot_rank, snapshot_event_id, first_seen_at, last_event_at, started_at, last_started_at)
     SELECT 'default', md5('jimer' || i / ${JOURNEYS_PER_JIMER})::uuid,
       md5('experience' || (i / ${JOURNEYS_PER_JIMER} + 7 * (i % ${JOURNEYS_PER_JIMER})) % ${EXPERIENCES})::uuid,
       'Onboarding', 'TOUR', at, 1, md5('event' || i)::uuid, at, at, at, at
     FROM generate_series(0, ${count - 1}) AS i,
       LATERAL (SELECT timestamptz '2024-06-01' + i % 15552000 * interval '1 second' AS at) AS times
     ORDER BY 2, 3
     ON CONFLICT DO NOTHING`,
    `VACUUM ANALYZE "${active!.schema}".journey`,
    'CHECKPOINT',
  );
}
