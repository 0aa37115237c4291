import { createDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { PlannedStatements } from './planned-statements';

let database: TestDatabase;
let pool: Pool;
const statements = new PlannedStatements();

const SHOWN = 'SELECT value FROM shown WHERE value = $1';
const ask = (value: number | string) => statements.run<{ value: unknown }>(pool, SHOWN, [value]);

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.url, max: 1 });
  await pool.query('CREATE TABLE one AS SELECT 1 AS value; CREATE VIEW shown AS SELECT value FROM one');
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** So often that Postgres settles for one plan. */
const settle = (value: number | string) =>
  Promise.all(Array.from({ length: 20 }, () => ask(value))).then((answers) => answers.flat().length);

describe('a planned statement over a view', () => {
  it('is planned once', async () => {
    expect(await settle(1)).toBe(20);
    const { rows } = await pool.query<{ generic: number; custom: number }>(
      `SELECT generic_plans::integer AS generic, custom_plans::integer AS custom FROM pg_prepared_statements
        WHERE statement = $1`,
      [SHOWN],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.custom).toBeLessThanOrEqual(5);
    expect(rows[0]!.generic).toBeGreaterThan(0);
  });

  it('reads the other table once the view shows it, though the first is gone', async () => {
    await pool.query(
      `CREATE TABLE two AS SELECT 2 AS value;
       CREATE OR REPLACE VIEW shown AS SELECT value FROM two; DROP TABLE one`,
    );
    expect(await settle(2)).toBe(20);
    expect(await ask(1)).toEqual([]);
  });

  it('survives a view that is made anew with a column of another type', async () => {
    await pool.query(
      `BEGIN; DROP VIEW shown; CREATE VIEW shown AS SELECT value::text AS value FROM two; COMMIT`,
    );
    expect(await settle('2')).toBe(20);
    expect(await ask('2')).toEqual([{ value: '2' }]);
    const all = () => statements.run(pool, 'SELECT value FROM shown', []);
    expect(await all()).toEqual([{ value: '2' }]);
    await pool.query(`BEGIN; DROP VIEW shown; CREATE VIEW shown AS SELECT value FROM two; COMMIT`);
    expect(await all()).toEqual([{ value: 2 }]);
  });

  it('fails as any statement does', async () => {
    await expect(statements.run(pool, 'SELECT 1 / $1::integer', [0])).rejects.toMatchObject({
      code: '22012',
    });
    await expect(statements.run(pool, 'SELECT FROM nowhere', [])).rejects.toMatchObject({ code: '42P01' });
  });
});
