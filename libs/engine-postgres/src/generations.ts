import { createHash } from 'node:crypto';
import type { AnyReadModel, Projection, Tally } from '@app/engine';
import type { Pool, PoolClient } from 'pg';
import { provisioning } from './database';
import { createTable, createTally, createTallyView, createView, VIEWS_SCHEMA } from './sql/ddl';
import { identifier } from './sql/identifiers';

export type AnyProjection = Pick<Projection<never>, 'name' | 'version' | 'topics' | 'tables' | 'tallies'>;

export interface Generation {
  readonly id: number;
  readonly projection: string;
  readonly version: number;
  readonly schema: string;
}

/** A declaration and the database disagree in a way that only a person can settle. */
export class GenerationMismatch extends Error {
  override readonly name = 'GenerationMismatch';
}

/**
 * What a projection's tables hold and how they merge. A declaration that differs in this from the one that
 * filled the tables must not write to them.
 */
export function fingerprint(projection: AnyProjection): string {
  const table = (model: AnyReadModel): unknown => [
    model.name,
    model.sharded,
    model.columns.map(({ name, type, role }) => [name, type.name, role]),
    model.generated,
  ];
  const tally = (model: Tally): unknown => [
    model.name,
    model.keys.map(({ name, type }) => [name, type.name]),
    model.measures.map(({ name, over, by, where }) => [
      name,
      over.name,
      by.map(({ kind, column }) => [kind, column.name]),
      where && [where.column.name, where.oneOf],
    ]),
  ];
  const content = [projection.topics, projection.tables.map(table), projection.tallies.map(tally)];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/**
 * The active generation of each projection; a projection without one gets its first, tables and views
 * included.
 *
 * @throws {GenerationMismatch} when the tables were filled by another declaration
 */
export async function activeGenerations(
  pool: Pool,
  projections: readonly AnyProjection[],
): Promise<ReadonlyMap<string, Generation>> {
  return provisioning(pool, async () => {
    const generations = new Map<string, Generation>();
    for (const projection of projections)
      generations.set(projection.name, await activeGeneration(pool, projection));
    return generations;
  });
}

async function activeGeneration(pool: Pool, projection: AnyProjection): Promise<Generation> {
  const print = fingerprint(projection);
  const { rows } = await pool.query<{
    id: number;
    version: number;
    fingerprint: string;
    schema_name: string;
  }>(
    `SELECT id, version, fingerprint, schema_name FROM engine.generation WHERE projection = $1 AND state = 'active'`,
    [projection.name],
  );
  const active = rows[0];
  if (!active) return createFirst(pool, projection, print);
  if (active.version !== projection.version)
    throw new GenerationMismatch(
      `projection ${projection.name} is declared as version ${projection.version}, but the active generation ${active.schema_name} is of version ${active.version}: start the code of that version`,
    );
  if (active.fingerprint !== print)
    throw new GenerationMismatch(
      `projection ${projection.name}: tables, merges or topics are not those that filled ${active.schema_name}, yet the version is still ${projection.version}: raise the version in its declaration`,
    );
  return { id: active.id, projection: projection.name, version: active.version, schema: active.schema_name };
}

async function createFirst(pool: Pool, projection: AnyProjection, print: string): Promise<Generation> {
  return inTransaction(pool, async (client) => {
    const inserted = await client.query<{ id: number }>(
      `INSERT INTO engine.generation (projection, version, fingerprint, schema_name, topics, state, activated_at)
       VALUES ($1, $2, $3, $1 || '_pending', $4, 'active', now()) RETURNING id`,
      [projection.name, projection.version, print, projection.topics],
    );
    const { id } = inserted.rows[0]!;
    const schema = `${projection.name.replaceAll('-', '_')}_v${projection.version}_g${id}`;
    await client.query('UPDATE engine.generation SET schema_name = $2 WHERE id = $1', [id, schema]);
    await client.query(`CREATE SCHEMA ${identifier(schema)}`);
    const statements = [
      ...projection.tables.flatMap((table) => createTable(schema, table)),
      ...projection.tallies.flatMap((tally) => createTally(schema, tally)),
      `CREATE SCHEMA IF NOT EXISTS ${VIEWS_SCHEMA}`,
      ...viewStatements(schema, projection),
    ];
    for (const statement of statements) await client.query(statement);
    return { id, projection: projection.name, version: projection.version, schema };
  });
}

function viewStatements(schema: string, projection: AnyProjection): string[] {
  return [
    ...projection.tables.flatMap((table) => createView(schema, table)),
    ...projection.tallies.flatMap((tally) => createTallyView(schema, tally)),
  ];
}

async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // Dropping the connection rolls back, also when it no longer answers.
    client.release(true);
    throw error;
  }
}
