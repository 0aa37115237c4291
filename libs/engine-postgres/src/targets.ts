import type { AnyReadModel, ProjectionDeclaration, Row } from '@app/engine';
import type { Pool, QueryConfig } from 'pg';
import { fingerprint, type Generation } from './generations';
import { mergeStatement, type MergeStatement } from './sql/merge-sql';
import { rowArray, type RowType } from './sql/row-array';

/** Partitions per topic that a shard number leaves room for. */
const PARTITIONS = 100_000;

type Queries = Pick<Pool, 'query'>;

interface NamedMerge extends MergeStatement {
  readonly name: string;
  readonly rowType: RowType;
}

/** A generation with the statements that merge into its tables. */
export class Target {
  private constructor(
    readonly projection: ProjectionDeclaration,
    readonly generation: Generation,
    private readonly statements: ReadonlyMap<AnyReadModel, NamedMerge>,
  ) {}

  /** @throws when the database does not answer, or has dropped the generation's tables meanwhile */
  static async open(
    pool: Queries,
    projection: ProjectionDeclaration,
    generation: Generation,
  ): Promise<Target> {
    const { id, schema } = generation;
    const rowTypes = await rowTypesOf(pool, schema);
    const statements = projection.tables.map((table, i) => {
      const rowType = rowTypes.get(table.name);
      if (!rowType) throw new Error(`${schema} has no table ${table.name}`);
      const statement = mergeStatement(schema, table, projection.tallies);
      return [table, { ...statement, name: `merge_${id}_${i}`, rowType }] as const;
    });
    return new Target(projection, generation, new Map(statements));
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
      const { name, text, takesShard, rowType } = this.statements.get(table)!;
      const values = [rowArray(table, rows, rowType), ...(takesShard ? [shard] : [])];
      return [{ rows, query: { name, text, values } }];
    });
  }
}

async function rowTypesOf(pool: Queries, schema: string): Promise<ReadonlyMap<string, RowType>> {
  const { rows } = await pool.query<RowType & { readonly table: string }>(
    `SELECT c.relname AS table, c.reltype::bigint::float8 AS oid, (
              SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::bigint) ORDER BY a.attnum)
                FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns
       FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind = 'r'`,
    [schema],
  );
  return new Map(rows.map(({ table, ...rowType }) => [table, rowType]));
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
