import { ScannedObject } from './object-reader';
import { scanObject, type KnownObjects, type Notes } from './scan-bytes';

const SLOTS = 1 << 10;
const LONGEST = 4_096;
/** Where an object is told from others by: its uid, if it comes first as with Jimo. */
const MARK_FROM = 8;
const MARK_TO = 24;

/**
 * Objects that many events carry to the byte, such as the snapshot of an experience. To compare one with the
 * bytes seen before costs a fraction of reading it: what has the bytes of a valid object at its start is that
 * object, since no valid object is the beginning of another.
 */
export class SeenObjects implements KnownObjects<KnownObject> {
  private readonly objects: (KnownObject | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);
  private readonly misses = new Uint8Array(SLOTS);

  at(bytes: Buffer, start: number): KnownObject | undefined {
    const slot = slotOf(bytes, start);
    const known = this.objects[slot];
    if (known?.startsAt(bytes, start) !== true) return undefined;
    this.misses[slot] = 0;
    return known;
  }

  /** Takes an object that was not known; one that comes late does not displace what is still in use. */
  learn(bytes: Buffer, start: number, end: number): void {
    if (end - start > LONGEST) return;
    const slot = slotOf(bytes, start);
    if (this.objects[slot] && ++this.misses[slot]! < 2) return;
    // A copy of its own: it must not keep all that was fetched with it.
    const own = Buffer.from(bytes.subarray(start, end));
    const notes = scanObject(own, null);
    if (notes) this.objects[slot] = new KnownObject(own, notes);
    this.misses[slot] = 0;
  }
}

export class KnownObject extends ScannedObject {
  private readonly values = new Map<string, unknown>();

  constructor(bytes: Buffer, { tape, from, to }: Notes<unknown>) {
    super(bytes, tape.slice(from, to), 0, to - from);
  }

  get length(): number {
    return this.bytes.length;
  }

  startsAt(bytes: Buffer, start: number): boolean {
    const { length } = this.bytes;
    const end = start + length;
    return end <= bytes.length && bytes.compare(this.bytes, 0, length, start, end) === 0;
  }

  override get(name: string): unknown {
    let value = this.values.get(name);
    if (value === undefined) {
      value = super.get(name);
      this.values.set(name, value);
    }
    return value;
  }
}

function slotOf(bytes: Buffer, start: number): number {
  let hash = 0;
  const end = Math.min(start + MARK_TO, bytes.length);
  for (let at = start + MARK_FROM; at < end; at++) hash = Math.imul(hash, 31) + bytes[at]!;
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
