/** Up to this many characters, writing them one by one is faster than a call into Node. */
const FEW = 48;
const ASCII = 0x80;

/** Writes the parts of records (https://kafka.apache.org/documentation/#record) into bytes that have room for them. */
export class RecordWriter {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  int8(value: number): void {
    this.bytes[this.at++] = value;
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at);
  }

  int64(value: bigint): void {
    this.at = this.bytes.writeBigInt64BE(value, this.at);
  }

  /** Leaves room for a number that is known later, and tells where. */
  skipInt32(): number {
    const { at } = this;
    this.at += 4;
    return at;
  }

  /** A short text, its length before it in two bytes. */
  name(text: string): void {
    this.int16(Buffer.byteLength(text));
    this.at += this.bytes.write(text, this.at, 'utf8');
  }

  /** A number of 32 bits, in as many bytes as it needs. */
  varint(value: number): void {
    const { bytes } = this;
    let at = this.at;
    let bits = ((value << 1) ^ (value >> 31)) >>> 0;
    while (bits >= 0x80) {
      bytes[at++] = (bits & 0x7f) | 0x80;
      bits >>>= 7;
    }
    bytes[at++] = bits;
    this.at = at;
  }

  /** With its length before it; null has one of -1. */
  sized(value: Buffer | string | null): void {
    if (value === null) this.varint(-1);
    else if (typeof value === 'string') this.text(value);
    else {
      this.varint(value.length);
      this.bytes.set(value, this.at);
      this.at += value.length;
    }
  }

  private text(text: string): void {
    const { length } = text;
    if (length > FEW) {
      const size = Buffer.byteLength(text);
      this.varint(size);
      this.at += this.bytes.write(text, this.at, size === length ? 'latin1' : 'utf8');
      return;
    }
    const start = this.at;
    this.varint(length);
    const { bytes, at } = this;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= ASCII) {
        this.at = start;
        this.varint(Buffer.byteLength(text));
        this.at += this.bytes.write(text, this.at, 'utf8');
        return;
      }
      bytes[at + i] = code;
    }
    this.at = at + length;
  }

  /**
   * The length of what was written from `start` on, put before it: at `at`, where there is room for the varint of
   * a guess. What was written is moved when the length takes another number of bytes.
   */
  closeSized(at: number, start: number): void {
    const size = this.at - start;
    const moved = at + varintSize(size);
    if (moved !== start) this.bytes.copyWithin(moved, start, this.at);
    this.at = at;
    this.varint(size);
    this.at += size;
  }
}

/** Bytes that the varint of a length takes. */
export function varintSize(length: number): number {
  let size = 1;
  for (let left = length >>> 6; left > 0; left >>>= 7) size++;
  return size;
}
