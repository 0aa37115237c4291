import type { Pool } from 'pg';
import { ANY_UUID } from './erasure-proof';

export interface Erasure {
  readonly workspace: string;
  /** In lower case. */
  readonly jimerUid: string;
  /** The time of the event, which stays the same when the erasure is requested again. */
  readonly erasedAt: Date;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** The request time that the last complete pass over the log covered; null before the first pass. */
  readonly clearedAt: Date | null;
  /** How many tombstones were written. */
  readonly records: number;
}

export interface ErasurePartition {
  readonly topic: string;
  readonly partition: number;
  /** Every record of an erased person before this offset has a tombstone. */
  readonly sweptTo: number;
  readonly tombstonedAt: Date | null;
}

type Jimer = Pick<Erasure, 'workspace' | 'jimerUid'>;

const COLUMNS = `workspace, jimer_uid AS "jimerUid", erased_at AS "erasedAt", requested_by AS "requestedBy",
  requested_at AS "requestedAt", cleared_at AS "clearedAt", records::float8`;
const PENDING = 'cleared_at IS DISTINCT FROM requested_at';

/** The erased persons, for the pass over the log. */
export class Erasures {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** Requests that they are removed from the log, again if they were before. */
  async request(jimers: readonly Jimer[], requestedBy: string): Promise<void> {
    await this.pool.query(
      `INSERT INTO engine.erasure (workspace, jimer_uid, requested_by)
       SELECT DISTINCT workspace, uid::uuid, $3 FROM unnest($1::text[], $2::text[]) AS asked (workspace, uid)
       ON CONFLICT (workspace, jimer_uid) DO UPDATE SET requested_by = excluded.requested_by, requested_at = date_trunc('milliseconds', now())`,
      [jimers.map(({ workspace }) => workspace), jimers.map(({ jimerUid }) => jimerUid), requestedBy],
    );
  }

  /** Restores erasures that the log contains and the database has lost. */
  async restore(jimers: readonly (Jimer & Pick<Erasure, 'erasedAt' | 'requestedBy'>)[]): Promise<number> {
    const { rowCount } = await this.pool.query(
      `INSERT INTO engine.erasure (workspace, jimer_uid, erased_at, requested_by)
       SELECT DISTINCT ON (workspace, uid) workspace, uid::uuid, at, by
         FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS told (workspace, uid, at, by)
        ORDER BY workspace, uid, at ON CONFLICT DO NOTHING`,
      [
        jimers.map(({ workspace }) => workspace),
        jimers.map(({ jimerUid }) => jimerUid),
        jimers.map(({ erasedAt }) => erasedAt),
        jimers.map(({ requestedBy }) => requestedBy),
      ],
    );
    return rowCount ?? 0;
  }

  async all(): Promise<readonly Erasure[]> {
    const { rows } = await this.pool.query<Erasure>(
      `SELECT ${COLUMNS} FROM engine.erasure ORDER BY workspace, jimer_uid`,
    );
    return rows;
  }

  /** The persons for whom the whole log has to be read. */
  async isPending(): Promise<boolean> {
    const { rowCount } = await this.pool.query(`SELECT FROM engine.erasure WHERE ${PENDING} LIMIT 1`);
    return rowCount === 1;
  }

  /**
   * Whether an erasure job has to be requested. A cancelled one continues when somebody requests it again or when the
   * next pass over the log is due.
   */
  async isWaiting(): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `SELECT FROM engine.erasure WHERE ${PENDING} AND requested_at > coalesce(
         (SELECT max(finished_at) FROM engine.job WHERE kind = 'erase' AND state = 'cancelled'), '-infinity') LIMIT 1`,
    );
    return rowCount === 1;
  }

  /** Whether anybody was erased and no pass over the log has run for this long or is running. */
  async isDue(intervalMs: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `SELECT FROM engine.erasure WHERE NOT EXISTS (
         SELECT FROM engine.job WHERE kind = 'erase'
            AND (finished_at IS NULL OR finished_at > now() - $1 * interval '1 millisecond')) LIMIT 1`,
      [intervalMs],
    );
    return rowCount === 1;
  }

  /**
   * Stores that a pass over the log has covered these requests.
   *
   * @param found how many tombstones were written for each
   */
  async cleared(erasures: readonly Erasure[], found: readonly number[]): Promise<void> {
    await this.pool.query(
      `UPDATE engine.erasure AS e SET records = e.records + done.found,
              cleared_at = CASE WHEN done.asked THEN done.requested_at ELSE e.cleared_at END
         FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bigint[], $5::boolean[])
           AS done (workspace, jimer_uid, requested_at, found, asked)
        WHERE (e.workspace, e.jimer_uid) = (done.workspace, done.jimer_uid)`,
      [
        erasures.map(({ workspace }) => workspace),
        erasures.map(({ jimerUid }) => jimerUid),
        erasures.map(({ requestedAt }) => requestedAt),
        found,
        erasures.map(isPending),
      ],
    );
  }

  /**
   * The outcome of a verification lists rows that differ; of it only the plain members are kept. A repair names
   * the persons whom it was asked for.
   */
  async forgetOutcomes(): Promise<void> {
    await this.pool.query(
      `UPDATE engine.job SET parameters = parameters - 'jimers'
        WHERE kind = 'repair' AND finished_at IS NOT NULL AND EXISTS (
          SELECT FROM jsonb_array_elements(parameters -> 'jimers') AS asked
            JOIN engine.erasure ON jimer_uid = (asked ->> 'uid')::uuid)`,
    );
    await this.pool.query(
      `UPDATE engine.job SET outcome = (
         SELECT jsonb_object_agg(key, value) FROM jsonb_each(outcome)
          WHERE jsonb_typeof(value) NOT IN ('object', 'array'))
        WHERE id IN (
          SELECT id FROM engine.job CROSS JOIN LATERAL regexp_matches(lower(outcome::text), $1, 'g') AS named (uid)
            JOIN engine.erasure ON jimer_uid = uid[1]::uuid)`,
      [ANY_UUID],
    );
  }

  async partitions(): Promise<readonly ErasurePartition[]> {
    const { rows } = await this.pool.query<ErasurePartition>(
      `SELECT topic, partition, swept_to::float8 AS "sweptTo", tombstoned_at AS "tombstonedAt"
         FROM engine.erasure_partition ORDER BY topic, partition`,
    );
    return rows;
  }

  async keep(partitions: readonly ErasurePartition[]): Promise<void> {
    await this.pool.query(
      `INSERT INTO engine.erasure_partition (topic, partition, swept_to, tombstoned_at)
       SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::timestamptz[])
       ON CONFLICT (topic, partition) DO UPDATE
         SET swept_to = excluded.swept_to, tombstoned_at = excluded.tombstoned_at`,
      [
        partitions.map(({ topic }) => topic),
        partitions.map(({ partition }) => partition),
        partitions.map(({ sweptTo }) => sweptTo),
        partitions.map(({ tombstonedAt }) => tombstonedAt),
      ],
    );
  }
}

/** Whether the whole log has to be read. */
export function isPending({ requestedAt, clearedAt }: Erasure): boolean {
  return clearedAt?.getTime() !== requestedAt.getTime();
}
