/** Postgres counts time from midnight of 1 January 2000. */
export const EPOCH_MS = 946_684_800_000;
export const TEXT_OID = 25;
/** For texts up to this length a loop in JavaScript is faster than the encoder. */
const SHORT_TEXT = 48;

/** A growing buffer that writes values in Postgres's binary format. */
export class BinaryWriter {
  private buffer: Buffer;
  private view: DataView;
  length = 0;

  constructor(private readonly firstSize: number) {
    this.buffer = Buffer.allocUnsafeSlow(firstSize);
    this.view = viewOf(this.buffer);
  }

  /** Starts again from the beginning of the buffer. */
  clear(): void {
    this.length = 0;
  }

  /** @returns a view of what was written, valid until the next `clear` */
  written(from = 0, to = this.length): Buffer {
    return this.buffer.subarray(from, to);
  }

  /** @returns what was written since the last call; the next bytes go into a new buffer */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.length);
    this.buffer = Buffer.allocUnsafeSlow(this.firstSize);
    this.view = viewOf(this.buffer);
    this.length = 0;
    return taken;
  }

  int16(value: number): void {
    this.room(2);
    this.view.setInt16(this.length, value);
    this.length += 2;
  }

  int32(value: number): void {
    this.room(4);
    this.view.setInt32(this.length, value);
    this.length += 4;
  }

  /** Overwrites four bytes that were written before. */
  int32At(at: number, value: number): void {
    this.view.setInt32(at, value);
  }

  boolean(value: boolean): void {
    this.room(5);
    this.view.setInt32(this.length, 1);
    this.buffer[this.length + 4] = value ? 1 : 0;
    this.length += 5;
  }

  bigint(value: number): void {
    this.long(Math.floor(value / 0x1_0000_0000), value);
  }

  /** A date, as its number of days since 2000. */
  days(value: number): void {
    this.int32(4);
    this.int32(value);
  }

  /** Exact microseconds since 2000, which do not fit into a double for distant years. */
  timestamp(time: number): void {
    const ms = time - EPOCH_MS;
    if (Math.abs(ms) < 9_000_000_000_000) {
      const us = ms * 1_000;
      this.long(Math.floor(us / 0x1_0000_0000), us);
    } else {
      this.room(12);
      this.view.setInt32(this.length, 8);
      this.view.setBigInt64(this.length + 4, BigInt(ms) * 1_000n);
      this.length += 12;
    }
  }

  text(value: string): void {
    // Three bytes at most per UTF-16 unit.
    this.room(4 + 3 * value.length);
    const start = this.length + 4;
    let written = value.length <= SHORT_TEXT ? this.ascii(value, start) : -1;
    if (written < 0) written = this.buffer.write(value, start, 'utf8');
    this.view.setInt32(this.length, written);
    this.length = start + written;
  }

  uuid(value: string): void {
    this.room(20);
    const { buffer } = this;
    let at = this.length;
    this.view.setInt32(at, 16);
    at += 4;
    for (let i = 0; i < 36; i += 2) {
      if (i === 8 || i === 13 || i === 18 || i === 23) i++;
      buffer[at++] = (hexDigit(value.charCodeAt(i)) << 4) | hexDigit(value.charCodeAt(i + 1));
    }
    this.length = at;
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
    this.int32At(start, this.length - start - 4);
  }

  /** Eight bytes, from the upper half and a number whose lower 32 bits are the lower half. */
  private long(high: number, low: number): void {
    this.room(12);
    const { view, length } = this;
    view.setInt32(length, 8);
    view.setInt32(length + 4, high);
    view.setInt32(length + 8, low);
    this.length = length + 12;
  }

  /** @returns how many bytes; -1 when a character is not ASCII */
  private ascii(value: string, start: number): number {
    const { buffer } = this;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return -1;
      buffer[start + i] = code;
    }
    return value.length;
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.buffer.length, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
    this.view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}
