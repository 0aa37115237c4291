import { isDeepStrictEqual } from 'node:util';
import type { ProjectionDeclaration } from '@app/engine/adapters';
import type { Pool } from 'pg';
import { ClaimedJob } from './claimed-job';
import type { Job, JobKind } from './job';

const COLUMNS = `id::text, projection, kind, state, version, parameters, requested_by AS "requestedBy",
  requested_at AS "requestedAt", cancel_requested_at AS "cancelRequestedAt", instance, started_at AS "startedAt",
  finished_at AS "finishedAt", progress, outcome`;

/** A worker without a heartbeat for this long counts as dead. */
const LEASE_S = 20;
const CLAIMABLE = `(j.state = 'queued' OR (j.state = 'running' AND j.heartbeat_at < now() - interval '${LEASE_S} seconds'))`;

/**
 * The jobs of projections. At most one rebuild and one verification of a projection run at a time, and one erasure,
 * whoever requests them. A job belongs to the instance that claimed it last; writes of an earlier claim are rejected.
 */
export class Jobs {
  constructor(private readonly pool: Pool) {}

  /**
   * Requests a job. Of a kind that allows only one, it returns the one that is queued or running.
   *
   * @returns the job, whether it is new, and whether it was asked for with the same parameters
   */
  async request(
    projection: Pick<ProjectionDeclaration, 'name' | 'version'>,
    kind: JobKind,
    requestedBy: string,
    parameters: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly job: Job; readonly isNew: boolean; readonly isAsAsked: boolean }> {
    const text = JSON.stringify(parameters);
    for (;;) {
      const inserted = await this.pool.query<Job>(
        `INSERT INTO engine.job (projection, version, kind, requested_by, parameters) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (projection, kind) WHERE kind <> 'replay' AND state IN ('queued', 'running') DO NOTHING
         RETURNING ${COLUMNS}`,
        [projection.name, projection.version, kind, requestedBy, text],
      );
      if (inserted.rows[0]) return { job: inserted.rows[0], isNew: true, isAsAsked: true };
      const found = await this.underWay(projection.name, kind);
      // It may have ended between the two statements.
      if (found)
        return {
          ...{ job: found, isNew: false },
          isAsAsked: isDeepStrictEqual(found.parameters, JSON.parse(text)),
        };
    }
  }

  /**
   * Requests a job unless one is running or has ended within the interval, or the generation has been active for less
   * than that.
   */
  async requestWhenDue(
    projection: Pick<ProjectionDeclaration, 'name' | 'version'>,
    kind: JobKind,
    requestedBy: string,
    intervalMs: number,
  ): Promise<void> {
    await this.pool.query(
      `INSERT INTO engine.job (projection, version, kind, requested_by)
       SELECT g.projection, g.version, $3, $4 FROM engine.generation AS g
        WHERE g.projection = $1 AND g.version = $2 AND g.state = 'active'
          AND g.activated_at < now() - $5 * interval '1 millisecond'
          AND NOT EXISTS (
            SELECT FROM engine.job AS j WHERE j.projection = $1 AND j.kind = $3
               AND (j.finished_at IS NULL OR j.finished_at > now() - $5 * interval '1 millisecond'))
       ON CONFLICT DO NOTHING`,
      [projection.name, projection.version, kind, requestedBy, intervalMs],
    );
  }

  /** Whether `claim` would find something to do. */
  async isWaiting(projections: readonly Pick<ProjectionDeclaration, 'name' | 'version'>[]): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `SELECT FROM engine.job AS j JOIN unnest($1::text[], $2::integer[]) AS own (name, version)
           ON (own.name, own.version) = (j.projection, j.version) WHERE ${CLAIMABLE} LIMIT 1`,
      [projections.map(({ name }) => name), projections.map(({ version }) => version)],
    );
    return rowCount === 1;
  }

  async get(id: string): Promise<Job | null> {
    const { rows } = await this.pool.query<Job>(`SELECT ${COLUMNS} FROM engine.job WHERE id = $1`, [id]);
    return rows[0] ?? null;
  }

  async underWay(projection: string, kind: JobKind): Promise<Job | null> {
    const { rows } = await this.pool.query<Job>(
      `SELECT ${COLUMNS} FROM engine.job WHERE projection = $1 AND kind = $2 AND state IN ('queued', 'running')`,
      [projection, kind],
    );
    return rows[0] ?? null;
  }

  /** The newest job of each projection and kind. */
  async newest(): Promise<readonly Job[]> {
    const { rows } = await this.pool.query<Job>(
      `SELECT DISTINCT ON (projection, kind) ${COLUMNS} FROM engine.job ORDER BY projection, kind, engine.job.id DESC`,
    );
    return rows;
  }

  /** Newest first: the queued and running jobs, and up to `limit` that have ended. */
  async list(limit: number): Promise<readonly Job[]> {
    const { rows } = await this.pool.query<Job>(
      `SELECT ${COLUMNS} FROM engine.job WHERE finished_at IS NULL
          OR id IN (SELECT id FROM engine.job WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT $1)
        ORDER BY engine.job.id DESC`,
      [limit],
    );
    return rows;
  }

  /**
   * Cancels a job: immediately when nobody works on it, otherwise by asking its worker, which gives it up within
   * seconds. If the worker does not, `endCancelled` ends the job, so a second call ends a job that hangs. A job that has
   * ended stays as it is.
   *
   * @returns the job afterwards, or null when there is no job with this id
   */
  async cancel(id: string): Promise<Job | null> {
    const { rowCount } = await this.pool.query(
      `UPDATE engine.job SET cancel_requested_at = coalesce(cancel_requested_at, now())
        WHERE id = $1 AND state IN ('queued', 'running')`,
      [id],
    );
    if (rowCount === 1) await this.endCancelled();
    return this.get(id);
  }

  /**
   * Ends cancelled jobs whose worker does not do it: those that are queued, those whose worker has no recent heartbeat,
   * and those whose worker was asked a while ago. Later writes of such a worker are rejected.
   *
   * @returns how many jobs were ended
   */
  async endCancelled(): Promise<number> {
    const { rows } = await this.pool.query<{ ended: number }>('SELECT engine.end_cancelled_jobs() AS ended');
    return rows[0]!.ended;
  }

  /**
   * Claims a job that is queued or whose worker has no recent heartbeat. Requesters take turns, starting with the one
   * whose last job began longest ago, so that many jobs of one do not hold up another's.
   *
   * @param projections as the claiming code declares them; it can only do jobs of its own version
   * @param id claims only this job
   */
  async claim(
    projections: readonly Pick<ProjectionDeclaration, 'name' | 'version'>[],
    instance: string,
    id: string | null = null,
  ): Promise<ClaimedJob | null> {
    // Rows that a transaction of the last worker still holds are skipped, since it may be alive after all.
    const { rows } = await this.pool.query<Job & { attempt: number }>(
      `UPDATE engine.job SET state = 'running', attempt = attempt + 1, instance = $3, heartbeat_at = now(),
              started_at = coalesce(started_at, now())
        WHERE engine.job.id = (
          SELECT j.id FROM engine.job AS j JOIN unnest($1::text[], $2::integer[]) AS own (name, version)
              ON (own.name, own.version) = (j.projection, j.version)
           WHERE ${CLAIMABLE} AND ($4::bigint IS NULL OR j.id = $4)
           ORDER BY (SELECT max(d.started_at) FROM engine.job AS d WHERE d.requested_by = j.requested_by) NULLS FIRST,
                    j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED)
        RETURNING attempt, ${COLUMNS}`,
      [projections.map(({ name }) => name), projections.map(({ version }) => version), instance, id],
    );
    const [claimed] = rows;
    if (!claimed) return null;
    const { attempt, ...job } = claimed;
    return new ClaimedJob(this.pool, job, attempt);
  }
}
