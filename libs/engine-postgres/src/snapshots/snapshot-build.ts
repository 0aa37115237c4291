import type { ProjectionDeclaration, RelationDigests } from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import { inTransaction, provisioning } from '../database';
import { lockGeneration } from '../generations/generation-lock';
import { selectErased } from '../generations/generation-tables';
import {
  fingerprint,
  GenerationMismatch,
  insertGeneration,
  type Generation,
} from '../generations/generations';
import { dropRetired, GIVE_UP_EARLY, withoutBlockingReaders } from '../generations/activate-and-retire';
import type { ClaimedJob } from '../jobs/claimed-job';
import { createHeaps, PostgresBuild } from '../rebuild/postgres-build';
import { forgetInSnapshot, forgettingOf } from './forget-in-snapshots';
import { showSnapshot } from './snapshot-views';

/** What a snapshot is to be. */
export interface SnapshotSpec {
  readonly name: string;
  /** A time of the log, inclusive. */
  readonly until: Date;
  readonly note: string | null;
  readonly requestedBy: string;
}

/** What came of comparing a snapshot with the log when it was made. */
export interface SnapshotVerification {
  readonly outcome: 'clean' | 'indeterminate';
  readonly reasons: readonly string[];
  readonly records: number;
  readonly rows: number;
  readonly verifiedAt: string;
}

/**
 * The unfinished build of a snapshot, or a new one.
 *
 * @throws {GenerationMismatch} when there is a snapshot of this name
 * @throws {BuildLost} when the job is another's
 */
export async function openSnapshotBuild(
  pool: Pool,
  projection: ProjectionDeclaration,
  claim: ClaimedJob,
  spec: SnapshotSpec,
  signal: AbortSignal,
): Promise<PostgresBuild> {
  const own = [projection.name, spec.name, spec.until, projection.version, fingerprint(projection)];
  const generation = await inTransaction(pool, async (client) => {
    await claim.guard(client);
    // Of a job that failed: its tables may be of another time.
    await client.query(
      `UPDATE engine.generation SET state = 'cancelled', ended_at = now()
        WHERE projection = $1 AND state IN ('snapshot-building', 'snapshot-checking')
          AND (snapshot, until, version, fingerprint) <> ($2, $3, $4, $5)`,
      own,
    );
    const { rows } = await client.query<Generation & { readonly isKept: boolean }>(
      `SELECT id, projection, version, schema_name AS schema, state = 'snapshot' AS "isKept"
         FROM engine.generation WHERE projection = $1 AND snapshot = $2 AND drop_requested_at IS NULL
          AND state IN ('snapshot-building', 'snapshot-checking', 'snapshot')`,
      [projection.name, spec.name],
    );
    const [found] = rows;
    if (found?.isKept) throw new GenerationMismatch(`${projection.name} has a snapshot ${spec.name} already`);
    if (found) return found;
    const created = await insertGeneration(client, projection, 'snapshot-building', spec.until);
    await client.query(
      `UPDATE engine.generation SET snapshot = $2, until = $3, note = $4, requested_by = $5, forgetting = $6 WHERE id = $1`,
      [
        created.id,
        spec.name,
        spec.until,
        spec.note,
        spec.requestedBy,
        JSON.stringify(forgettingOf(created, projection)),
      ],
    );
    return createHeaps(client, projection, created);
  });
  await dropRetired(pool, projection.name);
  return new PostgresBuild(pool, projection, claim, generation, signal);
}

/** The snapshot that a job has kept, if it was killed before it could say so. */
export async function keptBefore(
  pool: Pool,
  projection: ProjectionDeclaration,
  { job }: ClaimedJob,
  name: string,
): Promise<{ readonly id: number; readonly verification: SnapshotVerification } | null> {
  // No other job makes one from when this was asked for until it ends.
  const { rows } = await pool.query<{ id: number; verification: SnapshotVerification }>(
    `SELECT id, verified AS verification FROM engine.generation
      WHERE projection = $1 AND snapshot = $2 AND state = 'snapshot' AND drop_requested_at IS NULL
        AND activated_at > (SELECT requested_at FROM engine.job WHERE id = $3)`,
    [projection.name, name, job.id],
  );
  return rows[0] ?? null;
}

/** Gives up a build, so that `openSnapshotBuild` begins another. */
export async function giveUpSnapshot(pool: Pool, claim: ClaimedJob, { id }: Generation): Promise<void> {
  await inTransaction(pool, async (client) => {
    await claim.guard(client);
    await client.query(`UPDATE engine.generation SET state = 'cancelled', ended_at = now() WHERE id = $1`, [
      id,
    ]);
  });
}

/**
 * Keeps a snapshot that is whole, and lets readers see it: with what its rows come to, less those of persons whose
 * erasure came after the last record that was read.
 */
export async function keepSnapshot(
  pool: Pool,
  projection: ProjectionDeclaration,
  claim: ClaimedJob,
  { id, schema }: Generation,
  digests: RelationDigests,
  verification: SnapshotVerification,
): Promise<void> {
  const tables = projection.tables.filter((table) => table !== projection.erased);
  // One at a time: several projections share the schema of the views.
  const keep = (): Promise<void> =>
    provisioning(pool, () =>
      inTransaction(pool, async (client) => {
        await claim.guard(client);
        const live = await lockLive(client, projection.name);
        await client.query(
          `INSERT INTO engine.snapshot_digest (generation_id, relation, rows, sum)
         SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::numeric[])`,
          [
            id,
            tables.map(({ name }) => name),
            tables.map(({ name }) => (digests.get(name) ?? []).reduce((sum, { rows }) => sum + rows, 0)),
            tables.map(({ name }) =>
              (digests.get(name) ?? []).reduce((total, { sum }) => total + sum, 0n).toString(),
            ),
          ],
        );
        if (projection.erased !== null)
          for (const each of live) {
            const persons = selectErased(each.schema, projection.erased);
            await forgetInSnapshot(
              client,
              id,
              await personsOf(client, persons, selectErased(schema, projection.erased)),
            );
          }
        await client.query(
          `UPDATE engine.generation SET state = 'snapshot', activated_at = now(), verified = $2 WHERE id = $1`,
          [id, JSON.stringify(verification)],
        );
        // Readers of the views of an earlier snapshot of this name hold up neither live batches nor other projections.
        await client.query(GIVE_UP_EARLY);
        await showSnapshot(client, id);
      }),
    );
  await withoutBlockingReaders(keep);
}

/**
 * Nobody is erased meanwhile: whoever is erased in a live generation before this is known to its table, and whoever is
 * erased later is erased in this snapshot, too.
 */
async function lockLive(client: PoolClient, projection: string): Promise<readonly Generation[]> {
  const { rows } = await client.query<Generation>(
    `SELECT id, projection, version, schema_name AS schema FROM engine.generation
      WHERE projection = $1 AND state IN ('catching-up', 'active', 'standby') ORDER BY id`,
    [projection],
  );
  for (const { id } of rows) await client.query(lockGeneration('shared', id));
  return rows;
}

async function personsOf(client: PoolClient, live: string, known: string) {
  const { rows } = await client.query<{ workspace: string; uid: string }>(
    `SELECT * FROM (${live} EXCEPT ${known}) AS e (workspace, uid)`,
  );
  return rows;
}
