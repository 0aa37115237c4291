import type { Row, Stored } from '../declare/column-types';

const { imul } = Math;

/** What a table has to know about its rows. */
export interface RowShape {
  /** How many columns the key has; they come first. */
  readonly keyColumns: number;
  merge(target: Row, source: Row): void;
}

const FIRST_BITS = 7;

/**
 * Rows by key; a row whose key is known is merged. It uses open addressing over the key columns themselves, since a Map
 * would need every key as a text, which costs more than everything else that is done with the row.
 */
export class RowTable {
  private bits = FIRST_BITS;
  /** Index of a row plus one; zero where there is none. */
  private slots = new Int32Array(1 << this.bits);
  private hashes = new Int32Array(1 << (this.bits - 1));
  private rows: Row[] = [];

  constructor(private readonly shape: RowShape) {}

  get size(): number {
    return this.rows.length;
  }

  /**
   * Takes ownership of the row.
   *
   * @returns the row of its key, which is the given one when the key is new
   */
  add(row: Row): Row {
    const { keyColumns } = this.shape;
    const hash = hashOf(row, keyColumns);
    const mask = this.slots.length - 1;
    let slot = this.slotOf(hash);
    for (let place = this.slots[slot]!; place !== 0; place = this.slots[slot]!) {
      if (this.hashes[place - 1] === hash) {
        const known = this.rows[place - 1]!;
        if (sameKey(known, row, keyColumns)) {
          this.shape.merge(known, row);
          return known;
        }
      }
      slot = (slot + 1) & mask;
    }
    if (this.rows.length === this.hashes.length) {
      this.grow();
      return this.add(row);
    }
    this.hashes[this.rows.length] = hash;
    this.rows.push(row);
    this.slots[slot] = this.rows.length;
    return row;
  }

  /** Removes and returns all rows, and the hashes of their keys in the same order. */
  drain(): { readonly rows: readonly Row[]; readonly hashes: Int32Array } {
    const { rows, hashes } = this;
    this.bits = FIRST_BITS;
    this.slots = new Int32Array(1 << this.bits);
    this.hashes = new Int32Array(1 << (this.bits - 1));
    this.rows = [];
    return { rows, hashes };
  }

  /** Uses the product's upper bits, since the rows of a spilled group agree in some bits of their hashes. */
  private slotOf(hash: number): number {
    return imul(hash, 0x9e37_79b1) >>> (32 - this.bits);
  }

  private grow(): void {
    this.bits++;
    this.slots = new Int32Array(1 << this.bits);
    const hashes = new Int32Array(1 << (this.bits - 1));
    hashes.set(this.hashes);
    this.hashes = hashes;
    const mask = this.slots.length - 1;
    for (let i = 0; i < this.rows.length; i++) {
      let slot = this.slotOf(hashes[i]!);
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = i + 1;
    }
  }
}

function sameKey(a: Row, b: Row, keyColumns: number): boolean {
  // Backwards, since the first columns of neighbouring keys are often the same.
  for (let i = keyColumns - 1; i >= 0; i--) if (a[i] !== b[i]) return false;
  return true;
}

/** FNV-1a over the key's values, with the finaliser of MurmurHash3. */
function hashOf(row: Row, keyColumns: number): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < keyColumns; i++) hash = withValue(hash, row[i]!);
  hash = imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}

const PRIME = 0x0100_0193;

function withValue(start: number, value: Stored): number {
  let hash = start;
  if (typeof value === 'string') {
    for (let i = 0; i < value.length; i++) hash = imul(hash ^ value.charCodeAt(i), PRIME);
    return imul(hash ^ value.length, PRIME);
  }
  const number = Number(value);
  hash = imul(hash ^ (number | 0), PRIME);
  return imul(hash ^ (Math.floor(number / 0x1_0000_0000) | 0), PRIME);
}
