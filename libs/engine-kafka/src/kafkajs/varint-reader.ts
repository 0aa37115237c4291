const MORE = 0x80;
const BITS = 0x7f;
/** Seven times seven bits: more than a time needs, and no more than a number holds. */
const LONGEST = 2 ** 49;

/** Reads the numbers of variable length that Kafka's records are made of. */
export class VarintReader {
  constructor(
    private readonly bytes: Uint8Array,
    /** Where the next one starts. */
    public at: number,
  ) {}

  /** A number of 32 bits. */
  varint(): number {
    let byte = this.bytes[this.at++]!;
    let bits = byte & BITS;
    for (let shift = 7; byte >= MORE; shift += 7) {
      byte = this.bytes[this.at++]!;
      bits |= (byte & BITS) << shift;
    }
    return (bits >>> 1) ^ -(bits & 1);
  }

  /** A number of 64 bits; NaN when it is too large to be a time in milliseconds. */
  varlong(): number {
    let byte = this.bytes[this.at++]!;
    let bits = byte & BITS;
    for (let unit = BITS + 1; byte >= MORE; unit *= BITS + 1) {
      byte = this.bytes[this.at++]!;
      bits += unit < LONGEST ? (byte & BITS) * unit : Number.NaN;
    }
    return bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2;
  }
}
