import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AnyReadModel, Tally, Row } from '@app/engine';
import {
  BuildLost,
  type ActivateOutcome,
  type BatchCommit,
  type BuildStage,
  type BulkWriter,
  type CommitOutcome,
  type GenerationBuild,
  type PartitionCheckpoint,
  type ProjectionDeclaration,
} from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import {
  advanceCheckpoints,
  ensureCheckpoints,
  forgetDeadLetters,
  insertDeadLetters,
  readCheckpoints,
} from '../live/checkpoints';
import { endOnAbort, inTransaction } from '../database';
import { isRefusedData } from '../faults';
import {
  fingerprint,
  insertGeneration,
  type Generation,
  type GenerationState,
} from '../generations/generations';
import type { ClaimedJob } from '../jobs/claimed-job';
import { activate, dropRetired } from '../generations/activate-and-retire';
import { asOwner } from '../roles/owners';
import { letReadersSee } from '../roles/readers';
import { copyRows } from '../codec/copy-rows';
import { createHeap, createIndexes, createTally } from '../sql/ddl';
import { fillTally, mergeRepeated } from '../sql/finish-sql';
import { deletePersons } from '../sql/forget-sql';
import { identifier, qualified } from '../sql/identifiers';
import { selectErased } from '../generations/generation-tables';

/** The memory for hash tables and sorts of each of the few connections of a build. */
const FINISH_SETTINGS = [
  `SET LOCAL work_mem = '256MB'`,
  `SET LOCAL maintenance_work_mem = '512MB'`,
  `SET LOCAL statement_timeout = 0`,
];

/** A bulk write does not check for erased persons: their rows are removed when all of the log has been read. */
const TAKES_BULK = { states: ['building', 'snapshot-building'], paused: true, erasures: null };

/** How many tables are finished at a time. Usually one of them is much larger than the others. */
const FINISHED_AT_ONCE = 2;

/** A generation in Postgres while it is built by the holder of the job. */
export class PostgresBuild implements GenerationBuild {
  constructor(
    private readonly pool: Pool,
    private readonly projection: ProjectionDeclaration,
    private readonly claim: ClaimedJob,
    readonly of: Generation,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Opens the unfinished build of the projection, or a new generation.
   *
   * @param pool must not pipeline, since COPY cannot
   * @param signal ends the current statement, however long it would take or wait
   * @throws {BuildLost} when another instance has the job
   */
  static async open(
    pool: Pool,
    projection: ProjectionDeclaration,
    claim: ClaimedJob,
    signal: AbortSignal,
  ): Promise<PostgresBuild> {
    await cancelOthers(pool, projection, claim);
    const generation = await inTransaction(pool, async (client) => {
      await claim.guard(client);
      const { rows } = await client.query<Generation>(
        `SELECT id, projection, version, schema_name AS schema FROM engine.generation
          WHERE projection = $1 AND state IN ('building', 'catching-up')`,
        [projection.name],
      );
      if (rows[0]) return rows[0];
      return createHeaps(client, projection, await insertGeneration(client, projection, 'building'));
    });
    return new PostgresBuild(pool, projection, claim, generation, signal);
  }

  /** Writes into a build that another thread with the same claim has opened, on connections of its own. */
  static writer(
    pool: Pool,
    projection: ProjectionDeclaration,
    claim: ClaimedJob,
    of: Generation,
    signal: AbortSignal,
  ): BulkWriter {
    return new PostgresBuild(pool, projection, claim, of, signal);
  }

  get id(): number {
    return this.of.id;
  }

  async stage(): Promise<BuildStage> {
    const { rows } = await this.pool.query<{ state: GenerationState }>(
      'SELECT state FROM engine.generation WHERE id = $1',
      [this.of.id],
    );
    const state = rows[0]?.state;
    if (state === 'building' || state === 'snapshot-building') return 'bulk';
    if (state === 'catching-up' || state === 'snapshot-checking') return 'live';
    throw new BuildLost(`generation ${this.of.id} is ${state ?? 'gone'}`);
  }

  checkpoints(): Promise<readonly PartitionCheckpoint[]> {
    return readCheckpoints(this.pool, this.of.id);
  }

  async write(commit: BatchCommit): Promise<CommitOutcome> {
    try {
      return await this.guarded(async (client) => {
        await ensureCheckpoints(client, this.of.id, commit.ranges);
        const { rowCount } = await advanceCheckpoints(client, commit, TAKES_BULK);
        if (rowCount !== commit.ranges.length) throw new NotExpected();
        for (const [table, rows] of commit.rows) await this.copy(client, table, rows);
        if (commit.deadLetters.length > 0) await insertDeadLetters(client, this.of.id, commit.deadLetters);
        const none = commit.ranges.map(() => 0);
        return { outcome: 'committed', unchanged: none, erased: none };
      });
    } catch (error) {
      if (error instanceof NotExpected) return { outcome: 'moved' };
      if (!isRefusedData(error)) throw error;
      return { outcome: 'refused', reason: (error as Error).message };
    }
  }

  /** Each step is a transaction of its own, and is skipped if it was done before. */
  async finish(report: (step: string) => void): Promise<void> {
    const { tables, tallies, erased } = this.projection;
    await sideBySide(tables, FINISHED_AT_ONCE, (table) => this.finishTable(table, report));
    await sideBySide(tallies, FINISHED_AT_ONCE, (tally) => this.finishTally(tally, report));
    await this.guarded(async (client) => {
      if (erased) await forgetDeadLetters(client, this.of.id, selectErased(this.of.schema, erased));
      await client.query(
        `UPDATE engine.generation
            SET state = CASE state WHEN 'building' THEN 'catching-up' ELSE 'snapshot-checking' END WHERE id = $1`,
        [this.of.id],
      );
      await letReadersSee(client);
    });
  }

  private finishTable(table: AnyReadModel, report: (step: string) => void): Promise<void> {
    const { schema } = this.of;
    return this.step(
      `pg_index WHERE indrelid = $1::regclass AND indisprimary`,
      table.name,
      async (client) => {
        await this.forgetErased(client, table, report);
        report(`${table.name}: merging what was written more than once`);
        const { find, merge } = mergeRepeated(schema, table);
        const { rowCount } = await client.query(find);
        if (rowCount) for (const statement of merge) await client.query(statement);
        report(`${table.name}: indexes`);
        for (const statement of createIndexes(schema, table)) await client.query(statement);
        await client.query(`ANALYZE ${qualified(schema, table.name)}`);
      },
    );
  }

  /** This comes before the tallies, which are counted from the remaining rows. */
  private async forgetErased(
    client: PoolClient,
    table: AnyReadModel,
    report: (step: string) => void,
  ): Promise<void> {
    const { erased } = this.projection;
    if (erased === null || table.person === null) return;
    const persons = selectErased(this.of.schema, erased);
    const { rowCount } = await client.query(`${persons} LIMIT 1`);
    if (!rowCount) return;
    report(`${table.name}: forgetting who was erased`);
    // A person may be in the table once per write.
    const each = `(SELECT DISTINCT * FROM (${persons}) AS p)`;
    await client.query(deletePersons(this.of.schema, table, each, 'in a pass'));
  }

  private finishTally(tally: Tally, report: (step: string) => void): Promise<void> {
    const { schema } = this.of;
    return this.step(`pg_class WHERE oid = to_regclass($1)`, tally.name, async (client) => {
      report(`${tally.name}: counting`);
      await asOwner(client, this.of.projection);
      await client.query(createTally(schema, tally));
      await client.query(fillTally(schema, tally));
      await client.query(`ANALYZE ${qualified(schema, tally.name)}`);
    });
  }

  async serving(): Promise<readonly PartitionCheckpoint[]> {
    const { rows } = await this.pool.query<{ id: number }>(
      `SELECT id FROM engine.generation WHERE projection = $1 AND state = 'active'`,
      [this.of.projection],
    );
    const checkpoints = rows[0] ? await readCheckpoints(this.pool, rows[0].id) : [];
    return checkpoints.filter(({ topic }) => this.projection.topics.includes(topic));
  }

  activate(ofAnotherLog: boolean): Promise<ActivateOutcome> {
    return activate(this.pool, this.of, { ofAnotherLog, guard: (client) => this.claim.guard(client) });
  }

  /** Runs `work` in a transaction that is valid only while the claim is. An abort ends it on the server immediately. */
  private guarded<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, async (client) => {
      this.signal.throwIfAborted();
      const over = await endOnAbort(this.pool, client, this.signal, 'terminate');
      try {
        await this.claim.guard(client);
        return await work(client);
      } finally {
        over();
      }
    });
  }

  private async step(
    done: string,
    table: string,
    work: (client: PoolClient) => Promise<void>,
  ): Promise<void> {
    await this.guarded(async (client) => {
      const { rowCount } = await client.query(`SELECT FROM ${done}`, [qualified(this.of.schema, table)]);
      if (rowCount) return;
      for (const setting of FINISH_SETTINGS) await client.query(setting);
      await work(client);
    });
  }

  private async copy(client: PoolClient, table: AnyReadModel, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = table.columns.map(({ sqlName }) => identifier(sqlName)).join(', ');
    const target = client.query(
      copyFrom(`COPY ${qualified(this.of.schema, table.name)} (${columns}) FROM STDIN (FORMAT binary)`),
    );
    await pipeline(Readable.from(copyRows(table, rows), { objectMode: false }), target);
  }
}

class NotExpected extends Error {}

/** The tables of a generation, without any index. */
export async function createHeaps(
  client: PoolClient,
  projection: ProjectionDeclaration,
  generation: Generation,
): Promise<Generation> {
  for (const statement of projection.tables.flatMap((table) => createHeap(generation.schema, table)))
    await client.query(statement);
  return generation;
}

/** Throws the first failure once all have ended; what others finish meanwhile is kept. */
async function sideBySide<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  const failed = lanes.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}

/** An unfinished build of another version or fingerprint cannot be continued without its declaration. */
async function cancelOthers(pool: Pool, projection: ProjectionDeclaration, claim: ClaimedJob): Promise<void> {
  const { rowCount } = await inTransaction(pool, async (client) => {
    await claim.guard(client);
    return client.query(
      `UPDATE engine.generation SET state = 'cancelled', ended_at = now()
        WHERE projection = $1 AND state IN ('building', 'catching-up') AND (version, fingerprint) <> ($2, $3)`,
      [projection.name, projection.version, fingerprint(projection)],
    );
  });
  if (rowCount) await dropRetired(pool, projection.name);
}

/** Gives up the unfinished build of a projection and drops its tables. */
export async function cancelBuild(pool: Pool, projection: string, claim: ClaimedJob): Promise<void> {
  await inTransaction(pool, async (client) => {
    await claim.guard(client);
    await client.query(
      `UPDATE engine.generation SET state = 'cancelled', ended_at = now()
        WHERE projection = $1 AND state IN ('building', 'catching-up')`,
      [projection],
    );
  });
  await dropRetired(pool, projection);
}
