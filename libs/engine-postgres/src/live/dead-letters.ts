import type { AnyReadModel, Row } from '@app/engine';
import {
  withoutErased,
  type DeadLetterStore,
  type OpenDeadLetter,
  type ProjectionDeclaration,
  type ReplayOutcome,
} from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import { shortened } from './checkpoints';
import { inTransaction } from '../database';
import { lockGeneration } from '../generations/generation-lock';
import { isRefusedData } from '../faults';
import { GenerationMismatch, type Generation } from '../generations/generations';
import { GenerationTables } from '../generations/generation-tables';

export const DEAD_LETTER_STATES = ['set-aside', 'replayed', 'discarded'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** Dead letters of the active generations. */
export class PostgresDeadLetters implements DeadLetterStore {
  constructor(
    private readonly pool: Pool,
    private readonly projections: readonly ProjectionDeclaration[],
  ) {}

  /** Open dead letters of the active generation: those of the ids, or all of them. */
  async open(projection: string, ids: readonly string[] | null): Promise<readonly OpenDeadLetter[]> {
    const { rows } = await this.pool.query<OpenDeadLetter>(
      `SELECT d.id::text, g.projection, g.id AS generation, d.topic, d.partition, d.record_offset::float8 AS offset
         FROM engine.dead_letter AS d JOIN engine.generation AS g ON g.id = d.generation_id
        WHERE g.projection = $1 AND g.state = 'active' AND d.state = 'set-aside' AND ($2::bigint[] IS NULL OR d.id = ANY($2))
        ORDER BY d.topic, d.partition, d.record_offset`,
      [projection, ids],
    );
    return rows;
  }

  async replay(
    deadLetter: OpenDeadLetter,
    rows: ReadonlyMap<AnyReadModel, readonly Row[]>,
  ): Promise<ReplayOutcome> {
    try {
      return await inTransaction(this.pool, async (client) => {
        // Takes the same lock as a batch, so that the erased persons cannot change meanwhile.
        await client.query(lockGeneration('shared', deadLetter.generation));
        const tables = await this.tablesOf(client, deadLetter);
        const kept = withoutErased(rows, tables.erasures.persons).rows;
        // The order of locks is the same as for batches: checkpoint, then tables, then the dead letter.
        await client.query(
          `SELECT FROM engine.checkpoint WHERE generation_id = $1 AND topic = $2 AND partition = $3 FOR UPDATE`,
          [deadLetter.generation, deadLetter.topic, deadLetter.partition],
        );
        for (const { query } of tables.merges(kept, tables.shardOf(deadLetter))) await client.query(query);
        const { rowCount } = await client.query(
          `UPDATE engine.dead_letter SET state = 'replayed', attempts = attempts + 1, resolved_at = now(),
                  resolution = 'applied' WHERE id = $1 AND state = 'set-aside'`,
          [deadLetter.id],
        );
        if (rowCount === 0) throw new ResolvedBefore();
        return { outcome: 'replayed' };
      });
    } catch (error) {
      if (error instanceof ResolvedBefore) return { outcome: 'resolved before' };
      if (!isRefusedData(error)) throw error;
      return this.failed(deadLetter, `refused by the database: ${(error as Error).message}`);
    }
  }

  async failed(deadLetter: OpenDeadLetter, reason: string): Promise<ReplayOutcome> {
    const { rowCount } = await this.pool.query(
      `UPDATE engine.dead_letter SET attempts = attempts + 1, reason = $2 WHERE id = $1 AND state = 'set-aside'`,
      [deadLetter.id, shortened(reason)],
    );
    return rowCount === 0 ? { outcome: 'resolved before' } : { outcome: 'failed', reason };
  }

  /**
   * Discards dead letters of the active generations, with the reason.
   *
   * @param workspace discards only those of this workspace; null for all
   * @returns how many of them were open
   */
  async discard(ids: readonly string[], reason: string, workspace: string | null = null): Promise<number> {
    const { rowCount } = await this.pool.query(
      `UPDATE engine.dead_letter SET state = 'discarded', resolved_at = now(), resolution = $2
        WHERE id = ANY($1::bigint[]) AND state = 'set-aside' AND ($3::text IS NULL OR workspace = $3)
          AND generation_id IN (SELECT id FROM engine.generation WHERE state = 'active')`,
      [ids, shortened(reason), workspace],
    );
    return rowCount ?? 0;
  }

  private async tablesOf(client: PoolClient, deadLetter: OpenDeadLetter): Promise<GenerationTables> {
    const projection = this.projections.find(({ name }) => name === deadLetter.projection);
    const { rows } = await client.query<Generation>(
      `SELECT id, projection, version, schema_name AS schema FROM engine.generation WHERE id = $1`,
      [deadLetter.generation],
    );
    if (!projection || rows[0]?.version !== projection.version)
      throw new GenerationMismatch(
        `generation ${deadLetter.generation} of ${deadLetter.projection} has another version than this program: replay with the program that fills it`,
      );
    return GenerationTables.open(client, projection, rows[0]);
  }
}

class ResolvedBefore extends Error {}
