import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A function of the owner's, since a user that may only ask for a cancellation (the read API) must be able to end
 * a job that nobody works on. It does nothing to jobs that nobody asked to cancel.
 */
export class JobCancellation1764650000000 implements MigrationInterface {
  name = 'JobCancellation1764650000000';

  async up(runner: QueryRunner): Promise<void> {
    // Rows that a transaction of the worker holds are passed over: it ends, or is ended, and the next call comes.
    await runner.query(`
      CREATE FUNCTION engine.end_cancelled_jobs() RETURNS integer
      LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        WITH ended AS (
          UPDATE engine.job SET state = 'cancelled', attempt = attempt + 1, finished_at = now(),
                 outcome = CASE WHEN state = 'queued' THEN '{}'::jsonb ELSE
                   jsonb_build_object('reason', coalesce(instance, 'its worker') || ' did not give it up: it was ended without') END
           WHERE id IN (
             SELECT id FROM engine.job
              WHERE cancel_requested_at IS NOT NULL
                AND (state = 'queued' OR state = 'running' AND (
                  heartbeat_at < now() - interval '20 seconds' OR cancel_requested_at < now() - interval '15 seconds'))
              FOR UPDATE SKIP LOCKED)
          RETURNING 1)
        SELECT count(*)::integer FROM ended
      $$`);
    await runner.query(
      `COMMENT ON FUNCTION engine.end_cancelled_jobs IS 'Ends jobs that are to be cancelled and that no worker gives up.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION engine.end_cancelled_jobs()');
  }
}
