import { createDatabase, type TestDatabase } from '@app/testing';
import { Client, type Pool } from 'pg';
import { PGBOUNCER, PgBouncer } from '../../../test/support/pgbouncer';
import { SessionPool, type SessionPoolConfig } from './session-pool';

if (PGBOUNCER === undefined) console.warn('skipped: pgbouncer is not installed (apt-get install pgbouncer)');

(PGBOUNCER === undefined ? describe.skip : describe)('through PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let direct: Client;
  let bouncer: PgBouncer;
  let named: string;
  const pools: Pool[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    named = `"${new URL(database.url).pathname.slice(1)}"`;
    direct = new Client({ connectionString: database.url });
    await direct.connect();
    bouncer = await PgBouncer.start(database.url);
  });
  afterEach(async () => void (await Promise.all(pools.splice(0).map((pool) => pool.end()))));
  afterAll(async () => {
    await bouncer?.stop();
    await direct?.end();
    await database?.drop();
  });

  function open(url: string, more: Partial<SessionPoolConfig> = {}): SessionPool {
    const pool = new SessionPool({
      connectionString: url,
      max: 6,
      session: { synchronous_commit: 'off' },
      ...more,
    });
    pools.push(pool);
    return pool;
  }

  const TIME = `SELECT timestamptz '2025-02-03 12:00:00+00' AS at`;

  it('a session connects although its settings are refused, and reads times rightly', async () => {
    await direct.query(`ALTER DATABASE ${named} SET DateStyle TO 'German'`);
    const { rows } = await open(bouncer.url).query<{ at: Date }>(TIME);
    expect(rows[0]!.at.toISOString()).toBe('2025-02-03T12:00:00.000Z');
    await direct.query(`ALTER DATABASE ${named} RESET DateStyle`);
  });

  it('it does so where the pooler takes the settings and forgets them', async () => {
    const forgetful = await PgBouncer.start(database.url, { ignore_startup_parameters: 'options' });
    try {
      const { rows } = await open(forgetful.url).query<{ at: Date }>(TIME);
      expect(rows[0]!.at.toISOString()).toBe('2025-02-03T12:00:00.000Z');
      await pools.pop()!.end();
    } finally {
      await forgetful.stop();
    }
  });

  it('statements with names work, whichever server process answers', async () => {
    for (const pipeline of [false, true]) {
      const pool = open(bouncer.url, { pipeline });
      const ask = async (value: number) => {
        const client = await pool.connect();
        try {
          await client.query('BEGIN');
          const { rows } = await client.query<{ sum: number }>({
            name: 'sum',
            text: 'SELECT $1::integer + 1 AS sum',
            values: [value],
          });
          await client.query('COMMIT');
          return rows[0]!.sum;
        } finally {
          client.release();
        }
      };
      const sums = await Promise.all(Array.from({ length: 60 }, (_, i) => ask(i)));
      expect(sums).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    }
  });

  it.each([
    ['IntervalStyle', `'iso_8601'`],
    ['bytea_output', `'escape'`],
    ['extra_float_digits', '0'],
    ['default_transaction_isolation', `'serializable'`],
  ])('a %s that answers would be misread with is refused by name, with what to do', async (name, foreign) => {
    await direct.query(`ALTER DATABASE ${named} SET ${name} TO ${foreign}`);
    // Server connections of before have the settings of before.
    const fresh = await PgBouncer.start(database.url);
    try {
      const refused = await open(fresh.url)
        .query('SELECT 1')
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({
        name: 'SessionRefused',
        message: expect.stringMatching(new RegExp(`have ${name} = .*ALTER ROLE … SET ${name} = `)) as string,
      });
    } finally {
      await fresh.stop();
      await direct.query(`ALTER DATABASE ${named} RESET ${name}`);
    }
  });
});
