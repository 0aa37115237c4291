import { crc32 } from 'node:zlib';
import type { Row } from '@app/engine';
import type { RelationCodec, RowShape } from '@app/engine/adapters';

/** Writes rows as JSON, since the in-memory store has no binary form. */
export function jsonRowCodec({ keyColumns }: RowShape): RelationCodec {
  let key = '';
  return {
    encode: (row) => {
      key = JSON.stringify(row.slice(0, keyColumns));
      return Buffer.from(JSON.stringify(row));
    },
    crcOfKey: () => crc32(key),
    keyInHex: () => Buffer.from(key).toString('hex'),
    decode: (bytes, start, end) => JSON.parse(bytes.toString('utf8', start, end)) as Row,
  };
}
