import type { ProjectionDeclaration } from '@app/engine/adapters';
import type { PoolClient } from 'pg';
import { letReadersSee } from '../roles/readers';
import { asOwner } from '../roles/owners';
import { VIEWS_SCHEMA, viewOfTable, viewOfTally, type StableView } from '../sql/ddl';
import { identifier, literal, qualified } from '../sql/identifiers';

/**
 * The stable views of a projection over the tables of one generation.
 *
 * @param asOf the time that they take for the present; null: the time of the query
 */
export function viewsOf(
  schema: string,
  projection: ProjectionDeclaration,
  asOf: Date | null = null,
): StableView[] {
  return [
    ...projection.tables.map((table) => viewOfTable(schema, table, asOf)),
    ...projection.tallies.map((tally) => viewOfTally(schema, tally)),
  ];
}

/**
 * Switches the stable views to a generation, within the client's transaction. The views are those that were stored with
 * it, since the running code may have another version.
 *
 * @param before the generation that was active, if there was another
 */
export async function showGeneration(client: PoolClient, id: number, before: number | null): Promise<void> {
  const { rows } = await client.query<{ id: number; projection: string; views: StableView[] }>(
    'SELECT id, projection, views FROM engine.generation WHERE id IN ($1, $2)',
    [id, before],
  );
  const { projection, views } = rows.find((row) => row.id === id)!;
  const names = new Set(views.map(({ name }) => name));
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${VIEWS_SCHEMA}`);
  await asOwner(client, projection);
  for (const { name } of rows.find((row) => row.id === before)?.views ?? [])
    if (!names.has(name)) await client.query(`DROP VIEW IF EXISTS ${qualified(VIEWS_SCHEMA, name)}`);
  for (const view of views) await replace(client, view);
  // This is the last step, and one statement, because readers wait for the locks that replacing the views took.
  await commentOn(client, VIEWS_SCHEMA, views);
  await letReadersSee(client);
}

export async function commentOn(
  client: PoolClient,
  schema: string,
  views: readonly StableView[],
): Promise<void> {
  const comments = views.flatMap((view) => commentsOn(schema, view));
  await client.query(`DO $views$ BEGIN ${comments.join('; ')}; END $views$`);
}

function commentsOn(schema: string, { name, comment, columnComments }: StableView): string[] {
  const view = qualified(schema, name);
  const columns = Object.entries(columnComments);
  return [
    `COMMENT ON VIEW ${view} IS ${literal(comment)}`,
    ...columns.map(
      ([column, words]) => `COMMENT ON COLUMN ${view}.${identifier(column)} IS ${literal(words)}`,
    ),
  ];
}

/**
 * Replaces a view in place where the columns are the same, which keeps what others have built on it. A view with other
 * columns has to be recreated; Postgres refuses that while other views depend on it, and names them.
 */
async function replace(client: PoolClient, { name, select }: StableView): Promise<void> {
  const view = qualified(VIEWS_SCHEMA, name);
  await client.query('SAVEPOINT replaced');
  try {
    await client.query(`CREATE OR REPLACE VIEW ${view} AS ${select}`);
  } catch (error) {
    // invalid_table_definition: columns would be dropped, renamed or get another type.
    if ((error as { code?: unknown }).code !== '42P16') throw error;
    await client.query('ROLLBACK TO SAVEPOINT replaced');
    await client.query(`DROP VIEW ${view}`);
    await client.query(`CREATE VIEW ${view} AS ${select}`);
  }
  await client.query('RELEASE SAVEPOINT replaced');
}
