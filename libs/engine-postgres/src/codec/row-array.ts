import type { AnyReadModel, Row } from '@app/engine';
import { BinaryWriter } from './binary-writer';
import { codecOf, NULL_LENGTH } from './value-codecs';

/** A table's row type as Postgres has it: the oids that its binary form names. */
export interface RowType {
  readonly oid: number;
  /** In their order in the table: those of the read model, and what the database itself fills. */
  readonly columns: readonly { readonly name: string; readonly type: number }[];
}

/**
 * Rows as one array of their table's row type, in Postgres's binary form (`array_recv`, `record_recv`): nothing in it
 * has to be parsed, and `unnest($1::schema.table[])` gives rows, where an array per column would have to be put
 * together again.
 */
export function rowArray(table: AnyReadModel, rows: readonly Row[], rowType: RowType): Buffer {
  const columns = rowType.columns.map(({ name, type }) => {
    const column = table.columns.find(({ sqlName }) => sqlName === name);
    // What the database fills is null here.
    return { type, index: column?.index ?? -1, write: column ? codecOf(column.type).write : null };
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
      const value = write === null ? null : row[index]!;
      if (write === null || value === null) out.int32(NULL_LENGTH);
      else write(out, value);
    }
    out.int32At(start, out.length - start - 4);
  }
  return out.take();
}
