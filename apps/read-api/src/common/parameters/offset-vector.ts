/** Partitions of some topics, by topic in their order. */
export type PartitionCounts = readonly number[];

/** An offset for every partition of some topics: by topic in their order, then by partition. */
export type Vector = number[];

/**
 * A vector as text that is opaque to clients: the ids of the stream's events and the cursors of the log. Its first byte
 * is the version of the form; then, per topic, how many partitions there are and their offsets, each as a varint.
 */
const VERSION = 1;
const LONGEST = 100_000;

export type ReadVector =
  | { readonly outcome: 'read'; readonly vector: Vector }
  /** Of another version of this code, or of topics with more partitions than there are: nothing to go on from. */
  | { readonly outcome: 'foreign' }
  /** Not made here. */
  | { readonly outcome: 'malformed' };

export function writeVector(vector: Readonly<Vector>, counts: PartitionCounts): string {
  const bytes = [VERSION];
  let at = 0;
  for (const count of counts) {
    pushVarint(bytes, count);
    for (const end = at + count; at < end; at++) pushVarint(bytes, vector[at]!);
  }
  return Buffer.from(bytes).toString('base64url');
}

/** @param counts of the topics now: a partition that was added since begins at its beginning */
export function readVector(text: string, counts: PartitionCounts): ReadVector {
  if (text.length > LONGEST || !/^[\w-]+$/.test(text)) return { outcome: 'malformed' };
  const bytes = Buffer.from(text, 'base64url');
  if (bytes[0] !== VERSION) return { outcome: 'foreign' };
  const reader = { bytes, at: 1 };
  const vector: Vector = [];
  for (const count of counts) {
    const had = readVarint(reader);
    if (had === null) return { outcome: 'malformed' };
    if (had > count) return { outcome: 'foreign' };
    for (let partition = 0; partition < count; partition++) {
      const offset = partition < had ? readVarint(reader) : 0;
      if (offset === null) return { outcome: 'malformed' };
      vector.push(offset);
    }
  }
  return reader.at === bytes.length ? { outcome: 'read', vector } : { outcome: 'malformed' };
}

// By division: offsets go beyond 32 bits.
function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

function readVarint(reader: { readonly bytes: Buffer; at: number }): number | null {
  let value = 0;
  for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) return null;
    value += (byte % 128) * factor;
    if (byte < 128) return Number.isSafeInteger(value) ? value : null;
  }
  return null;
}
