import type { AnyReadModel, Row } from '@app/engine';
import { BinaryWriter } from './binary-writer';
import { codecOf, NULL_LENGTH } from './value-codecs';

/** COPY's binary format: signature, flags and header extension (PostgreSQL manual, COPY, "Binary Format"). */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);
const CHUNK = 256 << 10;

/** Rows of a table in COPY's binary format, in the order of its columns, in chunks of some 256 KiB. */
export function* copyRows(table: AnyReadModel, rows: readonly Row[]): Generator<Buffer> {
  const writers = table.columns.map(({ type }) => codecOf(type).write);
  const out = new BinaryWriter(2 * CHUNK);
  yield HEADER;
  for (const row of rows) {
    out.int16(writers.length);
    for (let i = 0; i < writers.length; i++) {
      const value = row[i]!;
      if (value === null) out.int32(NULL_LENGTH);
      else writers[i]!(out, value);
    }
    if (out.length >= CHUNK) yield out.take();
  }
  if (out.length > 0) yield out.take();
  yield TRAILER;
}
