import type {
  BatchCommit,
  Checkpoint,
  CommitOutcome,
  LiveGeneration,
  ProjectionDeclaration,
  ProjectionStore,
} from '@app/engine';
import type { Pool, PoolClient, QueryResult } from 'pg';
import {
  advanceCheckpoints,
  countUnchanged,
  ensureCheckpoints,
  insertDeadLetters,
  readCheckpoint,
} from './checkpoints';
import { isRefusedData } from './faults';
import type { Generation } from './generations';
import { liveTargets, Target, unchangedRows } from './targets';

const TAKES_BATCHES = ['catching-up', 'active', 'standby'];

/** Rows, tallies, dead letters and checkpoints of live generations in Postgres. */
export class PostgresStore implements ProjectionStore {
  private targets: ReadonlyMap<number, Target> = new Map();

  constructor(
    private readonly pool: Pool,
    private readonly projections: readonly ProjectionDeclaration[],
  ) {}

  async live(projections: readonly ProjectionDeclaration[]): Promise<readonly LiveGeneration[]> {
    const live = await liveTargets(this.pool, projections);
    const known = this.targets;
    const targets = live.map(
      async ({ generation }) =>
        [generation.id, known.get(generation.id) ?? (await this.targetOf(generation))] as const,
    );
    this.targets = new Map(await Promise.all(targets));
    return live.map(({ generation: { id, projection }, paused }) => ({ projection, generation: id, paused }));
  }

  checkpoint(generation: number, topic: string, partition: number): Promise<Checkpoint> {
    return readCheckpoint(this.pool, generation, topic, partition);
  }

  async commit(commit: BatchCommit): Promise<CommitOutcome> {
    const target = await this.targetFor(commit.generation);
    if (!target) return { outcome: 'closed' };
    const begins = commit.ranges.filter(({ expected }) => expected === 0);
    if (begins.length > 0) await ensureCheckpoints(this.pool, commit.generation, begins);
    const client = await this.pool.connect();
    let reusable = false;
    try {
      const outcome = await write(client, target, commit);
      reusable = true;
      return outcome === 'committed before' ? await this.whyNot(commit.generation) : outcome;
    } catch (error) {
      if (!isRefusedData(error)) {
        // The database may not be the one that it was: restored, its types have other numbers.
        this.targets = new Map();
        throw error;
      }
      return { outcome: 'refused', reason: (error as Error).message };
    } finally {
      // Dropping the connection rolls back, also when the server no longer answers.
      client.release(!reusable);
    }
  }

  /** The checkpoints were not moved: another has done so, or nothing may. */
  private async whyNot(generation: number): Promise<CommitOutcome> {
    const { rows } = await this.pool.query<{ open: boolean }>(
      `SELECT g.state = ANY($2) AND p.paused_at IS NULL AS open
         FROM engine.generation AS g JOIN engine.projection AS p ON p.name = g.projection WHERE g.id = $1`,
      [generation, TAKES_BATCHES],
    );
    return { outcome: rows[0]?.open ? 'moved' : 'closed' };
  }

  /** One that was not live yet when it was last asked may be now. */
  private async targetFor(generation: number): Promise<Target | undefined> {
    if (!this.targets.has(generation)) await this.live(this.projections);
    return this.targets.get(generation);
  }

  private targetOf(generation: Generation): Promise<Target> {
    const projection = this.projections.find(({ name }) => name === generation.projection);
    if (!projection) throw new Error(`${generation.projection} is not a projection of this store`);
    return Target.open(this.pool, projection, generation);
  }
}

/** One transaction; its statements are sent without waiting between them. */
async function write(
  client: PoolClient,
  target: Target,
  commit: BatchCommit,
): Promise<CommitOutcome | 'committed before'> {
  const { ranges, deadLetters } = commit;
  // Whoever holds the checkpoint of a partition alone uses that partition's shard.
  const merges = target.merges(commit.rows, target.shardOf(ranges[0]!));
  const [, checkpoints, ...answers] = await allOf([
    client.query('BEGIN'),
    advanceCheckpoints(client, commit, TAKES_BATCHES, false),
    ...merges.map(({ query }) => client.query(query)),
    ...(deadLetters.length > 0 ? [insertDeadLetters(client, commit.generation, deadLetters)] : []),
  ]);
  if (checkpoints!.rowCount !== ranges.length) {
    await client.query('ROLLBACK');
    return 'committed before';
  }
  const same = new Set(merges.flatMap((merge, i) => unchangedRows(merge, answers[i]!)));
  const unchanged = commit.unchangedIn(same);
  await allOf([
    ...(unchanged.some((count) => count > 0) ? [countUnchanged(client, commit, unchanged)] : []),
    client.query('COMMIT'),
  ]);
  return { outcome: 'committed', unchanged };
}

/**
 * Waits for every query of a pipeline and then throws the first fault: those after it only say that the
 * transaction is aborted.
 */
async function allOf(queries: readonly Promise<QueryResult>[]): Promise<QueryResult[]> {
  const settled = await Promise.allSettled(queries);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
