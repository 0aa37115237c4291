import type { AnyReadModel, Column, Row, Stored } from '@app/engine';

/** COPY's binary format: signature, flags and header extension (PostgreSQL manual, COPY, "Binary Format"). */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);
const CHUNK = 256 << 10;
/** Of 1 January 2000, which Postgres counts from. */
const EPOCH_MS = 946_684_800_000;
const EPOCH_DAY = 10_957;
const TEXT_OID = 25;

/** Rows of a table in COPY's binary format, in the order of its columns, in chunks of some 256 KiB. */
export function* copyRows(table: AnyReadModel, rows: readonly Row[]): Generator<Buffer> {
  const writers = table.columns.map(writerOf);
  const out = new CopyBuffer();
  yield HEADER;
  for (const row of rows) {
    out.int16(writers.length);
    for (let i = 0; i < writers.length; i++) {
      const value = row[i]!;
      if (value === null) out.int32(-1);
      else writers[i]!(out, value);
    }
    if (out.length >= CHUNK) yield out.take();
  }
  if (out.length > 0) yield out.take();
  yield TRAILER;
}

type Writer = (out: CopyBuffer, value: NonNullable<Stored>) => void;

function writerOf({ type }: Column): Writer {
  switch (type.name) {
    case 'uuid':
      return (out, value) => out.uuid(value as string);
    case 'text':
    case 'uid':
    case 'json':
      return (out, value) => out.text(value as string);
    case 'instant':
      return (out, value) => out.timestamp(value as number);
    case 'integer':
      return (out, value) => {
        out.int32(8);
        out.int64(BigInt(value as number));
      };
    case 'boolean':
      return (out, value) => {
        out.int32(1);
        out.byte(value ? 1 : 0);
      };
    case 'date':
      return (out, value) => {
        out.int32(4);
        out.int32(Date.parse(value as string) / 86_400_000 - EPOCH_DAY);
      };
    case 'set':
      return (out, value) => out.texts(value as readonly string[]);
  }
}

/** A buffer that grows, with the pieces of COPY's format. */
class CopyBuffer {
  private buffer = Buffer.allocUnsafe(2 * CHUNK);
  length = 0;

  take(): Buffer {
    const taken = this.buffer.subarray(0, this.length);
    this.buffer = Buffer.allocUnsafe(2 * CHUNK);
    this.length = 0;
    return taken;
  }

  byte(value: number): void {
    this.room(1);
    this.buffer[this.length++] = value;
  }

  int16(value: number): void {
    this.room(2);
    this.length = this.buffer.writeInt16BE(value, this.length);
  }

  int32(value: number): void {
    this.room(4);
    this.length = this.buffer.writeInt32BE(value, this.length);
  }

  int64(value: bigint): void {
    this.room(8);
    this.length = this.buffer.writeBigInt64BE(value, this.length);
  }

  text(value: string): void {
    // Three bytes at most per UTF-16 unit.
    this.room(4 + 3 * value.length);
    const written = this.buffer.write(value, this.length + 4, 'utf8');
    this.buffer.writeInt32BE(written, this.length);
    this.length += 4 + written;
  }

  uuid(value: string): void {
    this.int32(16);
    this.room(16);
    for (let i = 0; i < 36; i += 2) {
      // Dashes stand at 8, 13, 18 and 23.
      if (i === 8 || i === 13 || i === 18 || i === 23) i++;
      this.buffer[this.length++] = (hexDigit(value.charCodeAt(i)) << 4) | hexDigit(value.charCodeAt(i + 1));
    }
  }

  /** Microseconds since 2000, exact: those of far years do not fit into a double. */
  timestamp(time: number): void {
    this.int32(8);
    const ms = time - EPOCH_MS;
    if (Math.abs(ms) < 9_000_000_000_000) {
      const us = ms * 1_000;
      this.room(8);
      this.buffer.writeInt32BE(Math.floor(us / 0x1_0000_0000), this.length);
      this.buffer.writeUInt32BE(us >>> 0, this.length + 4);
      this.length += 8;
    } else this.int64(BigInt(ms) * 1_000n);
  }

  /** A one-dimensional array of texts; an empty one has no dimension. */
  texts(values: readonly string[]): void {
    const start = this.length;
    this.int32(0);
    this.int32(values.length === 0 ? 0 : 1);
    this.int32(0);
    this.int32(TEXT_OID);
    if (values.length > 0) {
      this.int32(values.length);
      this.int32(1);
      for (const value of values) this.text(value);
    }
    this.buffer.writeInt32BE(this.length - start - 4, start);
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}
