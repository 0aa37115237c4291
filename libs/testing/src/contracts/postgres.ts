import type { AnyReadModel, Tally, Stored } from '@app/engine';
import type { ProjectionDeclaration } from '@app/engine/adapters';
import {
  CannotRollBack,
  Jobs,
  migrateEngine,
  openGenerations,
  PostgresBuild,
  PostgresStore,
  rollBack,
  VIEWS_SCHEMA,
  workPool,
  writePool,
  type ClaimedJob,
} from '@app/engine-postgres';
import type { Pool } from 'pg';
import { createDatabase, type TestDatabase } from '../infra/helpers';
import type { BuildsUnderTest } from './build.contract';
import type { StoreUnderTest } from './projection-store.contract';

type Rows = Record<string, unknown>[];

/** A projection's generation in its own database, for the tests of a file. */
export interface PostgresUnderTest {
  readonly url: string;
  readonly pool: Pool;
  readonly schema: string;
  /** Empties it between tests or runs. */
  empty(): Promise<StoreUnderTest>;
}

/** To be called where tests are declared; the database exists from the first to the last of them. */
export function postgresFor(projection: ProjectionDeclaration): PostgresUnderTest {
  let database: TestDatabase | undefined;
  let opened: Awaited<ReturnType<typeof openPostgres>> | undefined;
  beforeAll(async () => {
    database = await createDatabase();
    opened = await openPostgres(database.url, projection);
  });
  afterAll(async () => {
    await opened?.pool.end();
    await database?.drop();
  });
  return {
    get url() {
      return database!.url;
    },
    get pool() {
      return opened!.pool;
    },
    get schema() {
      return opened!.schema;
    },
    empty: () => opened!.empty(),
  };
}

/** A projection's generation in a database, which can be emptied between runs. */
export async function openPostgres(
  databaseUrl: string,
  projection: ProjectionDeclaration,
): Promise<{ readonly pool: Pool; readonly schema: string; empty(): Promise<StoreUnderTest> }> {
  const pool = writePool(databaseUrl, 'test', 4);
  await migrateEngine(pool, databaseUrl);
  const generations = await openGenerations(pool, [projection]);
  const { schema } = generations.get(projection.name)!.active;
  const empty = async (): Promise<StoreUnderTest> => {
    // Emptied instead of recreated for each run, since only the rows differ.
    const { rows } = await pool.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1`,
      [schema],
    );
    await pool.query(
      `TRUNCATE ${rows.map(({ name }) => name).join(', ')}, engine.checkpoint, engine.dead_letter`,
    );
    return underTest(pool, projection);
  };
  return { pool, schema, empty };
}

/** A separate database whose projection can be reset to its first, empty generation between runs. */
export async function openPostgresBuilds(
  databaseUrl: string,
  projection: ProjectionDeclaration,
): Promise<{ readonly pool: Pool; fresh(): Promise<BuildsUnderTest> }> {
  const { pool } = await openPostgres(databaseUrl, projection);
  const work = workPool(databaseUrl, 'test-builds', 4);
  const fresh = async (): Promise<BuildsUnderTest> => {
    const { rows } = await pool.query<{ schema: string }>(
      'SELECT nspname AS schema FROM engine.generation JOIN pg_namespace ON nspname = schema_name',
    );
    for (const { schema } of rows) await pool.query(`DROP SCHEMA "${schema}" CASCADE`);
    await pool.query('TRUNCATE engine.generation, engine.checkpoint, engine.dead_letter, engine.job CASCADE');
    await openGenerations(pool, [projection]);
    const jobs = new Jobs(work);
    return {
      ...underTest(pool, projection),
      openBuild: async () => {
        const { job } = await jobs.request(projection, 'rebuild', 'test');
        // As if its worker had died.
        await work.query(`UPDATE engine.job SET heartbeat_at = now() - interval '1 hour' WHERE id = $1`, [
          job.id,
        ]);
        // A transaction of a stopped build may hold the job's row for a moment, and a claim would skip it.
        let claim: ClaimedJob | null = null;
        while (claim === null) claim = await jobs.claim([projection], 'test', job.id);
        return PostgresBuild.open(work, projection, claim, new AbortController().signal);
      },
      rollBack: () =>
        rollBack(work, projection.name).then(
          () => true,
          (error: unknown) => {
            if (error instanceof CannotRollBack) return false;
            throw error;
          },
        ),
    };
  };
  return { pool: work, fresh };
}

function underTest(pool: Pool, projection: ProjectionDeclaration): StoreUnderTest {
  return {
    store: new PostgresStore(pool, [projection]),
    rowsOf: (table) => readModelRows(pool, table),
    groupsOf: (tally) => tallyRows(pool, tally),
    deadLetters: async () => {
      const letters = await pool.query<{ offset: number; reason: string }>(
        `SELECT record_offset::integer AS offset, reason FROM engine.dead_letter
           JOIN engine.generation AS g ON g.id = generation_id WHERE g.state = 'active' ORDER BY 1`,
      );
      return letters.rows;
    },
  };
}

async function readModelRows(pool: Pool, table: AnyReadModel): Promise<Rows> {
  const columns = table.columns.map(({ sqlName, type }) => {
    const name = `"${sqlName}"`;
    if (type.name === 'instant') return `(extract(epoch FROM ${name}) * 1000)::float8 AS ${name}`;
    if (type.name === 'integer') return `${name}::float8 AS ${name}`;
    return type.name === 'json' ? `${name}::text AS ${name}` : name;
  });
  const { rows } = await pool.query<Record<string, Stored>>(
    `SELECT ${columns.join(', ')} FROM ${VIEWS_SCHEMA}."${table.name}"`,
  );
  const keys = table.keys.map(({ sqlName }) => sqlName);
  return inOrder(rows, keys, table.columns);
}

async function tallyRows(pool: Pool, tally: Tally): Promise<Rows> {
  const columns = [
    ...tally.keys.map(({ sqlName, type }) => (type.name === 'date' ? `"${sqlName}"::text` : `"${sqlName}"`)),
    ...tally.measures.map(({ sqlName }) => `"${sqlName}"::integer`),
  ];
  const { rows } = await pool.query<Record<string, Stored>>(
    `SELECT ${columns.join(', ')} FROM ${VIEWS_SCHEMA}."${tally.name}"`,
  );
  const keys = tally.keys.map(({ sqlName }) => sqlName);
  return inOrder(rows, keys, [...tally.keys, ...tally.measures]);
}

/** With the names and in the order of the store in memory: sorted by the JSON text of the key. */
function inOrder(
  rows: readonly Record<string, Stored>[],
  keys: readonly string[],
  columns: readonly { readonly name: string; readonly sqlName: string }[],
): Rows {
  return rows
    .map((row) => ({
      key: JSON.stringify(keys.map((key) => row[key])),
      row: Object.fromEntries(columns.map(({ name, sqlName }) => [name, row[sqlName]])),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);
}
