import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { freePort } from '../ports';
import { until } from '../wait';
import { type PostgresServer, startPostgres } from './server';

describe('the log of the embedded Postgres', () => {
  const SECRET = 'what-somebody-answered';
  const lines: string[] = [];
  let folder: string;
  let postgres: PostgresServer;
  let client: Client;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jimo-postgres-log-'));
    postgres = await startPostgres({
      folder: join(folder, 'postgres'),
      port: await freePort(),
      // Every statement is slow enough.
      settings: { log_min_duration_statement: '0', fsync: 'off' },
      onLine: (line) => lines.push(line),
    });
    client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('CREATE TABLE a (who text PRIMARY KEY, n int CHECK (n > 0) NOT NULL)');
  });

  afterAll(async () => {
    await client?.end();
    await postgres?.child.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each<[string, string, unknown[], string | undefined]>([
    ['slow', 'INSERT INTO a VALUES ($1, 1)', [SECRET], undefined],
    ['slow, with a list', 'SELECT count(*) FROM a WHERE who = ANY($1)', [[SECRET]], undefined],
    ['a duplicate', 'INSERT INTO a VALUES ($1, 1)', [SECRET], '23505'],
    ['against a check', 'INSERT INTO a VALUES ($1, 0)', [`other-${SECRET}`], '23514'],
    ['without a value that must be there', 'INSERT INTO a VALUES ($1, NULL)', [`other-${SECRET}`], '23502'],
    ['failing at its parameters', 'SELECT $1::int, $2::text', ['x', SECRET], '22P02'],
  ])('has no value of a statement that is %s', async (_what, statement, values, code) => {
    const before = lines.length;
    const failed = await client.query(statement, values).then(
      () => undefined,
      (error: { code?: string }) => error.code,
    );
    expect(failed).toBe(code);
    await client.query('SELECT 1 AS the_end');
    await until('the log', () => lines.slice(before).some((line) => line.includes('the_end')));
    const written = lines.slice(before).join('\n');
    expect(written).toContain(statement.slice(0, 15));
    expect(written).not.toContain(SECRET);
  });
});
