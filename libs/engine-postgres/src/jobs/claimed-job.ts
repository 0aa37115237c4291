import { BuildLost } from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import type { Job } from './job';

/** How many finished jobs are kept per projection and kind. */
const KEPT = 50;

/** A job that this instance has claimed. */
export class ClaimedJob {
  constructor(
    private readonly pool: Pool,
    readonly job: Job,
    readonly attempt: number,
  ) {}

  /**
   * Keeps the claim and reports progress.
   *
   * @returns whether to continue, to give up because the job was cancelled, or to stop because another instance has it
   */
  async heartbeat(progress: Readonly<Record<string, unknown>> | null): Promise<'go on' | 'cancel' | 'lost'> {
    const { rows } = await this.pool.query<{ cancelled: boolean }>(
      `UPDATE engine.job SET heartbeat_at = now(), progress = coalesce($3, progress)
        WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING cancel_requested_at IS NOT NULL AS cancelled`,
      [this.job.id, this.attempt, progress && JSON.stringify(progress)],
    );
    if (!rows[0]) return 'lost';
    return rows[0].cancelled ? 'cancel' : 'go on';
  }

  /**
   * Makes the client's transaction depend on the claim: nobody else can claim the job before the transaction has ended.
   *
   * @throws {BuildLost} when somebody has
   */
  async guard(client: PoolClient): Promise<void> {
    // This lock holds up a claim, which locks for update, but not a heartbeat, which changes no key.
    const { rowCount } = await client.query(
      `SELECT FROM engine.job WHERE id = $1 AND attempt = $2 AND state = 'running' FOR KEY SHARE`,
      [this.job.id, this.attempt],
    );
    if (rowCount === 0) throw new BuildLost(`job ${this.job.id} was cancelled, or another instance has it`);
  }

  async finish(
    state: 'succeeded' | 'failed' | 'cancelled',
    outcome: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.pool.query(
      `UPDATE engine.job SET state = $3, outcome = $4, finished_at = now() WHERE id = $1 AND attempt = $2 AND state = 'running'`,
      [this.job.id, this.attempt, state, JSON.stringify(outcome)],
    );
    await this.pool.query(
      `DELETE FROM engine.job WHERE id IN (
         SELECT id FROM engine.job WHERE projection = $1 AND kind = $2 AND finished_at IS NOT NULL
          ORDER BY id DESC OFFSET ${KEPT})`,
      [this.job.projection, this.job.kind],
    );
  }

  /** Releases the job, so that another instance can continue it. */
  async release(): Promise<void> {
    await this.pool.query(
      `UPDATE engine.job SET state = 'queued', heartbeat_at = NULL WHERE id = $1 AND attempt = $2 AND state = 'running'`,
      [this.job.id, this.attempt],
    );
  }
}
