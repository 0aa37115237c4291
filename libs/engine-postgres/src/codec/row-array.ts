import type { AnyReadModel, Row } from '@app/engine';
import { BinaryWriter } from './binary-writer';
import { codecOf, NULL_LENGTH } from './value-codecs';

/** The name of the type of rows that a merge takes: the declared columns only. */
export const rowTypeOf = (table: AnyReadModel): string => `${table.name}$row`;

/** A table's row type (`rowTypeOf`) as Postgres knows it, with the oids of its binary form. */
export interface RowType {
  readonly oid: number;
  /** In the order of the type's columns. */
  readonly columns: readonly { readonly name: string; readonly type: number }[];
}

/**
 * Rows as one array of their table's row type, in Postgres's binary form (`array_recv`, `record_recv`): nothing in it
 * has to be parsed, and `unnest($1::schema.table$row[])` gives rows, where an array per column would have to be put
 * together again.
 */
export function rowArray(table: AnyReadModel, rows: readonly Row[], rowType: RowType): Buffer {
  const columns = rowType.columns.map(({ name, type }) => {
    const column = table.columns.find(({ sqlName }) => sqlName === name)!;
    return { type, index: column.index, write: codecOf(column.type).write };
  });
  const out = new BinaryWriter(64 + rows.length * columns.length * 24);
  // One dimension, no null among the elements, their type, how many there are, the first being number one.
  for (const part of [1, 0, rowType.oid, rows.length, 1]) out.int32(part);
  for (const row of rows) {
    const start = out.length;
    out.int32(0);
    out.int32(columns.length);
    for (const { type, index, write } of columns) {
      out.int32(type);
      const value = row[index]!;
      if (value === null) out.int32(NULL_LENGTH);
      else write(out, value);
    }
    out.int32At(start, out.length - start - 4);
  }
  return out.take();
}
