import {
  concurrently,
  relationsOf,
  type BucketDigest,
  type BucketSelection,
  type ErasedPerson,
  type GenerationSnapshot,
  type LedgerCheckpoint,
  type ProjectionDeclaration,
  type RelationDigests,
  type StoredDeadLetter,
  type StoredRow,
  type VerifyStore,
} from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import { endOnAbort } from '../database';
import { fingerprint, GenerationMismatch } from '../generations/generations';
import { postgresRowCodec } from '../codec/row-codec';
import { literal } from '../sql/identifiers';
import { selectErased } from '../generations/generation-tables';
import { digestSql, rowsSql } from './digest-sql';

const SETTINGS = [
  // A verification may take as long as it needs.
  'SET LOCAL statement_timeout = 0',
  // The transaction that finishes first waits for the other, which may read a large table.
  'SET LOCAL idle_in_transaction_session_timeout = 0',
  `SET LOCAL work_mem = '64MB'`,
  // `record_send` writes texts in the client's encoding.
  `SET LOCAL client_encoding = 'UTF8'`,
];

interface VerifiedGeneration {
  readonly id: number;
  readonly schema: string;
  readonly fingerprint: string;
}

/**
 * Reads a live generation for verification. Each result comes from one REPEATABLE READ transaction that writes nothing
 * and takes only ACCESS SHARE, the lock of every reader, for which only dropping a table waits. Digests are summed in the
 * database; rows leave it only for the requested buckets.
 */
export class PostgresVerify implements VerifyStore {
  readonly codec = postgresRowCodec;

  /**
   * @param pool without a timeout for statements (`workPool`)
   * @param generation the active one by default
   */
  constructor(
    private readonly pool: Pool,
    private readonly projection: ProjectionDeclaration,
    private readonly generation: number | null = null,
  ) {}

  digests(
    buckets: number,
    signal: AbortSignal,
  ): Promise<GenerationSnapshot & { readonly digests: RelationDigests }> {
    return this.inSnapshot(this.generation, signal, async (client, { schema }, snapshot) => {
      const digests = new Map<string, readonly BucketDigest[]>();
      const waiting = relationsOf(this.projection).values();
      const lane = async (on: PoolClient, stop: AbortSignal): Promise<void> => {
        for (const relation of waiting) {
          stop.throwIfAborted();
          digests.set(relation.name, await digestsOf(on, digestSql(schema, relation), buckets));
        }
      };
      const { rows } = await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
      // Two tables at a time, since Postgres does not parallelise these queries: it expects a group per row.
      await concurrently(
        [
          (stop) => lane(client, stop),
          (stop) => this.reading(stop, rows[0]!.id, (other) => lane(other, stop)),
        ],
        signal,
      );
      return { ...snapshot, digests };
    });
  }

  rows(
    generation: number,
    buckets: number,
    selection: BucketSelection,
    signal: AbortSignal,
  ): Promise<GenerationSnapshot & { readonly rows: ReadonlyMap<string, readonly StoredRow[]> }> {
    return this.inSnapshot(generation, signal, async (client, { schema }, snapshot) => {
      const found = new Map<string, StoredRow[]>();
      for (const relation of relationsOf(this.projection)) {
        const chosen = selection.get(relation.name);
        if (!chosen) continue;
        const { rows } = await client.query<{ key: string; digest: string; values: (string | null)[] }>(
          rowsSql(schema, relation),
          [buckets, chosen],
        );
        found.set(
          relation.name,
          rows.map(({ key, digest, values }) => ({ key, digest: unsigned(digest), values })),
        );
      }
      return { ...snapshot, rows: found };
    });
  }

  private inSnapshot<T>(
    generation: number | null,
    signal: AbortSignal,
    work: (client: PoolClient, generation: VerifiedGeneration, snapshot: GenerationSnapshot) => Promise<T>,
  ): Promise<T> {
    return this.reading(signal, null, async (client) => {
      const of = await this.verified(client, generation);
      return work(client, of, await snapshotOf(client, this.projection, of));
    });
  }

  /** @param snapshot exported by another transaction; without it the transaction takes its own */
  private async reading<T>(
    signal: AbortSignal,
    snapshot: string | null,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const client = await this.pool.connect();
    let reusable = false;
    let over = (): void => undefined;
    try {
      // Within the transaction, so that it concerns the same server process even behind a pooler.
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      if (snapshot !== null) await client.query(`SET TRANSACTION SNAPSHOT ${literal(snapshot)}`);
      over = await endOnAbort(this.pool, client, signal, 'cancel');
      for (const setting of SETTINGS) await client.query(setting);
      const result = await work(client);
      await client.query('COMMIT');
      reusable = true;
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      over();
      client.release(!reusable);
    }
  }

  private async verified(client: PoolClient, generation: number | null): Promise<VerifiedGeneration> {
    const { name, version } = this.projection;
    const { rows } = await client.query<VerifiedGeneration>(
      `SELECT id, schema_name AS schema, fingerprint FROM engine.generation
        WHERE projection = $1 AND (CASE WHEN $2::integer IS NULL THEN state = 'active'
          ELSE id = $2 AND state NOT IN ('building', 'snapshot-building', 'retired', 'cancelled') END)`,
      [name, generation],
    );
    const [found] = rows;
    if (!found)
      throw new GenerationMismatch(
        generation === null
          ? `projection ${name} has no generation that serves`
          : `generation ${generation} of projection ${name} is not live`,
      );
    if (found.fingerprint !== fingerprint(this.projection))
      throw new GenerationMismatch(
        `projection ${name}: ${found.schema} was not filled by this declaration of version ${version}, and can only be verified with the one that filled it`,
      );
    return found;
  }
}

async function digestsOf(client: PoolClient, sql: string, buckets: number): Promise<BucketDigest[]> {
  const { rows } = await client.query<{ bucket: number; rows: string; sum: string }>(sql, [buckets]);
  return rows.map(({ bucket, rows: count, sum }) => ({ bucket, rows: Number(count), sum: unsigned(sum) }));
}

async function snapshotOf(
  client: PoolClient,
  { erased }: ProjectionDeclaration,
  { id: generation, schema }: VerifiedGeneration,
): Promise<GenerationSnapshot> {
  const checkpoints = await client.query<{
    topic: string;
    partition: number;
    next: string;
    lastKey: number | null;
    applied: string;
    skipped: string;
    erased: string;
    deadLettered: string;
    gaps: string;
  }>(
    `SELECT topic, partition, next_offset AS next, last_key AS "lastKey", changed + unchanged AS applied,
            skipped_no_handler + skipped_tombstone AS skipped, skipped_erased AS erased, dead_lettered AS "deadLettered", gaps
       FROM engine.checkpoint WHERE generation_id = $1 ORDER BY topic, partition`,
    [generation],
  );
  const letters = await client.query<Omit<StoredDeadLetter, 'offset'> & { readonly offset: string }>(
    `SELECT topic, partition, record_offset AS offset, state FROM engine.dead_letter WHERE generation_id = $1`,
    [generation],
  );
  const persons = erased
    ? (
        await client.query<ErasedPerson>(
          `SELECT e.* FROM (${selectErased(schema, erased)}) AS e (workspace, uid)`,
        )
      ).rows
    : [];
  return {
    generation,
    erased: persons,
    checkpoints: checkpoints.rows.map(({ topic, partition, next, lastKey, ...ledger }): LedgerCheckpoint => ({
      topic,
      partition,
      checkpoint: { next: Number(next), lastKey },
      ledger: {
        applied: Number(ledger.applied),
        skipped: Number(ledger.skipped),
        erased: Number(ledger.erased),
        deadLettered: Number(ledger.deadLettered),
        gaps: Number(ledger.gaps),
      },
    })),
    deadLetters: letters.rows.map((letter) => ({ ...letter, offset: Number(letter.offset) })),
  };
}

/** A sum of signed integers as an unsigned one, modulo 2^64. */
function unsigned(sum: string): bigint {
  return BigInt.asUintN(64, BigInt(sum));
}
