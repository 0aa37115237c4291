import type { AnyReadModel, Row } from '@app/engine';
import { ErasedPersons, type ErasedPerson, type ProjectionDeclaration } from '@app/engine/adapters';
import type { Pool, QueryConfig } from 'pg';
import { fingerprint, type Generation } from './generations';
import { forgetStatement, type ForgetStatement } from '../sql/forget-sql';
import { identifier, qualified } from '../sql/identifiers';
import { mergeStatement, type MergeStatement } from '../sql/merge-sql';
import { rowArray, rowTypeOf, type RowType } from '../codec/row-array';

/** How many partitions of a topic the shard numbers have room for. */
const PARTITIONS = 100_000;

type Queries = Pick<Pool, 'query'>;

interface NamedMerge extends MergeStatement {
  readonly name: string;
  readonly rowType: RowType;
}

/** A generation with the statements that change its tables, and its erased persons. */
export class GenerationTables {
  private constructor(
    readonly projection: ProjectionDeclaration,
    readonly generation: Generation,
    private readonly statements: ReadonlyMap<AnyReadModel, NamedMerge>,
    private readonly forgetting: readonly ForgetStatement[],
    private known: Erasures,
  ) {}

  /** The erasures that this process knows of. A commit has to name their count. */
  get erasures(): Erasures {
    return this.known;
  }

  /** @throws when the database does not answer, or has dropped the generation's tables meanwhile */
  static async open(
    pool: Queries,
    projection: ProjectionDeclaration,
    generation: Generation,
  ): Promise<GenerationTables> {
    const { id, schema } = generation;
    const rowTypes = await rowTypesOf(pool, schema);
    const statements = projection.tables.map((table, i) => {
      const rowType = rowTypes.get(rowTypeOf(table));
      if (!rowType) throw new Error(`${schema} has no row type of ${table.name}`);
      const statement = mergeStatement(schema, table, projection.tallies);
      return [table, { ...statement, name: `merge_${id}_${i}`, rowType }] as const;
    });
    const forgetting = projection.tables
      .filter(({ person }) => person !== null)
      .map((table) => forgetStatement(schema, table, projection.tallies));
    const erasures = await readErasures(pool, projection, generation);
    return new GenerationTables(projection, generation, new Map(statements), forgetting, erasures);
  }

  /** Notes that a commit that knew the erasures `before` has erased these. */
  erase(before: Erasures, fresh: ErasedPersons): void {
    // In-flight commits that hold the earlier count are rejected, so it does no harm that they see the larger set.
    before.persons.addAll(fresh);
    this.known = { count: before.count + 1, persons: before.persons };
  }

  /** To be called after another process has erased persons. */
  async refreshErasures(pool: Queries): Promise<void> {
    this.known = await readErasures(pool, this.projection, this.generation);
  }

  /** The shard of the tallies and sharded rows that a partition's transactions write. */
  shardOf({ topic, partition }: { readonly topic: string; readonly partition: number }): number {
    return this.projection.topics.indexOf(topic) * PARTITIONS + partition;
  }

  /** One query per table that has rows, in order of declaration, so that all transactions lock in the same order. */
  merges(rowsOf: ReadonlyMap<AnyReadModel, readonly Row[]>, shard: number): Merge[] {
    return this.projection.tables.flatMap((table) => {
      const rows = rowsOf.get(table) ?? [];
      if (rows.length === 0) return [];
      const { name, text, takesShard, rowType } = this.statements.get(table)!;
      const values = [rowArray(table, rows, rowType), ...(takesShard ? [shard] : [])];
      return [{ rows, query: { name, text, values } }];
    });
  }

  /** The queries that delete the rows of persons, in order of declaration. */
  forget(persons: ErasedPersons, shard: number): QueryConfig[] {
    const all = [...persons];
    const values = [all.map(({ workspace }) => workspace), all.map(({ uid }) => uid)];
    return this.forgetting.map(({ text, takesShard }) => ({
      text,
      values: [...values, ...(takesShard ? [shard] : [])],
    }));
  }
}

/** The erased persons of a generation, and a counter that rises whenever one is added. */
export interface Erasures {
  readonly count: number;
  readonly persons: ErasedPersons;
}

/** Reads both in one statement, so that they are of the same moment. */
async function readErasures(
  pool: Queries,
  { erased }: ProjectionDeclaration,
  { id, schema }: Generation,
): Promise<Erasures> {
  const persons =
    erased === null ? 'SELECT NULL::text, NULL::uuid WHERE false' : selectErased(schema, erased);
  const { rows } = await pool.query<{ count: number; workspace: string | null; uid: string | null }>(
    `SELECT g.erasures AS count, e.workspace, e.uid
       FROM engine.generation AS g LEFT JOIN (${persons}) AS e (workspace, uid) ON true WHERE g.id = $1`,
    [id],
  );
  return {
    count: rows[0]?.count ?? 0,
    persons: new ErasedPersons(rows.filter((row): row is typeof row & ErasedPerson => row.uid !== null)),
  };
}

/** SQL that gives rows of workspace and uid. */
export function selectErased(schema: string, { name, keys }: AnyReadModel): string {
  return `SELECT ${keys.map(({ sqlName }) => identifier(sqlName)).join(', ')} FROM ${qualified(schema, name)}`;
}

export async function rowTypesOf(pool: Queries, schema: string): Promise<ReadonlyMap<string, RowType>> {
  const { rows } = await pool.query<RowType & { readonly name: string }>(
    `SELECT c.relname AS name, c.reltype::bigint::float8 AS oid, (
              SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::bigint) ORDER BY a.attnum)
                FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
       FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind = 'c'`,
    [schema],
  );
  return new Map(rows.map(({ name, ...rowType }) => [name, rowType]));
}

export interface Merge {
  readonly rows: readonly Row[];
  readonly query: QueryConfig;
}

/** The rows of a merge that changed nothing, from the statement's result. */
export function unchangedRows(
  { rows }: Merge,
  answer: { readonly rows: readonly unknown[] },
): readonly Row[] {
  const { unchanged } = answer.rows[0] as { readonly unchanged: readonly number[] | null };
  return (unchanged ?? []).map((place) => rows[place - 1]!);
}

/** The live generations of projections. The active one comes first, so that it gets batches before the others. */
export async function liveGenerations(
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
      projections.map((projection) => cachedFingerprint(projection)),
    ],
  );
  return rows.map(({ paused, ...generation }) => ({ generation, paused }));
}

const prints = new WeakMap<ProjectionDeclaration, string>();

/** Computed once, because live generations are read every second. */
function cachedFingerprint(projection: ProjectionDeclaration): string {
  const print = prints.get(projection) ?? fingerprint(projection);
  prints.set(projection, print);
  return print;
}
