import {
  newlyErased,
  redacted,
  withoutErased,
  type BatchCommit,
  type Checkpoint,
  type CommitOutcome,
  type ErasedPersons,
  type LiveGeneration,
  type ProjectionDeclaration,
  type ProjectionStore,
} from '@app/engine/adapters';
import type { Pool, PoolClient, QueryResult } from 'pg';
import {
  advanceCheckpoints,
  countUnchanged,
  ensureCheckpoints,
  forgetDeadLetters,
  insertDeadLetters,
  readCheckpoint,
} from './checkpoints';
import { lockGeneration } from '../generations/generation-lock';
import { isRefusedData } from '../faults';
import type { Generation } from '../generations/generations';
import { forgetInSnapshots } from '../snapshots/forget-in-snapshots';
import {
  GenerationTables,
  liveGenerations,
  unchangedRows,
  type Erasures,
} from '../generations/generation-tables';

const ACCEPTING_STATES = ['catching-up', 'active', 'standby'];

/** Rows, tallies, dead letters and checkpoints of live generations in Postgres. */
export class PostgresStore implements ProjectionStore {
  private tables: ReadonlyMap<number, GenerationTables> = new Map();

  constructor(
    private readonly pool: Pool,
    private readonly projections: readonly ProjectionDeclaration[],
  ) {}

  async live(projections: readonly ProjectionDeclaration[]): Promise<readonly LiveGeneration[]> {
    const live = await liveGenerations(this.pool, projections);
    const known = this.tables;
    const targets = live.map(
      async ({ generation }) =>
        [generation.id, known.get(generation.id) ?? (await this.openTables(generation))] as const,
    );
    this.tables = new Map(await Promise.all(targets));
    return live.map(({ generation: { id, projection }, paused }) => ({ projection, generation: id, paused }));
  }

  checkpoint(generation: number, topic: string, partition: number): Promise<Checkpoint> {
    return readCheckpoint(this.pool, generation, topic, partition);
  }

  async commit(commit: BatchCommit): Promise<CommitOutcome> {
    const tables = await this.tablesFor(commit.generation);
    if (!tables) return { outcome: 'closed' };
    const begins = commit.ranges.filter(({ expected }) => expected === 0);
    if (begins.length > 0) await ensureCheckpoints(this.pool, commit.generation, begins);
    for (;;) {
      const outcome = await this.attempt(tables, commit);
      if (outcome !== 'erased meanwhile') return outcome;
      await tables.refreshErasures(this.pool);
    }
  }

  private async attempt(
    tables: GenerationTables,
    commit: BatchCommit,
  ): Promise<CommitOutcome | 'erased meanwhile'> {
    const { erasures } = tables;
    const client = await this.pool.connect();
    let reusable = false;
    try {
      const outcome = await write(client, tables, commit);
      reusable = true;
      return outcome ?? (await this.commitRefusal(commit.generation, erasures));
    } catch (error) {
      if (!isRefusedData(error)) {
        // The database may have been restored, and then its types have other oids.
        this.tables = new Map();
        throw error;
      }
      return { outcome: 'refused', reason: (error as Error).message };
    } finally {
      // Dropping the connection rolls back even when the server no longer answers.
      client.release(!reusable);
    }
  }

  /**
   * Why no checkpoint moved: another instance advanced it, the generation is paused or dropped, or the list of erased
   * persons that this commit relied on is stale.
   */
  private async commitRefusal(
    generation: number,
    known: Erasures,
  ): Promise<CommitOutcome | 'erased meanwhile'> {
    const { rows } = await this.pool.query<{ open: boolean; erasures: number }>(
      `SELECT g.state = ANY($2) AND p.paused_at IS NULL AS open, g.erasures
         FROM engine.generation AS g JOIN engine.projection AS p ON p.name = g.projection WHERE g.id = $1`,
      [generation, ACCEPTING_STATES],
    );
    if (!rows[0]?.open) return { outcome: 'closed' };
    return rows[0].erasures === known.count ? { outcome: 'moved' } : 'erased meanwhile';
  }

  /** Asks again if it is not known, since a generation may have become live meanwhile. */
  private async tablesFor(generation: number): Promise<GenerationTables | undefined> {
    if (!this.tables.has(generation)) await this.live(this.projections);
    return this.tables.get(generation);
  }

  private openTables(generation: Generation): Promise<GenerationTables> {
    const projection = this.projections.find(({ name }) => name === generation.projection);
    if (!projection) throw new Error(`${generation.projection} is not a projection of this store`);
    return GenerationTables.open(this.pool, projection, generation);
  }
}

/**
 * Runs one transaction whose statements are pipelined. The erased persons cannot change meanwhile, because their count is
 * compared under the lock.
 *
 * @returns null when the checkpoints were not moved and nothing was written
 */
async function write(
  client: PoolClient,
  tables: GenerationTables,
  commit: BatchCommit,
): Promise<CommitOutcome | null> {
  const { generation, ranges } = commit;
  const { erasures } = tables;
  const fresh = newlyErased(tables.projection, commit.rows, erasures.persons);
  const { rows, dropped } = withoutErased(commit.rows, erasures.persons, fresh);
  const deadLetters = commit.deadLetters.map((deadLetter) =>
    [erasures.persons, fresh].some((persons) => persons.areMentionedIn(deadLetter))
      ? redacted(deadLetter)
      : deadLetter,
  );
  // Only the holder of a partition's checkpoint writes that partition's shard.
  const shard = tables.shardOf(ranges[0]!);
  const merges = tables.merges(rows, shard);
  const condition = { states: ACCEPTING_STATES, paused: false, erasures: erasures.count };
  const [, checkpoints, ...answers] = await allOf([
    client.query(`BEGIN; ${lockGeneration(fresh.isEmpty ? 'shared' : 'exclusive', generation)}`),
    advanceCheckpoints(client, commit, condition),
    ...merges.map(({ query }) => client.query(query)),
    ...(deadLetters.length > 0 ? [insertDeadLetters(client, generation, deadLetters)] : []),
    ...(fresh.isEmpty ? [] : forget(client, tables, fresh, shard)),
  ]);
  if (checkpoints!.rowCount !== ranges.length) {
    await client.query('ROLLBACK');
    return null;
  }
  if (!fresh.isEmpty) await forgetInSnapshots(client, tables.projection.name, [...fresh]);
  const same = new Set(merges.flatMap((merge, i) => unchangedRows(merge, answers[i]!)));
  const counted = commit.countIn(same, dropped);
  const recount = [...counted.unchanged, ...counted.erased].some((count) => count > 0);
  await allOf([...(recount ? [countUnchanged(client, commit, counted)] : []), client.query('COMMIT')]);
  if (!fresh.isEmpty) tables.erase(erasures, fresh);
  return { outcome: 'committed', ...counted };
}

/** Deletes the rows and dead letters of persons, in the transaction that erases them. */
function forget(
  client: PoolClient,
  tables: GenerationTables,
  persons: ErasedPersons,
  shard: number,
): Promise<QueryResult>[] {
  const { id } = tables.generation;
  const all = [...persons];
  return [
    ...tables.forget(persons, shard).map((query) => client.query(query)),
    forgetDeadLetters(client, id, 'SELECT * FROM unnest($2::text[], $3::uuid[])', [
      all.map(({ workspace }) => workspace),
      all.map(({ uid }) => uid),
    ]),
    client.query('UPDATE engine.generation SET erasures = erasures + 1 WHERE id = $1', [id]),
  ];
}

/**
 * Waits for every query of a pipeline and then throws the first fault, since later ones only say that the transaction was
 * aborted.
 */
async function allOf(queries: readonly Promise<QueryResult>[]): Promise<QueryResult[]> {
  const settled = await Promise.allSettled(queries);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
