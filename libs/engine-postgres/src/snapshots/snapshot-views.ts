import type { PoolClient } from 'pg';
import { commentOn } from '../generations/views';
import { asOwner } from '../roles/owners';
import { letReadersSee } from '../roles/readers';
import { VIEWS_SCHEMA, type StableView } from '../sql/ddl';
import { identifier, literal, qualified } from '../sql/identifiers';

/** The schema of the views of a snapshot, which the projections that have one of this name share. */
export function snapshotSchema(snapshot: string): string {
  return `${VIEWS_SCHEMA}_${snapshot}`;
}

/** Makes the views of a snapshot, within the client's transaction. */
export async function showSnapshot(client: PoolClient, id: number): Promise<void> {
  const { rows } = await client.query<{ projection: string; snapshot: string; views: StableView[] }>(
    'SELECT projection, snapshot, views FROM engine.generation WHERE id = $1',
    [id],
  );
  const { projection, snapshot, views } = rows[0]!;
  const schema = snapshotSchema(snapshot);
  await asOwner(client, projection);
  await createShared(client, schema);
  for (const { name, select } of views) {
    // Of a snapshot of the same name that is being dropped.
    await client.query(`DROP VIEW IF EXISTS ${qualified(schema, name)}`);
    await client.query(`CREATE VIEW ${qualified(schema, name)} AS ${select}`);
  }
  await commentOn(client, schema, views);
  await letReadersSee(client);
}

/** Projectors with roles of their own make their views in one schema, whichever comes first. */
async function createShared(client: PoolClient, schema: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rowCount) return;
  await client.query(`CREATE SCHEMA ${identifier(schema)}`);
  await client.query(`DO $share$ DECLARE each name; BEGIN
  FOR each IN SELECT DISTINCT owner FROM engine.projection WHERE owner IS NOT NULL
  LOOP EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', ${literal(schema)}, each); END LOOP;
END $share$`);
}
