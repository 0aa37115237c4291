import type { Pool } from 'pg';
import type { SnapshotVerification } from './snapshot-build';

type Queries = Pick<Pool, 'query'>;

/** A name of a snapshot: part of the name of a schema. */
export const SNAPSHOT_NAME = /^[a-z][a-z0-9_]{0,30}$/;
/** Means the generation that serves, where generations are named. */
export const ACTIVE = 'active';

export interface Snapshot {
  readonly name: string;
  readonly projection: string;
  readonly generation: number;
  readonly version: number;
  readonly schema: string;
  /** `building` until readers see it. */
  readonly state: 'building' | 'kept';
  readonly until: Date;
  readonly note: string | null;
  readonly requestedBy: string | null;
  readonly createdAt: Date;
  readonly keptAt: Date | null;
  readonly verified: SnapshotVerification | null;
  /** Erasures that were applied to it since. */
  readonly erasures: number;
}

/** Those that are kept or being made, by name. */
export async function listSnapshots(database: Queries): Promise<readonly Snapshot[]> {
  const { rows } = await database.query<Snapshot>(
    `SELECT snapshot AS name, projection, id AS generation, version, schema_name AS schema,
            CASE state WHEN 'snapshot' THEN 'kept' ELSE 'building' END AS state, until, note,
            requested_by AS "requestedBy", created_at AS "createdAt", activated_at AS "keptAt", verified, erasures
       FROM engine.generation
      WHERE state IN ('snapshot-building', 'snapshot-checking', 'snapshot') AND drop_requested_at IS NULL
      ORDER BY snapshot, projection`,
  );
  return rows;
}

/**
 * Asks for a snapshot to be dropped, in one projection or in all that have it. Nobody reads it from then on; the
 * projectors drop its tables.
 *
 * @returns the projections that had it
 */
export async function requestDrop(
  database: Queries,
  name: string,
  requestedBy: string,
): Promise<readonly string[]> {
  const { rows } = await database.query<{ projection: string }>(
    `UPDATE engine.generation SET drop_requested_at = now(), drop_requested_by = $2
      WHERE snapshot = $1 AND state = 'snapshot' AND drop_requested_at IS NULL RETURNING projection`,
    [name, requestedBy],
  );
  return rows.map(({ projection }) => projection).sort();
}
