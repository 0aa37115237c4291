import type { AnyReadModel, Row } from '@app/engine';
import { relationOf, type RepairTarget } from '@app/engine/adapters';
import type { PoolClient } from 'pg';
import { postgresRowCodec } from '../codec/row-codec';
import { rowArray, rowTypeOf, type RowType } from '../codec/row-array';
import { identifier, qualified } from '../sql/identifiers';
import { mergedRows } from '../sql/merged-rows';

/** A row as it is stored: the bytes that it is compared by, and its values. */
export interface StoredImage {
  readonly bytes: Buffer;
  readonly row: Row;
}

/** The rows of a table that a repair is about, one per key. */
export async function storedRows(
  client: PoolClient,
  schema: string,
  table: AnyReadModel,
  { persons, keys }: RepairTarget,
  rowType: RowType,
): Promise<StoredImage[]> {
  const images: StoredImage[] = [];
  const { person } = table;
  const asked = keys.get(table) ?? [];
  if (person !== null && persons.length > 0) {
    const owns =
      person.role.kind === 'key' || person.type.name === 'uuid'
        ? `s.${identifier(person.sqlName)} = p.uid::uuid`
        : `s.${identifier(person.sqlName)} @> ARRAY[p.uid]`;
    const workspace = identifier(table.keys[0]!.sqlName);
    const condition = `EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS p (workspace, uid)
      WHERE ${owns} AND (p.workspace IS NULL OR p.workspace = s.${workspace}))`;
    const values = [persons.map((each) => each.workspace), persons.map(({ uid }) => uid)];
    images.push(...(await imagesOf(client, schema, table, condition, values)));
  }
  if (asked.length > 0) {
    const type = qualified(schema, rowTypeOf(table));
    const same = table.keys.map(({ sqlName }) => `k.${identifier(sqlName)} = s.${identifier(sqlName)}`);
    const condition = `EXISTS (SELECT FROM unnest($1::${type}[]) AS k WHERE ${same.join(' AND ')})`;
    images.push(...(await imagesOf(client, schema, table, condition, [rowArray(table, asked, rowType)])));
  }
  const unique = new Map(images.map((image) => [image.bytes.toString('latin1'), image]));
  return [...unique.values()];
}

async function imagesOf(
  client: PoolClient,
  schema: string,
  table: AnyReadModel,
  condition: string,
  values: readonly unknown[],
): Promise<StoredImage[]> {
  const name = qualified(schema, table.name);
  const columns = table.columns.map(({ sqlName }) => `r.${identifier(sqlName)}`);
  const chosen = `(SELECT * FROM ${name} AS s WHERE ${condition})`;
  const source = table.sharded
    ? `(${mergedRows(table, chosen, ({ sqlName }, value) => `${value} AS ${identifier(sqlName)}`)})`
    : chosen;
  const { rows } = await client.query<{ bytes: Buffer }>(
    `SELECT record_send(ROW(${columns.join(', ')})) AS bytes FROM ${source} AS r`,
    [...values],
  );
  const codec = postgresRowCodec(relationOf(table));
  return rows.map(({ bytes }) => ({ bytes, row: codec.decode(bytes, 0, bytes.length) }));
}

/** Deletes rows by their keys, of all shards; tallies stay as they are. */
export async function deleteKeys(
  client: PoolClient,
  schema: string,
  table: AnyReadModel,
  rows: readonly Row[],
  rowType: RowType,
): Promise<void> {
  if (rows.length === 0) return;
  const same = table.keys.map(({ sqlName }) => `k.${identifier(sqlName)} = t.${identifier(sqlName)}`);
  await client.query(
    `DELETE FROM ${qualified(schema, table.name)} AS t
      USING unnest($1::${qualified(schema, rowTypeOf(table))}[]) AS k WHERE ${same.join(' AND ')}`,
    [rowArray(table, rows, rowType)],
  );
}
