import { until } from '@app/testing/infra';
import { ask, execute } from './databases';
import { generationsOf, type GenerationRow } from './read-models';

export interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly instance: string | null;
  readonly outcome: Readonly<Record<string, unknown>> | null;
}

/** The newest rebuild of a projection. */
export async function newestRebuild(databaseUrl: string, projection: string): Promise<JobRow | undefined> {
  const rows = await ask<JobRow>(
    databaseUrl,
    `SELECT id::text, state, instance, outcome FROM engine.job
      WHERE projection = $1 AND kind = 'rebuild' ORDER BY engine.job.id DESC LIMIT 1`,
    [projection],
  );
  return rows[0];
}

/** Takes whoever works on a job for dead at once, instead of when its lease has run out. */
export function endLeases(databaseUrl: string): Promise<void> {
  return execute(
    databaseUrl,
    `UPDATE engine.job SET heartbeat_at = now() - interval '1 hour' WHERE state = 'running'`,
  );
}

/** The unfinished generation of a projection, once there is one. */
export function underConstruction(databaseUrl: string, projection: string): Promise<GenerationRow> {
  return until(
    'a generation under construction',
    async () =>
      (await generationsOf(databaseUrl, projection)).find(
        ({ state }) => state === 'building' || state === 'catching-up',
      ),
    { everyMs: 5 },
  );
}
