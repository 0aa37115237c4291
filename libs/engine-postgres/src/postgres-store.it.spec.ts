import type { AnyReadModel, Stored, Tally } from '@app/engine';
import { createDatabase, everything, projectionStoreContract, type StoreUnderTest, type TestDatabase } from '@app/testing';
import type { Pool } from 'pg';
import { migrateEngine, writePool } from './database';
import { activeGenerations, type Generation } from './generations';
import { PostgresStore } from './postgres-store';
import { VIEWS_SCHEMA } from './sql/ddl';

let database: TestDatabase;
let pool: Pool;
let generation: Generation;

beforeAll(async () => {
  database = await createDatabase();
  pool = writePool(database.url, 'test', 4);
  await migrateEngine(pool, database.url);
  generation = (await activeGenerations(pool, [everything])).get(everything.name)!;
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

describe('the store in Postgres', () => {
  projectionStoreContract(open, 60);

  it('keeps its tables when another process provisions the same declaration', async () => {
    const again = await activeGenerations(pool, [everything]);
    expect(again.get(everything.name)).toEqual(generation);
  });

  it('refuses a changed declaration whose version was not raised, naming the projection', async () => {
    const changed = { ...everything, topics: ['left'] };
    await expect(activeGenerations(pool, [changed])).rejects.toThrow(/every-thing.*raise the version/);
  });
});

/** Emptied rather than made anew for each run: the rows differ, not the tables. */
async function open(): Promise<StoreUnderTest> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1`,
    [generation.schema],
  );
  await pool.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')}, engine.checkpoint, engine.dead_letter`);
  return {
    store: new PostgresStore(pool, [everything], new Map([[everything.name, generation]])),
    rowsOf: readModelRows,
    groupsOf: tallyRows,
    deadLetters: async () => {
      const letters = await pool.query<{ offset: number; reason: string }>(
        'SELECT record_offset::integer AS offset, reason FROM engine.dead_letter ORDER BY 1',
      );
      return letters.rows;
    },
  };
}

async function readModelRows(table: AnyReadModel): Promise<Record<string, unknown>[]> {
  const columns = table.columns.map(({ sqlName, type }) => {
    const name = `"${sqlName}"`;
    if (type.name === 'instant') return `(extract(epoch FROM ${name}) * 1000)::float8 AS ${name}`;
    if (type.name === 'integer') return `${name}::float8 AS ${name}`;
    return type.name === 'json' ? `${name}::text AS ${name}` : name;
  });
  const { rows } = await pool.query<Record<string, Stored>>(
    `SELECT ${columns.join(', ')} FROM ${VIEWS_SCHEMA}."${table.name}"`,
  );
  return inOrder(rows, table.keys.map(({ sqlName }) => sqlName), (row) =>
    Object.fromEntries(table.columns.map(({ name, sqlName }) => [name, row[sqlName]])),
  );
}

async function tallyRows(tally: Tally): Promise<Record<string, unknown>[]> {
  const columns = [
    ...tally.keys.map(({ sqlName, type }) => (type.name === 'date' ? `"${sqlName}"::text` : `"${sqlName}"`)),
    ...tally.measures.map(({ sqlName }) => `"${sqlName}"::integer`),
  ];
  const { rows } = await pool.query<Record<string, Stored>>(
    `SELECT ${columns.join(', ')} FROM ${VIEWS_SCHEMA}."${tally.name}"`,
  );
  return inOrder(rows, tally.keys.map(({ sqlName }) => sqlName), (row) =>
    Object.fromEntries([...tally.keys, ...tally.measures].map(({ name, sqlName }) => [name, row[sqlName]])),
  );
}

/** In the order of the store in memory: by the text of the key. */
function inOrder(
  rows: Record<string, Stored>[],
  keys: readonly string[],
  named: (row: Record<string, Stored>) => Record<string, unknown>,
): Record<string, unknown>[] {
  const keyed = rows.map((row) => ({ key: keys.map((key) => row[key]), row: named(row) }));
  return keyed.sort((a, b) => (sortKey(a.key) < sortKey(b.key) ? -1 : 1)).map(({ row }) => row);
}

const sortKey = (key: readonly unknown[]): string => JSON.stringify(key);
