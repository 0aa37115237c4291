import { crc32 } from 'node:zlib';
import type { Row, Stored } from '@app/engine';
import type { RelationCodec, RowShape } from '@app/engine/adapters';
import { BinaryWriter } from './binary-writer';
import { codecOf, NULL_LENGTH, type ValueCodec } from './value-codecs';

/** A record starts with its number of columns. */
const NUMBER_BYTES = 4;

/**
 * Rows in Postgres's binary form of a record, byte for byte the result of `record_send(ROW(…))`: the number of
 * columns, then each column's type and its length (-1 for null) before its value. The form is unambiguous, instants
 * are whole microseconds, and neither side has to build text.
 */
export function postgresRowCodec(shape: RowShape): RelationCodec {
  return new RecordCodec(shape);
}

class RecordCodec implements RelationCodec {
  private readonly out = new BinaryWriter(4_096);
  private readonly values: readonly ValueCodec[];
  private readonly keyColumns: number;
  private keyEnd = 0;
  /** CRC-32 of the number of key columns, with which a record of the key alone starts. */
  private readonly crcOfKeyNumber: number;

  constructor({ columns, keyColumns }: RowShape) {
    this.values = columns.map(({ type }) => codecOf(type));
    this.keyColumns = keyColumns;
    this.crcOfKeyNumber = crc32(this.keyNumber());
  }

  encode(row: Row): Buffer {
    const { out, values, keyColumns } = this;
    out.clear();
    out.int32(values.length);
    for (let i = 0; i < values.length; i++) {
      if (i === keyColumns) this.keyEnd = out.length;
      const { oid, write } = values[i]!;
      const value = row[i]!;
      out.int32(oid);
      if (value === null) out.int32(NULL_LENGTH);
      else write(out, value);
    }
    if (values.length === keyColumns) this.keyEnd = out.length;
    return out.written();
  }

  crcOfKey(): number {
    return crc32(this.out.written(NUMBER_BYTES, this.keyEnd), this.crcOfKeyNumber);
  }

  keyInHex(): string {
    return Buffer.concat([this.keyNumber(), this.out.written(NUMBER_BYTES, this.keyEnd)]).toString('hex');
  }

  decode(bytes: Buffer, start: number): Row {
    const row: Row = new Array<Stored>(this.values.length);
    let at = start + NUMBER_BYTES;
    for (let i = 0; i < row.length; i++) {
      const length = bytes.readInt32BE(at + 4);
      at += 8;
      if (length === NULL_LENGTH) row[i] = null;
      else {
        row[i] = this.values[i]!.read(bytes, at, length);
        at += length;
      }
    }
    return row;
  }

  private keyNumber(): Buffer {
    const number = Buffer.alloc(NUMBER_BYTES);
    number.writeInt32BE(this.keyColumns);
    return number;
  }
}
