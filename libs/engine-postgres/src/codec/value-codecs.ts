import type { ColumnType, Stored } from '@app/engine';
import { EPOCH_MS, TEXT_OID, type BinaryWriter } from './binary-writer';

/** Writes and reads a column type in Postgres's binary format. */
export interface ValueCodec {
  /** The type's object identifier, which records contain. Those of built-in types never change (pg_type.dat). */
  readonly oid: number;
  /** Writes the value as the type's `send` function does, after its length in bytes. */
  readonly write: (out: BinaryWriter, value: NonNullable<Stored>) => void;
  /** Reads a written value, which starts after its length. */
  readonly read: (bytes: Buffer, at: number, length: number) => NonNullable<Stored>;
}

/** The length that means null. */
export const NULL_LENGTH = -1;

const DAY_MS = 86_400_000;
const TWO_TO_32 = 0x1_0000_0000;
/** Bytes of a text array before its elements, from its number of dimensions on. */
const ARRAY_HEADER_BYTES = 20;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const TEXT: ValueCodec = {
  oid: TEXT_OID,
  write: (out, value) => out.text(value as string),
  read: (bytes, at, length) => bytes.toString('utf8', at, at + length),
};

const CODECS: Readonly<Record<ColumnType<unknown>['name'], ValueCodec>> = {
  uuid: { oid: 2950, write: (out, value) => out.uuid(value as string), read: readUuid },
  text: TEXT,
  uid: TEXT,
  json: TEXT,
  instant: { oid: 1184, write: (out, value) => out.timestamp(value as number), read: readInstant },
  integer: {
    oid: 20,
    write: (out, value) => out.bigint(value as number),
    read: (bytes, at) => bytes.readInt32BE(at) * TWO_TO_32 + bytes.readUInt32BE(at + 4),
  },
  boolean: {
    oid: 16,
    write: (out, value) => out.boolean(value as boolean),
    read: (bytes, at) => bytes[at] === 1,
  },
  date: {
    oid: 1082,
    write: (out, value) => out.days((Date.parse(value as string) - EPOCH_MS) / DAY_MS),
    read: (bytes, at) =>
      new Date(bytes.readInt32BE(at) * DAY_MS + EPOCH_MS).toISOString().slice(0, 'yyyy-mm-dd'.length),
  },
  set: { oid: 1009, write: (out, value) => out.texts(value as readonly string[]), read: readTexts },
};

export function codecOf({ name }: ColumnType<unknown>): ValueCodec {
  return CODECS[name];
}

function readUuid(bytes: Buffer, start: number): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[bytes[start + i]!]!;
  }
  return text;
}

function readInstant(bytes: Buffer, at: number): number {
  const high = bytes.readInt32BE(at);
  // Microseconds do not fit into a double for distant years.
  if (Math.abs(high) >= 1 << 20) return Number(bytes.readBigInt64BE(at) / 1_000n) + EPOCH_MS;
  return (high * TWO_TO_32 + bytes.readUInt32BE(at + 4)) / 1_000 + EPOCH_MS;
}

function readTexts(bytes: Buffer, start: number): string[] {
  const values: string[] = [];
  if (bytes.readInt32BE(start) === 0) return values;
  const count = bytes.readInt32BE(start + 12);
  for (let at = start + ARRAY_HEADER_BYTES, i = 0; i < count; i++) {
    const length = bytes.readInt32BE(at);
    values.push(bytes.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return values;
}
