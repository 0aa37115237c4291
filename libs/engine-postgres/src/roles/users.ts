import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction } from '../database';
import { identifier, literal } from '../sql/identifiers';

interface DatabaseUser {
  readonly username: string;
  /** null if the user exists and keeps its way to log in. */
  readonly password: string | null;
}

/**
 * Creates the user of one app, or changes its password if it exists.
 *
 * @param pool of a user who may create roles and is an administrator of `role`
 * @param others roles of other apps, which are taken from the user
 */
export async function provideUser(
  pool: Pool,
  role: string,
  { username, password }: DatabaseUser,
  others: readonly string[],
): Promise<void> {
  const user = identifier(username);
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [username]);
    if (rowCount === 0 && password === null)
      throw new Error(`there is no database user ${username}, and no password was given to create it`);
    if (rowCount === 0) await client.query(`CREATE ROLE ${user} LOGIN`);
    if (password !== null)
      await client.query(`ALTER ROLE ${user} LOGIN PASSWORD ${literal(verifier(password))}`);
    await client.query(`GRANT ${identifier(role)} TO ${user}`);
    const { rows } = await client.query<{ name: string }>(
      `SELECT r.rolname AS name FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.roleid
        WHERE m.member = $1::text::regrole AND r.rolname = ANY($2)`,
      [user, others.filter((other) => other !== role)],
    );
    for (const { name } of rows) await client.query(`REVOKE ${identifier(name)} FROM ${user}`);
  });
}

/** Ends a user's connections and removes the user. What it created belongs to its role. It is idempotent. */
export async function dropUser(pool: Pool, username: string): Promise<void> {
  const user = identifier(username);
  const { rowCount } = await pool.query('SELECT FROM pg_roles WHERE rolname = $1', [username]);
  if (rowCount === 0) return;
  await pool.query(`ALTER ROLE ${user} NOLOGIN`);
  await inTransaction(pool, async (client) => {
    // Only members of a role may end its connections.
    await client.query(
      `DO $member$ BEGIN IF NOT pg_has_role(${literal(username)}, 'USAGE') THEN GRANT ${user} TO CURRENT_USER; END IF; END $member$`,
    );
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [
      username,
    ]);
    await client.query(`DROP ROLE ${user}`);
  });
}

const ITERATIONS = 4_096;

/**
 * The verifier that the server stores for a password (RFC 5803, PostgreSQL's "SCRAM-SHA-256" form). It is sent instead of
 * the password, which therefore appears in no statement and no log.
 */
function verifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest();
  const [saltText, storedText, serverText] = [salt, stored, keyed('Server Key')].map((bytes) =>
    bytes.toString('base64'),
  );
  return `SCRAM-SHA-256$${ITERATIONS}:${saltText}$${storedText}:${serverText}`;
}
