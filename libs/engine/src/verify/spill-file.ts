import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A record's table, its two hashes and its length. */
const HEAD_BYTES = 13;
/** How much of one group is collected before it is written. */
const CHUNK_BYTES = 32 << 10;

/** Where the records of a group are in a file that any thread of this process can read. */
interface SpilledGroup {
  readonly records: number;
  /** Position and length, alternately, of the chunks that hold them. */
  readonly chunks: readonly number[];
}

export interface SpillIndex {
  readonly descriptor: number;
  readonly groups: readonly SpilledGroup[];
}

/** A record is `start` to `end` of the bytes, which the next record overwrites. */
type TakeRecord = (
  table: number,
  hash: number,
  crc: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

interface Group {
  records: number;
  chunk: Buffer | null;
  length: number;
  readonly chunks: number[];
}

/**
 * A file for records that do not fit into memory, grouped by the hash of their key. Its name is removed as soon as it is
 * open, so that nothing is left of it however the process ends, and no other process can read it.
 */
export class SpillFile {
  private readonly descriptor: number;
  private readonly groups: Group[];
  private end = 0;

  /** @param groups a power of two */
  constructor(groups: number, folder = tmpdir()) {
    const path = join(folder, `verify-${randomUUID()}`);
    this.descriptor = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    this.groups = Array.from({ length: groups }, () => ({ records: 0, chunk: null, length: 0, chunks: [] }));
  }

  /**
   * @param table number of the record's table, below 256
   * @param hash of its key; determines the group
   * @param crc another hash of its key
   */
  append(table: number, hash: number, crc: number, record: Buffer): void {
    const group = this.groups[hash & (this.groups.length - 1)]!;
    const size = HEAD_BYTES + record.length;
    if (group.chunk !== null && group.length + size > group.chunk.length) this.write(group);
    const chunk = (group.chunk ??= Buffer.allocUnsafe(Math.max(CHUNK_BYTES, size)));
    const at = group.length;
    chunk[at] = table;
    chunk.writeInt32LE(hash, at + 1);
    chunk.writeInt32LE(crc | 0, at + 5);
    chunk.writeInt32LE(record.length, at + 9);
    record.copy(chunk, at + HEAD_BYTES);
    group.length += size;
    group.records++;
  }

  /** Writes what is still in memory. @returns where all records are */
  index(): SpillIndex {
    for (const group of this.groups) {
      if (group.length > 0) this.write(group);
      group.chunk = null;
    }
    return {
      descriptor: this.descriptor,
      groups: this.groups.map(({ records, chunks }) => ({ records, chunks })),
    };
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private write(group: Group): void {
    const { chunk, length } = group;
    for (let done = 0; done < length;)
      done += writeSync(this.descriptor, chunk!, done, length - done, this.end + done);
    group.chunks.push(this.end, length);
    this.end += length;
    group.length = 0;
    if (chunk!.length > CHUNK_BYTES) group.chunk = null;
  }
}

export function readGroup({ descriptor, groups }: SpillIndex, group: number, take: TakeRecord): void {
  const { chunks } = groups[group]!;
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let i = 0; i < chunks.length; i += 2) {
    const length = chunks[i + 1]!;
    if (length > buffer.length) buffer = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const count = readSync(descriptor, buffer, done, length - done, chunks[i]! + done);
      if (count === 0) throw new Error('a file of spilled rows ends early');
      done += count;
    }
    for (let at = 0; at < length;) {
      const start = at + HEAD_BYTES;
      const end = start + buffer.readInt32LE(at + 9);
      take(buffer[at]!, buffer.readInt32LE(at + 1), buffer.readInt32LE(at + 5), buffer, start, end);
      at = end;
    }
  }
}
