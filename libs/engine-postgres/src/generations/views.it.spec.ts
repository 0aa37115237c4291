import { by, count, defineProjection, greatest, integer, latest, readModel, tally, text } from '@app/engine';
import type { ColumnSpecs } from '@app/engine/adapters';
import { createDatabase, type TestDatabase } from '@app/testing';
import type { Pool } from 'pg';
import { inTransaction, writePool } from '../database';
import { migrateEngine } from '../migrations/migrate';
import { insertGeneration, openGenerations } from './generations';
import { READER_ROLE } from '../roles/readers';
import { createHeap, createTally } from '../sql/ddl';
import { showGeneration } from './views';

const declared = (version: number, more: ColumnSpecs) => {
  const Thing = readModel('thing', "Things, as somebody's eyes see them.", {
    key: { colour: text("It's the colour.") },
    columns: { size: greatest(integer('How large.')), ...more },
    person: null,
  });
  const Count = tally('thing_count', 'How many.', {
    key: { colour: text('The colour.') },
    counts: { things: count('Of that colour.', Thing, { colour: by('colour') }) },
  });
  return defineProjection({ name: 'things', version, topics: ['t'], tables: [Thing, Count] });
};
const first = declared(1, {});
const second = declared(2, { shape: latest({ shape: text('New.') }) });

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createDatabase();
  pool = writePool(database.url, 'test', 2);
  await migrateEngine(pool, database.url);
  await openGenerations(pool, [first]);
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

async function asReader<T>(work: (query: (sql: string) => Promise<unknown[]>) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL ROLE ${READER_ROLE}`);
    return work(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  });
}

async function comments(view: string): Promise<Record<string, string | null>> {
  const { rows } = await pool.query<{ name: string; comment: string | null }>(
    `SELECT attname AS name, col_description(attrelid, attnum) AS comment FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [`read_models.${view}`],
  );
  return Object.fromEntries(rows.map(({ name, comment }) => [name, comment]));
}

describe('the stable views', () => {
  it('carry the comments of their declarations, column by column', async () => {
    expect(await comments('thing')).toEqual({
      workspace: 'The workspace; part of every key.',
      colour: "It's the colour.",
      size: 'How large.',
      changed_at: expect.stringContaining('last written') as string,
    });
    expect(await comments('thing_count')).toMatchObject({ things: 'Of that colour.', colour: 'The colour.' });
    const { rows } = await pool.query(`SELECT obj_description('read_models.thing'::regclass) AS comment`);
    expect(rows).toEqual([{ comment: "Things, as somebody's eyes see them." }]);
  });

  it.each(['read_models.thing', 'read_models.thing_count'])(
    'let members of the role read %s',
    async (view) => {
      expect(await asReader((query) => query(`SELECT * FROM ${view}`))).toEqual([]);
    },
  );

  it.each([
    'SELECT * FROM things_v1_g1.thing',
    'SELECT * FROM engine.checkpoint',
    `INSERT INTO read_models.thing (workspace, colour) VALUES ('w', 'red')`,
    'DELETE FROM read_models.thing',
    'CREATE TABLE read_models.own (n integer)',
    'CREATE SCHEMA own',
  ])('give the role nothing else: %s', async (sql) => {
    await expect(asReader((query) => query(sql))).rejects.toThrow(/permission denied/);
  });

  it('stay readable and described when a switch changes their columns', async () => {
    await inTransaction(pool, async (client) => {
      await client.query(`UPDATE engine.generation SET state = 'standby'`);
      const { id, schema } = await insertGeneration(client, second, 'active');
      for (const statement of second.tables.flatMap((table) => createHeap(schema, table)))
        await client.query(statement);
      for (const each of second.tallies) await client.query(createTally(schema, each));
      await showGeneration(client, id, id - 1);
    });
    expect(await comments('thing')).toMatchObject({
      shape: 'New.',
      shape_time: 'Time of the event that set shape.',
    });
    expect(await asReader((query) => query('SELECT shape FROM read_models.thing'))).toEqual([]);
  });

  it('are granted again at the next start to a role that lost them, and nothing else is', async () => {
    await pool.query('CREATE TABLE read_models.of_others (n integer)');
    await pool.query(`REVOKE ALL ON read_models.thing FROM ${READER_ROLE}`);
    await openGenerations(pool, [second]);
    expect(await asReader((query) => query('SELECT * FROM read_models.thing'))).toEqual([]);
    await expect(asReader((query) => query('SELECT * FROM read_models.of_others'))).rejects.toThrow(/denied/);
  });
});
