import { databaseReason } from '@app/platform';
import { type SecuredPostgresServer, startSecuredPostgres } from '@app/testing';
import { migrateEngine } from './migrations/migrate';
import { workPool, writePool } from './database';

let server: SecuredPostgresServer;

beforeAll(async () => {
  server = await startSecuredPostgres();
});
afterAll(() => server?.stop());

/** Why a connection fails, in the words of an app. */
async function refusal(change: (url: URL) => void): Promise<string> {
  const url = new URL(server.url);
  change(url);
  const pool = workPool(url.href, 'spec', 1);
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    const reason = databaseReason(error);
    expect(reason + String((error as Error).stack)).not.toContain(url.password);
    return reason;
  } finally {
    await pool.end();
  }
  throw new Error('the connection was accepted');
}

describe('a PostgreSQL that takes encrypted connections only', () => {
  it('is migrated and written over fully verified TLS', async () => {
    const pool = writePool(server.url, 'spec', 2);
    try {
      await migrateEngine(pool, server.url);
      const { rows } = await pool.query<{ ssl: boolean; tables: number }>(
        `SELECT ssl, (SELECT count(*)::integer FROM pg_tables WHERE schemaname = 'engine') AS tables
           FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
      );
      expect(rows[0]!.ssl).toBe(true);
      expect(rows[0]!.tables).toBeGreaterThan(4);
    } finally {
      await pool.end();
    }
  });

  it('is rejected when another authority signed its certificate', async () => {
    expect(await refusal(({ searchParams }) => searchParams.set('sslrootcert', server.otherCaFile))).toMatch(
      /DATABASE_URL: .*sslrootcert/,
    );
  });

  it('is rejected when its certificate is for another host', async () => {
    expect(await refusal((url) => (url.hostname = 'localhost'))).toMatch(/DATABASE_URL: its host/);
  });

  it('says what to check when the password is wrong, or the user is unknown', async () => {
    expect(await refusal((url) => (url.password = 'a-wrong-password'))).toMatch(/DATABASE_URL: .*password/);
    expect(await refusal((url) => (url.username = 'nobody-here'))).toMatch(/DATABASE_URL: .*user/);
  });

  it('refuses connections in plain text', async () => {
    expect(await refusal((url) => (url.search = ''))).toMatch(/DATABASE_URL: .*sslmode/);
  });

  it('is distinguished from one without TLS', async () => {
    const reason = await refusal((url) => {
      const { host, password } = new URL(process.env['TEST_DATABASE_URL']!);
      Object.assign(url, { host, password });
    });
    expect(reason).toMatch(/DATABASE_URL: .*TLS/);
  });
});
