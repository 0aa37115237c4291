import { crc32 } from 'node:zlib';
import type { Stored } from '../declare/column-types';
import type { Row } from '../fold/row';
import type { RelationColumn } from './relation';

/** Of 1 January 2000, which Postgres counts from. */
export const EPOCH_MS = 946_684_800_000;
export const DAY_MS = 86_400_000;
/** Of the number of columns that a record begins with. */
const NUMBER_BYTES = 4;
/** Object identifiers of Postgres's built-in types: fixed for good (pg_type.dat). */
const OID = { boolean: 16, bigint: 20, text: 25, textArray: 1009, date: 1082, timestamptz: 1184, uuid: 2950 };

type Write = (value: NonNullable<Stored>) => void;

interface Writer {
  readonly oid: number;
  readonly write: Write;
}

/**
 * Rows as Postgres's own binary form of a record, byte for byte what `record_send(ROW(…))` gives: the number of
 * columns, then each column's type and its length (-1 for null) before its value. Nothing in it can be
 * confused with anything else, instants are whole microseconds, and neither side has to build text.
 */
export class RecordBytes {
  private bytes = Buffer.allocUnsafe(4_096);
  private length = 0;
  private keyEnd = 0;
  private readonly writers: readonly Writer[];
  /** CRC-32 of how a record of the key columns alone begins: with their number. */
  private readonly keyCrc: number;

  constructor(
    columns: readonly RelationColumn[],
    private readonly keyColumns: number,
  ) {
    this.writers = columns.map(({ type }) => this.writerOf(type.name));
    this.int32(keyColumns);
    this.keyCrc = crc32(this.bytes.subarray(0, this.length));
  }

  /** @returns a view that the next row overwrites */
  of(row: Row): Buffer {
    const { writers, keyColumns } = this;
    this.length = 0;
    this.int32(writers.length);
    for (let i = 0; i < writers.length; i++) {
      if (i === keyColumns) this.keyEnd = this.length;
      const { oid, write } = writers[i]!;
      const value = row[i]!;
      this.int32(oid);
      if (value === null) this.int32(-1);
      else write(value);
    }
    if (writers.length === keyColumns) this.keyEnd = this.length;
    return this.bytes.subarray(0, this.length);
  }

  /** CRC-32 of the record of the last row's key columns alone. */
  crcOfKey(): number {
    return crc32(this.bytes.subarray(NUMBER_BYTES, this.keyEnd), this.keyCrc);
  }

  /** The record of the last row's key columns alone, in hexadecimal. */
  keyInHex(): string {
    const number = Buffer.alloc(NUMBER_BYTES);
    number.writeInt32BE(this.keyColumns);
    return number.toString('hex') + this.bytes.toString('hex', NUMBER_BYTES, this.keyEnd);
  }

  private writerOf(type: RelationColumn['type']['name']): Writer {
    switch (type) {
      case 'uuid':
        return { oid: OID.uuid, write: (value) => this.uuid(value as string) };
      case 'text':
      case 'uid':
      case 'json':
        return { oid: OID.text, write: (value) => this.text(value as string) };
      case 'instant':
        return { oid: OID.timestamptz, write: (value) => this.timestamp(value as number) };
      case 'integer':
        return { oid: OID.bigint, write: (value) => this.bigint(value as number) };
      case 'boolean':
        return { oid: OID.boolean, write: (value) => this.boolean(value as boolean) };
      case 'date':
        return { oid: OID.date, write: (value) => this.date(value as string) };
      case 'set':
        return { oid: OID.textArray, write: (value) => this.texts(value as readonly string[]) };
    }
  }

  private int32(value: number): void {
    this.room(4);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = value >>> 24;
    bytes[at++] = value >>> 16;
    bytes[at++] = value >>> 8;
    bytes[at++] = value;
    this.length = at;
  }

  /** Of a whole number that a double holds exactly. */
  private int64(value: number): void {
    this.int32(Math.floor(value / 0x1_0000_0000));
    this.int32(value | 0);
  }

  private boolean(value: boolean): void {
    this.int32(1);
    this.room(1);
    this.bytes[this.length++] = value ? 1 : 0;
  }

  private bigint(value: number): void {
    this.int32(8);
    this.int64(value);
  }

  private date(value: string): void {
    this.int32(4);
    this.int32((Date.parse(value) - EPOCH_MS) / DAY_MS);
  }

  private timestamp(time: number): void {
    this.int32(8);
    const ms = time - EPOCH_MS;
    // The microseconds of far years do not fit into a double.
    if (Math.abs(ms) < 9_000_000_000_000) return this.int64(ms * 1_000);
    const us = BigInt(ms) * 1_000n;
    this.int32(Number(us >> 32n));
    this.int32(Number(us & 0xffff_ffffn));
  }

  private uuid(value: string): void {
    this.int32(16);
    this.room(16);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < 36; i += 2) {
      // Dashes stand at 8, 13, 18 and 23.
      if (i === 8 || i === 13 || i === 18 || i === 23) i++;
      bytes[at++] = (hexDigit(value.charCodeAt(i)) << 4) | hexDigit(value.charCodeAt(i + 1));
    }
    this.length = at;
  }

  private text(value: string): void {
    // Three bytes at most per UTF-16 unit.
    this.room(4 + 3 * value.length);
    const start = this.length + 4;
    const written = this.ascii(value, start) ?? this.bytes.write(value, start, 'utf8');
    this.int32(written);
    this.length += written;
  }

  /** Short ASCII costs less here than a call out of JavaScript; null when it is not that. */
  private ascii(value: string, start: number): number | null {
    const { length } = value;
    if (length > 24) return null;
    const { bytes } = this;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return null;
      bytes[start + i] = code;
    }
    return length;
  }

  /** A one-dimensional array of texts, indexed from 1; an empty one has no dimension. */
  private texts(values: readonly string[]): void {
    const start = this.length;
    this.int32(0);
    this.int32(values.length === 0 ? 0 : 1);
    this.int32(0);
    this.int32(OID.text);
    if (values.length > 0) {
      this.int32(values.length);
      this.int32(1);
      for (const value of values) this.text(value);
    }
    const end = this.length;
    this.length = start;
    this.int32(end - start - 4);
    this.length = end;
  }

  private room(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.length + count));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}
