import type { Pool } from 'pg';
import { identifier } from './sql/identifiers';

export interface TableProof {
  readonly table: string;
  /** By uid, the rows in which it stands anywhere; only those that are not zero. */
  readonly rows: ReadonlyMap<string, number>;
}

/** Who is erased has to be known: these tables hold the uid, and nothing else of the jimer. */
const KNOWS_WHO_IS_ERASED = `(t.table_schema = 'engine' AND t.table_name = 'erasure') OR t.table_name LIKE '%\\_erased'`;

/**
 * Looks for uids in every column of every row of the engine's tables and of every generation that is kept. It reads
 * all of them.
 *
 * @param uids in lower case
 */
export async function proveInTables(
  pool: Pick<Pool, 'query'>,
  uids: readonly string[],
  tell: (table: string) => void,
): Promise<readonly TableProof[]> {
  const { rows: tables } = await pool.query<{ schema: string; table: string }>(
    `SELECT t.table_schema AS schema, t.table_name AS table FROM information_schema.tables AS t
      WHERE t.table_type = 'BASE TABLE' AND NOT (${KNOWS_WHO_IS_ERASED})
        AND (t.table_schema = 'engine' OR t.table_schema IN (
          SELECT schema_name FROM engine.generation WHERE state NOT IN ('retired', 'cancelled')))
      ORDER BY 1, 2`,
  );
  const proofs: TableProof[] = [];
  for (const { schema, table } of tables) {
    const name = `${schema}.${table}`;
    tell(name);
    const { rows } = await pool.query<{ uid: string; rows: number }>(
      `SELECT uid, count(*)::float8 AS rows
         FROM (SELECT lower(t::text) AS row FROM ${identifier(schema)}.${identifier(table)} AS t) AS r
         JOIN unnest($1::text[]) AS asked (uid) ON strpos(r.row, uid) > 0 GROUP BY uid`,
      [uids],
    );
    if (rows.length > 0) proofs.push({ table: name, rows: new Map(rows.map((row) => [row.uid, row.rows])) });
  }
  return proofs;
}
