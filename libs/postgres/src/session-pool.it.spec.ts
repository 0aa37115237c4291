import { createDatabase, until, type TestDatabase } from '@app/testing';
import { Client, type Pool } from 'pg';
import { TcpProxy } from '../../../test/support/tcp-proxy';
import { SessionPool, type SessionPoolConfig } from './session-pool';

let database: TestDatabase;
const pools: Pool[] = [];

function open(more: Partial<SessionPoolConfig> = {}): SessionPool {
  const pool = new SessionPool({ connectionString: database.url, max: 2, session: {}, ...more });
  pools.push(pool);
  return pool;
}

async function asOwner(sql: string): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

beforeAll(async () => void (database = await createDatabase()));
afterEach(async () => void (await Promise.all(pools.splice(0).map((pool) => pool.end()))));
afterAll(() => database?.drop());

describe('a session', () => {
  const named = () => `"${new URL(database.url).pathname.slice(1)}"`;

  it.each([
    ['DateStyle', `'German'`, 'ISO, MDY'],
    ['DateStyle', `'SQL', 'DMY'`, 'ISO, MDY'],
    ['IntervalStyle', `'iso_8601'`, 'postgres'],
    ['TimeZone', `'Asia/Kathmandu'`, 'UTC'],
    ['client_encoding', `'LATIN1'`, 'UTF8'],
    ['bytea_output', `'escape'`, 'hex'],
    ['extra_float_digits', '-10', '1'],
    ['array_nulls', 'off', 'on'],
    ['transform_null_equals', 'on', 'off'],
    ['standard_conforming_strings', 'off', 'on'],
    ['search_path', 'pg_catalog', '"$user",public'],
    ['default_transaction_isolation', `'serializable'`, 'read committed'],
    ['default_transaction_deferrable', 'on', 'off'],
    ['statement_timeout', `'1ms'`, '7s'],
  ])('has a %s of its own where the database has %s', async (name, foreign, own) => {
    await asOwner(`ALTER DATABASE ${named()} SET ${name} TO ${foreign}`);
    try {
      const pool = open({ session: { statement_timeout: '7s' } });
      const { rows } = await pool.query<Record<string, string>>(`SHOW ${name}`);
      expect(Object.values(rows[0]!)).toEqual([own]);
    } finally {
      await asOwner(`ALTER DATABASE ${named()} RESET ${name}`);
    }
  });

  it('leaves it to the database whether it may be written to', async () => {
    await asOwner(`ALTER DATABASE ${named()} SET default_transaction_read_only TO on`);
    try {
      await expect(open().query('CREATE TABLE any_table ()')).rejects.toMatchObject({ code: '25006' });
    } finally {
      const client = new Client({
        connectionString: database.url,
        options: '-c default_transaction_read_only=off',
      });
      await client.connect();
      await client.query(`ALTER DATABASE ${named()} RESET default_transaction_read_only`);
      await client.end();
    }
  });

  it('is asked about once per connection, and never per query', async () => {
    const pool = open({ max: 1 });
    for (let i = 0; i < 5; i++) await pool.query('SELECT 1');
    const { rows } = await pool.query<{ calls: number }>(
      `SELECT xact_commit::integer AS calls FROM pg_stat_database WHERE datname = current_database()`,
    );
    expect(rows[0]!.calls).toBeGreaterThanOrEqual(0);
    const client = await pool.connect();
    expect((client as unknown as { backend: number | null }).backend).toBeGreaterThan(0);
    client.release();
  });

  it('is reached by an IPv6 address', async () => {
    const { port } = new URL(database.url);
    const proxy = await TcpProxy.listen(Number(port), '::1').catch(() => null);
    if (proxy === null) return; // This machine has no IPv6.
    const url = new URL(database.url);
    url.host = `[::1]:${proxy.port}`;
    expect((await open({ connectionString: url.href }).query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pools.pop()!.end();
    await proxy.close();
  });
});

describe('a connection that dies without a word', () => {
  let proxy: TcpProxy;
  beforeEach(async () => void (proxy = await TcpProxy.listen(Number(new URL(database.url).port))));
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
    await proxy.close();
  });

  const through = (more: Partial<SessionPoolConfig>) => {
    const url = new URL(database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    return open({ connectionString: url.href, ...more });
  };
  const watched = { everyMs: 100, suspectMs: 200 };

  it('is given up while a statement without a time-out waits on it, and new ones are used', async () => {
    const pool = through({ watched });
    const client = await pool.connect();
    await client.query('BEGIN');
    proxy.strand();
    await expect(client.query('SELECT 1')).rejects.toThrow(/silent|gone/);
    client.release(true);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('is given up after the answer to a long statement was lost', async () => {
    const pool = through({ watched });
    const answer = pool.query('SELECT pg_sleep(1)');
    answer.catch(() => undefined);
    await until('the statement to run', async () => {
      const { rowCount } = await open().query(
        `SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1)'`,
      );
      return rowCount === 1;
    });
    proxy.strand();
    await expect(answer).rejects.toThrow(/silent|gone/);
  });

  it('takes the others of its pool with it, so that not every request finds one that is dead', async () => {
    const pool = through({ query_timeout: 500, max: 3 });
    const clients = await Promise.all([1, 2, 3].map(() => pool.connect()));
    for (const client of clients) client.release();
    proxy.strand();
    await expect(pool.query('SELECT 1')).rejects.toThrow('Query read timeout');
    for (let i = 0; i < 3; i++) await pool.query('SELECT 1');
  });

  it('is told from a statement that takes long', async () => {
    const pool = through({ watched });
    const answer = pool.query(`SELECT pg_sleep(1.5), 1 AS one`);
    await until('it to be seen at work', () => pool.isAtWork);
    expect((await answer).rows).toMatchObject([{ one: 1 }]);
  });
});

describe('a statement that waits for a lock', () => {
  it('is said to, and for whose', async () => {
    await asOwner('CREATE TABLE IF NOT EXISTS locked (one integer)');
    const person = new Client({ connectionString: database.url, application_name: 'somebody-in-psql' });
    await person.connect();
    await person.query('BEGIN; LOCK TABLE locked');
    const pool = open({ watched: { everyMs: 100, suspectMs: 200 } });
    const waiting = pool.query('SELECT FROM locked');
    await until('the lock to be named', () => pool.trouble?.includes('somebody-in-psql'));
    expect(pool.trouble).toMatch(
      /^statements wait for a lock that is held by session \d+ \(user \w+, somebody-in-psql\)$/,
    );
    expect(pool.isAtWork).toBe(false);
    await person.query('ROLLBACK');
    await waiting;
    await until('the trouble to be over', () => pool.trouble === null);
    await person.end();
  });
});
