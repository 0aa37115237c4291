import type { AnyReadModel, Tally } from '@app/engine';
import { LISTED_CHARACTERS, type Relation, type RelationColumn } from '@app/engine/adapters';
import { viewOfTally } from '../sql/ddl';
import { identifier, qualified } from '../sql/identifiers';
import { mergedRows } from '../sql/merged-rows';

/**
 * Rows, digests and buckets as the engine's `RowDigester` defines them, over the bytes of `postgresRowCodec`. These are a
 * row's binary form, since writing rows as text would take three times as long as all of this.
 *
 * `k` is the record of the key's columns, `r` that of all columns.
 */
function digestedRows(schema: string, relation: Relation, more: readonly string[] = []): string {
  const names = relation.columns.map(({ sqlName }) => `s.${identifier(sqlName)}`);
  const record = (columns: readonly string[]): string => `record_send(ROW(${columns.join(', ')}))`;
  const parts = [`${record(names.slice(0, relation.keyColumns))} AS k`, `${record(names)} AS r`, ...more];
  return `SELECT ${parts.join(', ')} FROM ${sourceOf(schema, relation.of)} AS s`;
}

/** The digest of a row. @param alias of the row */
export function digestOf({ columns }: Relation, alias: string): string {
  const names = columns.map(({ sqlName }) => `${alias}.${identifier(sqlName)}`);
  return `substring(sha256(record_send(ROW(${names.join(', ')}))) FOR 8)::bigint`;
}

const DIGEST = `substring(sha256(r) FOR 8)::bigint`;
const BUCKET = `(crc32(k) & ($1::bigint - 1))`;

/** One row per bucket that has rows: `bucket`, `rows`, and `sum`, the sum of their digests as signed integers. */
export function digestSql(schema: string, relation: Relation): string {
  return `SELECT ${BUCKET}::integer AS bucket, count(*) AS rows, sum(${DIGEST})::text AS sum
FROM (${digestedRows(schema, relation)}) AS d GROUP BY 1`;
}

/** The rows of the buckets $2: `key` in hexadecimal, `digest`, and `values`, as the engine's `formatValue` writes them. */
export function rowsSql(schema: string, relation: Relation): string {
  const values = relation.columns.map((column) => shownSql(column, `s.${identifier(column.sqlName)}`));
  const rows = digestedRows(schema, relation, [`ARRAY[${values.join(', ')}]::text[] AS values`]);
  return `SELECT encode(k, 'hex') AS key, ${DIGEST}::text AS digest, values
FROM (${rows}) AS d WHERE ${BUCKET} = ANY($2::bigint[])`;
}

/** One row per key: the table's rows, those of its shards merged, or a tally's sums without groups that are zero. */
function sourceOf(schema: string, of: AnyReadModel | Tally): string {
  if (of.kind === 'tally') return `(${viewOfTally(schema, of).select})`;
  const table = qualified(schema, of.name);
  return of.sharded
    ? `(${mergedRows(of, table, ({ sqlName }, value) => `${value} AS ${identifier(sqlName)}`)})`
    : table;
}

function shownSql({ type }: RelationColumn, value: string): string {
  switch (type.name) {
    case 'instant':
      return `to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
    case 'set':
      return shortened(`array_to_json(${value})::text`);
    case 'text':
    case 'json':
    case 'uid':
      return shortened(value);
    case 'uuid':
    case 'boolean':
    case 'integer':
    case 'date':
      return `${value}::text`;
  }
}

function shortened(text: string): string {
  return `CASE WHEN length(${text}) <= ${LISTED_CHARACTERS} THEN ${text}
ELSE left(${text}, ${LISTED_CHARACTERS}) || '… (' || octet_length(${text}) || ' bytes, md5 ' || md5(${text}) || ')' END`;
}
