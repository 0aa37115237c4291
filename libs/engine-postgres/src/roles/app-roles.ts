import type { Pool, PoolClient } from 'pg';
import { inTransaction, provisioning } from '../database';
import { CREATE_READER_ROLE, letReadersSee, READ_API_ROLE } from './readers';
import { VIEWS_SCHEMA } from '../sql/ddl';
import { identifier, literal } from '../sql/identifiers';

/**
 * The rights of an app in the database. Nobody logs in as a role: users become its members (users.ts). Roles belong to
 * the whole server; their rights are granted per database.
 */
export type AppRole =
  /** Owns the schemas and views of its projections, and writes the engine's tables. */
  | { readonly kind: 'projector'; readonly name: string; readonly projections: readonly string[] }
  /** Reads the views, the tables behind them and the engine's tables, requests jobs, pauses projections, and discards dead letters. */
  | { readonly kind: 'read-api'; readonly name: typeof READ_API_ROLE };

/** The tables that the read API may write: requests to others. All its other commands are events in the log. */
const REQUESTS = [
  'INSERT (projection, version, kind, requested_by, parameters), UPDATE (cancel_requested_at) ON engine.job',
  'INSERT (workspace, jimer_uid, requested_by), UPDATE (requested_by, requested_at) ON engine.erasure',
  'UPDATE (paused_at, paused_reason) ON engine.projection',
  'UPDATE (state, resolved_at, resolution) ON engine.dead_letter',
  'UPDATE (drop_requested_at, drop_requested_by) ON engine.generation',
];

/**
 * Creates missing roles and grants each what it needs. Tables of a common owner are handed over to the roles. It is
 * idempotent and may run while apps run.
 *
 * @param pool of the owner, who may create roles and owns the existing tables
 */
export async function provideRoles(pool: Pool, roles: readonly AppRole[]): Promise<void> {
  await provisioning(pool, () =>
    inTransaction(pool, async (client) => {
      await client.query(CREATE_READER_ROLE);
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${VIEWS_SCHEMA}`);
      for (const role of roles) {
        await client.query(createGroup(role.name));
        await grantTo(client, role);
      }
      await letReadersSee(client);
    }),
  );
}

/** The owner becomes a member, so that it keeps all its rights. */
const createGroup = (name: string): string => `DO $role$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(name)}) THEN
    CREATE ROLE ${identifier(name)} NOLOGIN;
  END IF;
  IF NOT pg_has_role(${literal(name)}, 'SET') OR NOT pg_has_role(${literal(name)}, 'USAGE') THEN
    GRANT ${identifier(name)} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
  END IF;
END $role$`;

async function grantTo(client: PoolClient, role: AppRole): Promise<void> {
  const to = identifier(role.name);
  await client.query(`GRANT USAGE ON SCHEMA engine TO ${to}`);
  switch (role.kind) {
    case 'projector':
      await client.query(`GRANT USAGE, CREATE ON SCHEMA ${VIEWS_SCHEMA} TO ${to}`);
      await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA engine TO ${to}`);
      await client.query(`REVOKE INSERT, UPDATE, DELETE ON engine.migration FROM ${to}`);
      // Each generation has a schema of its own.
      await client.query(
        `DO $grant$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${to}', current_database()); END $grant$`,
      );
      await shareSnapshotSchemas(client, to);
      for (const projection of role.projections) await handOver(client, projection, role.name);
      return;
    case 'read-api':
      await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA engine TO ${to}`);
      for (const request of REQUESTS) await client.query(`GRANT ${request} TO ${to}`);
      // The views as well (readers.ts).
      return;
  }
}

/** Snapshots of several projections may have one name, and their views one schema: it may be older than the role. */
async function shareSnapshotSchemas(client: PoolClient, to: string): Promise<void> {
  await client.query(`DO $share$ DECLARE each name; BEGIN
  FOR each IN SELECT nspname FROM pg_namespace WHERE nspname IN (
      SELECT ${literal(`${VIEWS_SCHEMA}_`)} || snapshot FROM engine.generation WHERE snapshot IS NOT NULL)
  LOOP EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO ${to}', each); END LOOP;
END $share$`);
}

async function handOver(client: PoolClient, projection: string, role: string): Promise<void> {
  await client.query(
    `INSERT INTO engine.projection (name, owner) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET owner = $2 WHERE projection.owner IS DISTINCT FROM $2`,
    [projection, role],
  );
  const { rows } = await client.query<{ change: string }>(
    `SELECT format('ALTER SCHEMA %I OWNER TO %I', n.nspname, $2::text) AS change
       FROM engine.generation AS g JOIN pg_namespace AS n ON n.nspname = g.schema_name
      WHERE g.projection = $1 AND n.nspowner <> $2::text::regrole
     UNION ALL
     SELECT format('ALTER %s %I.%I OWNER TO %I', kind.name, n.nspname, c.relname, $2::text)
       FROM engine.generation AS g JOIN pg_namespace AS n ON n.nspname = g.schema_name
       JOIN pg_class AS c ON c.relnamespace = n.oid
       JOIN (VALUES ('r', 'TABLE'), ('c', 'TYPE')) AS kind (char, name) ON kind.char = c.relkind::text
      WHERE g.projection = $1 AND c.relowner <> $2::text::regrole
     UNION ALL
     SELECT DISTINCT format('ALTER VIEW %I.%I OWNER TO %I', n.nspname, c.relname, $2::text)
       FROM engine.generation AS g CROSS JOIN jsonb_array_elements(g.views) AS view
       JOIN pg_namespace AS n ON n.nspname = $3 || CASE g.state WHEN 'snapshot' THEN '_' || g.snapshot ELSE '' END
       JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = view ->> 'name' AND c.relkind = 'v'
      WHERE g.projection = $1 AND g.state IN ('active', 'snapshot') AND c.relowner <> $2::text::regrole`,
    [projection, role, VIEWS_SCHEMA],
  );
  for (const { change } of rows) await client.query(change);
}
