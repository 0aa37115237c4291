/** A record to append. */
export interface AppendMessage {
  readonly topic: string;
  readonly key: string | Buffer;
  /** What the partition is chosen from; records of one partition key stay in order of arrival. */
  readonly partitionKey: string;
  /** The partition itself, of what has to be in a certain one. */
  readonly partition?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null is a tombstone: compaction removes the records of the key that are before it. */
  readonly value: Buffer | null;
}

// Lengths and varints of a record, and of a header; generous.
const RECORD_OVERHEAD = 40;
const HEADER_OVERHEAD = 6;

/** An upper bound of the bytes that a record takes in a produce request, for texts of few multi-byte characters. */
export function sizeOf({ key, headers, value }: AppendMessage): number {
  let size = RECORD_OVERHEAD + key.length + (value?.length ?? 0);
  for (const name in headers) size += HEADER_OVERHEAD + name.length + Buffer.byteLength(headers[name]!);
  return size;
}
