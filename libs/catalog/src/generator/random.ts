/** A small seeded generator (sfc32): the same seed gives the same events on every machine, for good. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, stream = 0) {
    this.a = seed | 0;
    this.b = Math.floor(seed / 2 ** 32) | 0;
    this.c = stream | 0;
    for (let i = 0; i < 15; i++) this.next32();
  }

  next32(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** From 0 to below 1. */
  unit(): number {
    return this.next32() / 2 ** 32;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(rate: number): boolean {
    return this.unit() < rate;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** With a long tail: mostly near the mean's half, seldom many times the mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean;
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The UUID (in the form of version 4) of the `index`-th thing of a kind. */
export function uuidOf(seed: number, kind: number, index: number): string {
  const words = [
    mix(seed ^ mix(kind)),
    mix(index + 0x9e3779b9),
    mix(index ^ mix(kind + 7)),
    mix(seed + index * 3),
  ];
  words[1] = (mix(words[0]! ^ words[1]!) & 0xffff0fff) | 0x4000;
  words[2] = (mix(words[0]! + words[2]!) & 0x3fffffff) | 0x80000000;
  words[3] = mix(words[2] ^ words[3]! ^ index);
  let uuid = '';
  for (let word = 0; word < 4; word++) {
    const bits = words[word]!;
    if (word === 1 || word === 2) uuid += '-';
    uuid += HEX[(bits >>> 24) & 255]! + HEX[(bits >>> 16) & 255]!;
    if (word === 1 || word === 2) uuid += '-';
    uuid += HEX[(bits >>> 8) & 255]! + HEX[bits & 255]!;
  }
  return uuid;
}

/** murmur3's finalizer. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
