import {
  storableText,
  type AnyReadModel,
  type BatchCommit,
  type CommitOutcome,
  type ProjectionStore,
  type Row,
  type Tally,
} from '@app/engine';
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import { isRefusedData } from './faults';
import type { AnyProjection, Generation } from './generations';
import { columnLiteral } from './sql/array-literal';
import { mergeStatement, type MergeStatement } from './sql/merge-sql';

/** Partitions per topic that a shard number leaves room for. */
const PARTITIONS = 100_000;

interface Target {
  readonly projection: AnyProjection;
  readonly generation: Generation;
  readonly statements: ReadonlyMap<AnyReadModel, MergeStatement & { readonly name: string }>;
}

/** Rows, tallies, dead letters and checkpoints of projections in Postgres. */
export class PostgresStore implements ProjectionStore {
  private readonly targets: ReadonlyMap<string, Target>;

  constructor(
    private readonly pool: Pool,
    projections: readonly AnyProjection[],
    generations: ReadonlyMap<string, Generation>,
  ) {
    this.targets = new Map(
      projections.map((projection) => [
        projection.name,
        targetOf(projection, generations.get(projection.name)!),
      ]),
    );
  }

  async position(projection: string, topic: string, partition: number): Promise<number> {
    const { generation } = this.target(projection);
    const known = await this.checkpoint(generation.id, topic, partition);
    if (known !== null) return known;
    await this.pool.query(
      `INSERT INTO engine.checkpoint (generation_id, topic, partition) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [generation.id, topic, partition],
    );
    return (await this.checkpoint(generation.id, topic, partition)) ?? 0;
  }

  async commit(commit: BatchCommit): Promise<CommitOutcome> {
    const target = this.target(commit.projection);
    const client = await this.pool.connect();
    let reusable = false;
    try {
      const [checkpoint] = await allOf([
        client.query('BEGIN'),
        this.advance(client, target.generation.id, commit),
        ...this.merges(client, target, commit),
        ...this.setAside(client, target.generation.id, commit),
      ]).then((results) => results.slice(1));
      if (checkpoint!.rowCount === 0) {
        await client.query('ROLLBACK');
        reusable = true;
        return {
          outcome: 'moved',
          position: await this.position(commit.projection, commit.topic, commit.partition),
        };
      }
      await client.query('COMMIT');
      reusable = true;
      return { outcome: 'committed' };
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      return { outcome: 'refused', reason: (error as Error).message };
    } finally {
      // Dropping the connection rolls back, also when the server no longer answers.
      client.release(!reusable);
    }
  }

  /** Locks the checkpoint, compares it and moves it: no row changes when it is not where it was expected. */
  private advance(client: PoolClient, generation: number, commit: BatchCommit): Promise<QueryResult> {
    const skipped = commit.skipped['no handler'] + commit.skipped.tombstone;
    const accounted = commit.applied + skipped + commit.deadLetters.length;
    return client.query({
      name: 'advance_checkpoint',
      text: `UPDATE engine.checkpoint SET next_offset = $5, applied = applied + $6,
               skipped_no_handler = skipped_no_handler + $7, skipped_tombstone = skipped_tombstone + $8,
               dead_lettered = dead_lettered + $9, gaps = gaps + $10, updated_at = now()
             WHERE generation_id = $1 AND topic = $2 AND partition = $3 AND next_offset = $4`,
      values: [
        generation,
        commit.topic,
        commit.partition,
        commit.expected,
        commit.next,
        commit.applied,
        commit.skipped['no handler'],
        commit.skipped.tombstone,
        commit.deadLetters.length,
        commit.next - commit.expected - accounted,
      ],
    });
  }

  /** In order of declaration, so that all transactions lock tables in one order. */
  private merges(client: PoolClient, target: Target, commit: BatchCommit): Promise<QueryResult>[] {
    const shard = target.projection.topics.indexOf(commit.topic) * PARTITIONS + commit.partition;
    return target.projection.tables.flatMap((table) => {
      const rows = commit.rows.get(table) ?? [];
      if (rows.length === 0) return [];
      const statement = target.statements.get(table)!;
      return [client.query(mergeQuery(statement, table, rows, shard))];
    });
  }

  private setAside(client: PoolClient, generation: number, commit: BatchCommit): Promise<QueryResult>[] {
    if (commit.deadLetters.length === 0) return [];
    const letters = commit.deadLetters;
    return [
      client.query(
        `INSERT INTO engine.dead_letter
           (generation_id, topic, partition, record_offset, record_key, workspace, event_id, event_name, reason)
         SELECT $1, $2, $3, * FROM unnest($4::bigint[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[])
         ON CONFLICT DO NOTHING`,
        [
          generation,
          commit.topic,
          commit.partition,
          letters.map(({ offset }) => offset),
          letters.map(({ key }) => shortened(key)),
          letters.map(({ workspace }) => workspace && shortened(workspace)),
          letters.map(({ eventId }) => eventId),
          letters.map(({ eventName }) => eventName && shortened(eventName)),
          letters.map(({ reason }) => shortened(reason)),
        ],
      ),
    ];
  }

  private async checkpoint(generation: number, topic: string, partition: number): Promise<number | null> {
    const { rows } = await this.pool.query<{ next_offset: string }>(
      'SELECT next_offset FROM engine.checkpoint WHERE generation_id = $1 AND topic = $2 AND partition = $3',
      [generation, topic, partition],
    );
    return rows[0] ? Number(rows[0].next_offset) : null;
  }

  private target(projection: string): Target {
    const target = this.targets.get(projection);
    if (!target) throw new Error(`no generation of projection ${projection} is known to this store`);
    return target;
  }
}

function targetOf(projection: AnyProjection, generation: Generation): Target {
  const statements = projection.tables.map((table, i) => {
    const tallies: readonly Tally[] = projection.tallies;
    const statement = mergeStatement(generation.schema, table, tallies);
    return [table, { ...statement, name: `merge_${generation.id}_${i}` }] as const;
  });
  return { projection, generation, statements: new Map(statements) };
}

function mergeQuery(
  statement: MergeStatement & { readonly name: string },
  table: AnyReadModel,
  rows: readonly Row[],
  shard: number,
): QueryConfig {
  const values: unknown[] = table.columns.map((column) => columnLiteral(rows, column));
  if (statement.takesShard) values.push(shard);
  return { name: statement.name, text: statement.text, values };
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

const LONGEST = 4_000;

/** A record's own words (a key, a name) may hold what text in Postgres cannot. */
function shortened(words: string): string {
  return storableText(words.slice(0, LONGEST));
}
