import { type ProjectionDeclaration, relationOf } from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import { endOnAbort, inTransaction } from '../database';
import { GenerationMismatch, fingerprint, type Generation } from '../generations/generations';
import { countTally } from '../sql/finish-sql';
import { viewOfTally } from '../sql/ddl';
import { digestSql } from '../verify/digest-sql';

export interface SnapshotTable {
  readonly table: string;
  readonly rows: number;
  /** As many as it had when it was made, less those of persons who were erased since; null for a tally. */
  readonly rowsAsMade: number | null;
  readonly differs: boolean;
}

/**
 * Compares a snapshot with what it was when it was made: the digests of its tables, less the rows of persons who were
 * erased since, and its tallies with the rows that they count. All of one moment.
 *
 * @throws {GenerationMismatch} when there is none of this name, or code of another version made it
 */
export function verifySnapshot(
  pool: Pool,
  projection: ProjectionDeclaration,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly generation: number; readonly tables: readonly SnapshotTable[] }> {
  return inTransaction(pool, async (client) => {
    await client.query(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    const over = await endOnAbort(pool, client, signal, 'cancel');
    try {
      // What `record_send` writes of a text is in the client's encoding.
      await client.query(`SET LOCAL client_encoding = 'UTF8'; SET LOCAL work_mem = '64MB'`);
      const { id, schema } = await snapshotOf(client, projection, name);
      return { generation: id, tables: await compared(client, projection, id, schema) };
    } finally {
      over();
    }
  });
}

async function compared(
  client: PoolClient,
  { tables, tallies, erased }: ProjectionDeclaration,
  id: number,
  schema: string,
): Promise<SnapshotTable[]> {
  const { rows: stored } = await client.query<{ relation: string; rows: string; sum: string }>(
    'SELECT relation, rows, sum::text FROM engine.snapshot_digest WHERE generation_id = $1',
    [id],
  );
  const results: SnapshotTable[] = [];
  for (const table of tables.filter((each) => each !== erased)) {
    const { rows } = await client.query<{ rows: string; sum: string }>(
      digestSql(schema, relationOf(table)),
      [1],
    );
    const now = rows[0] ?? { rows: '0', sum: '0' };
    const made = stored.find(({ relation }) => relation === table.name);
    const differs = made?.rows !== now.rows || modulo(made.sum) !== modulo(now.sum);
    const rowsAsMade = made ? Number(made.rows) : null;
    results.push({ table: table.name, rows: Number(now.rows), rowsAsMade, differs });
  }
  for (const tally of tallies) {
    const { rows } = await client.query<{ groups: string; different: string }>(
      tallyDifferences(viewOfTally(schema, tally).select, countTally(schema, tally), tally),
    );
    const { groups, different } = rows[0]!;
    results.push({
      ...{ table: tally.name, rows: Number(groups), rowsAsMade: null },
      differs: Number(different) > 0,
    });
  }
  return results;
}

/** Groups of a tally, and those whose counts are not those of the rows. */
function tallyDifferences(
  kept: string,
  counted: string,
  { keys, measures }: ProjectionDeclaration['tallies'][number],
): string {
  const columns = [...keys, ...measures].map(({ sqlName }) => `"${sqlName}"`).join(', ');
  return `WITH kept AS (SELECT ${columns} FROM (${kept}) AS k), counted AS (SELECT ${columns} FROM (${counted}) AS c)
SELECT (SELECT count(*) FROM kept) AS groups, count(*) AS different
  FROM ((TABLE kept EXCEPT TABLE counted) UNION ALL (TABLE counted EXCEPT TABLE kept)) AS d`;
}

async function snapshotOf(
  client: PoolClient,
  projection: ProjectionDeclaration,
  name: string,
): Promise<Generation> {
  const { rows } = await client.query<Generation & { readonly fingerprint: string }>(
    `SELECT id, projection, version, schema_name AS schema, fingerprint FROM engine.generation
      WHERE projection = $1 AND snapshot = $2 AND state = 'snapshot' AND drop_requested_at IS NULL`,
    [projection.name, name],
  );
  const [found] = rows;
  if (!found) throw new GenerationMismatch(`${projection.name} has no snapshot ${name}`);
  if (found.fingerprint !== fingerprint(projection))
    throw new GenerationMismatch(
      `the snapshot ${name} of ${projection.name} was made by version ${found.version}, and can only be verified with that`,
    );
  return found;
}

/** Sums of digests are compared modulo 2^64. */
function modulo(sum: string): bigint {
  return BigInt.asUintN(64, BigInt(sum));
}
