import type { Pool } from 'pg';
import { identifier } from '../sql/identifiers';

export interface TableProof {
  readonly table: string;
  /** The number of rows of a person by uid, where there are any. */
  readonly rows: ReadonlyMap<string, number>;
  /** The number of other rows that contain the uid. */
  readonly mentions: ReadonlyMap<string, number>;
}

/** Tables that list erased persons, and hold nothing else about them. */
const KNOWS_WHO_IS_ERASED = `(t.table_schema = 'engine' AND t.table_name = 'erasure') OR t.table_name LIKE '%\\_erased'`;
/** One regular expression (Postgres's, for text in lower case) for all uids, of which there may be thousands. */
export const ANY_UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/**
 * Searches every column of every row of the engine's tables and of all kept generations for uids.
 *
 * @param uids in lower case
 * @param workspace null for all
 * @param owners columns with the uid of a row's owner, or an array of uids
 */
export async function proveInTables(
  pool: Pick<Pool, 'query'>,
  uids: readonly string[],
  workspace: string | null,
  owners: readonly string[],
  tell: (table: string) => void,
): Promise<readonly TableProof[]> {
  const { rows: tables } = await pool.query<{
    readonly schema: string;
    readonly table: string;
    readonly columns: string[];
  }>(
    `SELECT t.table_schema AS schema, t.table_name AS table, array_agg(c.column_name::text) AS columns
       FROM information_schema.tables AS t JOIN information_schema.columns AS c USING (table_schema, table_name)
      WHERE t.table_type = 'BASE TABLE' AND NOT (${KNOWS_WHO_IS_ERASED})
        AND (t.table_schema = 'engine' OR t.table_schema IN (
          SELECT schema_name FROM engine.generation WHERE state NOT IN ('retired', 'cancelled')))
      GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const proofs: TableProof[] = [];
  for (const { schema, table, columns } of tables) {
    const name = `${schema}.${table}`;
    tell(name);
    const isIn = columns.includes('workspace') ? 't.workspace IS NULL OR t.workspace = $2' : 'true';
    // Rows of the engine's own tables belong to the person whom they name.
    const isTheirs = schema === 'engine' ? 'true' : ownedBy(columns.filter((each) => owners.includes(each)));
    const { rows } = await pool.query<{ uid: string; theirs: boolean; rows: number }>(
      `SELECT uid, ${isTheirs} AS theirs, count(*)::float8 AS rows
         FROM ${identifier(schema)}.${identifier(table)} AS t
         CROSS JOIN LATERAL (SELECT DISTINCT m[1] AS uid FROM regexp_matches(lower(t::text), $3, 'g') AS m) AS named
         JOIN unnest($1::text[]) AS asked (uid) USING (uid)
        WHERE $2::text IS NULL OR ${isIn} GROUP BY 1, 2`,
      [uids, workspace, ANY_UUID],
    );
    const counts = (own: boolean): Map<string, number> =>
      new Map(rows.filter(({ theirs }) => theirs === own).map((row) => [row.uid, row.rows]));
    if (rows.length > 0) proofs.push({ table: name, rows: counts(true), mentions: counts(false) });
  }
  return proofs;
}

function ownedBy(columns: readonly string[]): string {
  const tests = columns.map((column) => `strpos(lower(t.${identifier(column)}::text), uid) > 0`);
  return tests.length === 0 ? 'false' : `coalesce(${tests.join(' OR ')}, false)`;
}
