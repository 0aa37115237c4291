import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AnyReadModel, Tally } from '@app/engine';
import { plainSqlType, type ProjectionDeclaration } from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import { inTransaction, provisioning } from '../database';
import { letReadersSee } from '../roles/readers';
import { asOwner } from '../roles/owners';
import { createHeap, createIndexes, createTally, type StableView } from '../sql/ddl';
import { identifier } from '../sql/identifiers';
import { showGeneration, viewsOf } from './views';

export const GENERATION_STATES = [
  /** It is being written in bulk and has no indexes yet. */
  'building',
  /** It is complete, and takes live batches until it has caught up. */
  'catching-up',
  /** The stable views show it. */
  'active',
  /** The views showed it before. It is kept up to date for a while, for a rollback. */
  'standby',
  /** A snapshot that is being written in bulk, and one that is whole and being compared with the log. */
  'snapshot-building',
  'snapshot-checking',
  /** Kept as it was at a time of the log: it takes no batches, but for erasures. */
  'snapshot',
  /** Its tables have been dropped. */
  'retired',
  /** Its build was given up, and its tables have been dropped. */
  'cancelled',
] as const;
export type GenerationState = (typeof GENERATION_STATES)[number];

export interface Generation {
  readonly id: number;
  readonly projection: string;
  readonly version: number;
  readonly schema: string;
}

/** Compares the version of the running code with the active generation. */
export type VersionStatus =
  /** Both have the same version. */
  | { readonly status: 'current'; readonly active: Generation }
  /** The code is newer. Its generation has to be built, or is being built. */
  | { readonly status: 'newer'; readonly active: Generation; readonly everServed: boolean }
  /** The code is older. It keeps its own generation up to date for a rollback. */
  | { readonly status: 'older'; readonly active: Generation };

/** A declaration and the database disagree, and an operator has to decide. */
export class GenerationMismatch extends Error {
  override readonly name = 'GenerationMismatch';
}

/**
 * A digest of what a projection's tables hold and how they merge. A declaration with another fingerprint than the one
 * that filled the tables must not write to them.
 */
export function fingerprint(projection: ProjectionDeclaration): string {
  const table = (model: AnyReadModel): unknown => [
    model.name,
    model.sharded,
    model.person?.name ?? null,
    model.columns.map(({ name, type, role }) => [name, type.name, role]),
    model.generated.map(({ sqlName, type, sql }) => ({ sqlName, type: plainSqlType(type), sql })),
  ];
  const tally = (model: Tally): unknown => [
    model.name,
    model.keys.map(({ name, type }) => [name, type.name]),
    model.measures.map(({ name, over, by, where }) => [
      name,
      over.name,
      by.map(({ kind, column }) => [kind, column.name]),
      where && [where.column.name, where.kind === 'one-of' ? where.values : where.other.name],
    ]),
  ];
  const content = [projection.topics, projection.tables.map(table), projection.tallies.map(tally)];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/**
 * Compares each projection with its generations. One without a generation gets its first, with tables and views.
 *
 * @throws {GenerationMismatch} when tables were filled by another declaration of the same version, or the code is older
 * than every kept generation; a snapshot is none of these, since it takes no batches
 */
export async function openGenerations(
  pool: Pool,
  projections: readonly ProjectionDeclaration[],
): Promise<ReadonlyMap<string, VersionStatus>> {
  return provisioning(pool, async () => {
    const statuses = new Map<string, VersionStatus>();
    for (const projection of projections)
      statuses.set(projection.name, await versionStatusOf(pool, projection));
    // The readers' role may have been created since.
    await letReadersSee(pool);
    return statuses;
  });
}

interface GenerationRow extends Generation {
  readonly fingerprint: string;
  readonly state: GenerationState;
  readonly everServed: boolean;
  readonly views: readonly StableView[];
}

async function versionStatusOf(pool: Pool, projection: ProjectionDeclaration): Promise<VersionStatus> {
  const { name, version } = projection;
  const { rows } = await pool.query<GenerationRow>(
    `SELECT id, projection, version, schema_name AS schema, fingerprint, state, views, activated_at IS NOT NULL AS "everServed"
       FROM engine.generation WHERE projection = $1 AND snapshot IS NULL ORDER BY id DESC`,
    [name],
  );
  const active = rows.find(({ state }) => state === 'active');
  if (!active) return { status: 'current', active: await createFirst(pool, projection) };
  const own = rows.filter((row) => row.version === version);
  const kept = own.filter(({ state }) => state !== 'retired' && state !== 'cancelled');
  const print = fingerprint(projection);
  const other = kept.find((row) => row.fingerprint !== print);
  if (other)
    throw new GenerationMismatch(
      `projection ${name}: tables, merges or topics differ from those that filled ${other.schema}, but the version is still ${version}: raise the version in its declaration`,
    );
  if (active.version === version) {
    await refreshViews(pool, projection, active);
    return { status: 'current', active };
  }
  if (active.version < version)
    return { status: 'newer', active, everServed: own.some(({ everServed }) => everServed) };
  if (kept.length > 0) return { status: 'older', active };
  throw new GenerationMismatch(
    `projection ${name} is declared as version ${version}, but ${active.schema} of version ${active.version} is active and no generation of version ${version} is kept: start the code of version ${active.version}, or rebuild with this one`,
  );
}

async function createFirst(pool: Pool, projection: ProjectionDeclaration): Promise<Generation> {
  return inTransaction(pool, async (client) => {
    const generation = await insertGeneration(client, projection, 'active');
    const { schema } = generation;
    const statements = projection.tables.flatMap((table) => [
      ...createHeap(schema, table),
      ...createIndexes(schema, table),
    ]);
    for (const statement of [...statements, ...projection.tallies.map((tally) => createTally(schema, tally))])
      await client.query(statement);
    await showGeneration(client, generation.id, null);
    return generation;
  });
}

/** Views may gain a column or another comment without a change of the tables. */
async function refreshViews(
  pool: Pool,
  projection: ProjectionDeclaration,
  active: GenerationRow,
): Promise<void> {
  const views = viewsOf(active.schema, projection);
  if (isDeepStrictEqual(views, active.views)) return;
  await inTransaction(pool, async (client) => {
    await client.query('UPDATE engine.generation SET views = $2 WHERE id = $1', [
      active.id,
      JSON.stringify(views),
    ]);
    await showGeneration(client, active.id, null);
  });
}

/**
 * Creates a new generation with an empty schema.
 *
 * @param asOf the time that its views take for the present; null: the time of the query
 */
export async function insertGeneration(
  client: PoolClient,
  projection: ProjectionDeclaration,
  state: 'building' | 'active' | 'snapshot-building',
  asOf: Date | null = null,
): Promise<Generation> {
  const { name, version, topics } = projection;
  await client.query('INSERT INTO engine.projection (name) VALUES ($1) ON CONFLICT DO NOTHING', [name]);
  const inserted = await client.query<{ id: number }>(
    `INSERT INTO engine.generation (projection, version, fingerprint, schema_name, topics, state, activated_at)
     VALUES ($1, $2, $3, $1 || '_pending', $4, $5, CASE WHEN $5 = 'active' THEN now() END) RETURNING id`,
    [name, version, fingerprint(projection), topics, state],
  );
  const { id } = inserted.rows[0]!;
  const schema = `${name.replaceAll('-', '_')}_v${version}_g${id}`;
  await client.query('UPDATE engine.generation SET schema_name = $2, views = $3 WHERE id = $1', [
    id,
    schema,
    JSON.stringify(viewsOf(schema, projection, asOf)),
  ]);
  await asOwner(client, name);
  await client.query(`CREATE SCHEMA ${identifier(schema)}`);
  return { id, projection: name, version, schema };
}
