import type { Pool, PoolClient } from 'pg';
import { VIEWS_SCHEMA } from '../sql/ddl';
import { identifier, literal } from '../sql/identifiers';

/**
 * A role for tools that read the stable views by SQL. Nobody logs in as the role: users become its members. It belongs to
 * the whole server and is shared by its databases.
 */
export const READER_ROLE = 'jimo_reader';

/** The read API's own role, where apps have roles of their own (roles/app-roles.ts). */
export const READ_API_ROLE = 'jimo_read_api';

/**
 * Creates the role where that is allowed. Elsewhere an administrator does (`CREATE ROLE jimo_reader NOLOGIN`), and the
 * next start of a projector or `ops migrate` grants it the views.
 */
export const CREATE_READER_ROLE = `DO $role$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(READER_ROLE)}) THEN
    CREATE ROLE ${identifier(READER_ROLE)} NOLOGIN;
  END IF;
EXCEPTION
  -- Another database of the server may create it at the same moment.
  WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
END $role$`;

/**
 * A view that is recreated because its columns changed loses its grants, so they are given again. Only views without the
 * grant are touched, and only if the role exists. Objects of others in the schema, and the views of another projector's
 * role, are left to their owners.
 */
const GRANT_VIEWS = `DO $grants$
DECLARE each text; reader text; views text;
BEGIN
  FOR reader IN SELECT rolname FROM pg_roles WHERE rolname = ${literal(READER_ROLE)}
     -- It may be of another database only.
     OR (rolname = ${literal(READ_API_ROLE)} AND has_schema_privilege(rolname, 'engine', 'USAGE'))
  LOOP
    FOR views IN
      SELECT nspname FROM pg_namespace
       WHERE (nspname = ${literal(VIEWS_SCHEMA)} OR nspname IN (
               SELECT ${literal(`${VIEWS_SCHEMA}_`)} || snapshot FROM engine.generation WHERE state = 'snapshot'))
         AND pg_has_role(nspowner, 'USAGE') AND NOT has_schema_privilege(reader, nspname, 'USAGE')
    LOOP
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', views, reader);
    END LOOP;
    FOR each IN
      SELECT DISTINCT format('%I.%I', n.nspname, c.relname)
        FROM engine.generation AS g CROSS JOIN jsonb_array_elements(g.views) AS view
        JOIN pg_namespace AS n ON n.nspname = ${literal(VIEWS_SCHEMA)}
          || CASE g.state WHEN 'snapshot' THEN '_' || g.snapshot ELSE '' END
        JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = view ->> 'name' AND c.relkind = 'v'
       WHERE g.state IN ('active', 'snapshot') AND pg_has_role(c.relowner, 'USAGE') AND NOT has_table_privilege(reader, c.oid, 'SELECT')
    LOOP
      EXECUTE format('GRANT SELECT ON %s TO %I', each, reader);
    END LOOP;
  END LOOP;
  -- The read API compares generations that no views show.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(READ_API_ROLE)})
     AND has_schema_privilege(${literal(READ_API_ROLE)}, 'engine', 'USAGE') THEN
    FOR each IN
      SELECT nspname FROM engine.generation AS g JOIN pg_namespace AS n ON n.nspname = g.schema_name
       WHERE g.state IN ('catching-up', 'active', 'standby', 'snapshot') AND pg_has_role(nspowner, 'USAGE')
         AND NOT has_schema_privilege(${literal(READ_API_ROLE)}, nspname, 'USAGE')
    LOOP
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', each, ${literal(READ_API_ROLE)});
      EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', each, ${literal(READ_API_ROLE)});
    END LOOP;
  END IF;
END $grants$`;

/** Lets members of the roles read all stable views. It is idempotent. */
export async function letReadersSee(client: Pick<Pool | PoolClient, 'query'>): Promise<void> {
  await client.query(GRANT_VIEWS);
}
