import type { AnyReadModel, ProjectionDeclaration, Row } from '@app/engine';
import type { Pool, QueryConfig } from 'pg';
import { fingerprint, type Generation } from './generations';
import { columnLiteral } from './sql/array-literal';
import { mergeStatement, type MergeStatement } from './sql/merge-sql';

/** Partitions per topic that a shard number leaves room for. */
const PARTITIONS = 100_000;

/** A generation with the statements that merge into its tables. */
export class Target {
  private readonly statements: ReadonlyMap<AnyReadModel, MergeStatement & { readonly name: string }>;

  constructor(
    readonly projection: ProjectionDeclaration,
    readonly generation: Generation,
  ) {
    this.statements = new Map(
      projection.tables.map((table, i) => {
        const statement = mergeStatement(generation.schema, table, projection.tallies);
        return [table, { ...statement, name: `merge_${generation.id}_${i}` }] as const;
      }),
    );
  }

  /** The number that a partition's transactions keep their tallies and sharded rows under. */
  shardOf({ topic, partition }: { readonly topic: string; readonly partition: number }): number {
    return this.projection.topics.indexOf(topic) * PARTITIONS + partition;
  }

  /** One query per table that has rows, in order of declaration, so that all transactions lock in one order. */
  merges(rowsOf: ReadonlyMap<AnyReadModel, readonly Row[]>, shard: number): Merge[] {
    return this.projection.tables.flatMap((table) => {
      const rows = rowsOf.get(table) ?? [];
      if (rows.length === 0) return [];
      const { name, text, takesShard } = this.statements.get(table)!;
      const values: unknown[] = table.columns.map((column) => columnLiteral(rows, column));
      if (takesShard) values.push(shard);
      return [{ rows, query: { name, text, values } }];
    });
  }
}

export interface Merge {
  readonly rows: readonly Row[];
  readonly query: QueryConfig;
}

/** The rows of a merge that changed nothing, from the statement's answer. */
export function unchangedRows(
  { rows }: Merge,
  answer: { readonly rows: readonly unknown[] },
): readonly Row[] {
  const { unchanged } = answer.rows[0] as { readonly unchanged: readonly number[] | null };
  return (unchanged ?? []).map((place) => rows[place - 1]!);
}

/** The live generations of projections, the one that serves first: batches go to it before the others. */
export async function liveTargets(
  pool: Pool,
  projections: readonly ProjectionDeclaration[],
): Promise<{ readonly generation: Generation; readonly paused: boolean }[]> {
  const { rows } = await pool.query<Generation & { paused: boolean }>(
    `SELECT g.id, g.projection, g.version, g.schema_name AS schema, p.paused_at IS NOT NULL AS paused
       FROM engine.generation AS g JOIN engine.projection AS p ON p.name = g.projection
       JOIN unnest($1::text[], $2::integer[], $3::text[]) AS own (projection, version, fingerprint)
         ON (own.projection, own.version, own.fingerprint) = (g.projection, g.version, g.fingerprint)
      WHERE g.state IN ('catching-up', 'active', 'standby')
      ORDER BY g.state <> 'active', g.id`,
    [
      projections.map(({ name }) => name),
      projections.map(({ version }) => version),
      projections.map((projection) => printOf(projection)),
    ],
  );
  return rows.map(({ paused, ...generation }) => ({ generation, paused }));
}

const prints = new WeakMap<ProjectionDeclaration, string>();

/** Computed once: `live` is asked every second. */
function printOf(projection: ProjectionDeclaration): string {
  const print = prints.get(projection) ?? fingerprint(projection);
  prints.set(projection, print);
  return print;
}
