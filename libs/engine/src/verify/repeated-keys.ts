const { imul } = Math;

const ONCE = 1;
const REPEATED = 2;

/**
 * Finds keys that occur more than once, by 64 bits of hashes of each. Two keys with the same hashes count as repeated,
 * so callers have to compare the keys themselves.
 */
export class RepeatedKeys {
  private readonly mask: number;
  private readonly hashes: Int32Array;
  private readonly crcs: Int32Array;
  private readonly seen: Uint8Array;
  private count = 0;

  /** @param keys the most keys that will be added */
  constructor(keys: number) {
    const slots = 1 << Math.ceil(Math.log2(Math.max(2 * keys, 16)));
    this.mask = slots - 1;
    this.hashes = new Int32Array(slots);
    this.crcs = new Int32Array(slots);
    this.seen = new Uint8Array(slots);
  }

  /** How many of the added keys occur more than once, every occurrence counted. */
  get repeated(): number {
    return this.count;
  }

  add(table: number, hash: number, crc: number): void {
    const slot = this.slotOf(table, hash, crc);
    const seen = this.seen[slot]!;
    if (seen === 0) {
      this.hashes[slot] = hash;
      this.crcs[slot] = crc ^ table;
      this.seen[slot] = ONCE;
      return;
    }
    this.count += seen === ONCE ? 2 : 1;
    this.seen[slot] = REPEATED;
  }

  has(table: number, hash: number, crc: number): boolean {
    return this.seen[this.slotOf(table, hash, crc)] === REPEATED;
  }

  /** Uses the product's upper bits, since the keys of one group agree in the lower bits of their hash. */
  private slotOf(table: number, hash: number, crc: number): number {
    const own = crc ^ table;
    let slot = (imul(hash ^ imul(own, 0x85eb_ca6b), 0x9e37_79b1) >>> 5) & this.mask;
    while (this.seen[slot] !== 0 && (this.hashes[slot] !== hash || this.crcs[slot] !== own))
      slot = (slot + 1) & this.mask;
    return slot;
  }
}
