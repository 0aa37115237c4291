import type { Stored } from '../declare/column-types';
import type { Row } from '../fold/row';
import { DAY_MS, EPOCH_MS } from './record-bytes';
import type { RelationColumn } from './relation';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const TWO_TO_32 = 0x1_0000_0000;
/** Bytes of a text array before its elements, from its number of dimensions on. */
const ARRAY_HEADER = 20;

type Read = (bytes: Buffer, at: number, length: number) => Stored;

/** The row that `RecordBytes` has written. */
export class RecordReader {
  private readonly reads: readonly Read[];

  constructor(columns: readonly RelationColumn[]) {
    this.reads = columns.map(({ type }) => readOf(type.name));
  }

  rowAt(bytes: Buffer, start: number): Row {
    const row: Row = new Array<Stored>(this.reads.length);
    let at = start + 4;
    for (let i = 0; i < row.length; i++) {
      const length = bytes.readInt32BE(at + 4);
      at += 8;
      if (length < 0) row[i] = null;
      else {
        row[i] = this.reads[i]!(bytes, at, length);
        at += length;
      }
    }
    return row;
  }
}

function readOf(type: RelationColumn['type']['name']): Read {
  switch (type) {
    case 'uuid':
      return uuid;
    case 'text':
    case 'uid':
    case 'json':
      return (bytes, at, length) => bytes.toString('utf8', at, at + length);
    case 'instant':
      return instant;
    case 'integer':
      return (bytes, at) => bytes.readInt32BE(at) * TWO_TO_32 + bytes.readUInt32BE(at + 4);
    case 'boolean':
      return (bytes, at) => bytes[at] === 1;
    case 'date':
      return (bytes, at) =>
        new Date(bytes.readInt32BE(at) * DAY_MS + EPOCH_MS).toISOString().slice(0, 'yyyy-mm-dd'.length);
    case 'set':
      return texts;
  }
}

function uuid(bytes: Buffer, start: number): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[bytes[start + i]!]!;
  }
  return text;
}

function instant(bytes: Buffer, at: number): number {
  const high = bytes.readInt32BE(at);
  // The microseconds of far years do not fit into a double.
  if (Math.abs(high) >= 1 << 20) return Number(bytes.readBigInt64BE(at) / 1_000n) + EPOCH_MS;
  return (high * TWO_TO_32 + bytes.readUInt32BE(at + 4)) / 1_000 + EPOCH_MS;
}

function texts(bytes: Buffer, start: number): string[] {
  const values: string[] = [];
  if (bytes.readInt32BE(start) === 0) return values;
  const count = bytes.readInt32BE(start + 12);
  for (let at = start + ARRAY_HEADER, i = 0; i < count; i++) {
    const length = bytes.readInt32BE(at);
    values.push(bytes.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return values;
}
