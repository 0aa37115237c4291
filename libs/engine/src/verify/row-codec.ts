import type { Row } from '../declare/column-types';
import type { Relation } from './relation';

/** The part of a relation that determines the bytes of its rows. */
export type RowShape = Pick<Relation, 'columns' | 'keyColumns'>;

/**
 * Rows of one relation as bytes. Equal rows have equal bytes and different rows different ones, since rows are
 * compared by digests of them.
 */
export interface RelationCodec {
  /** @returns a view that the next call overwrites */
  encode(row: Row): Buffer;
  /** CRC-32 of the bytes of the key alone, for the row that was encoded last. */
  crcOfKey(): number;
  /** The bytes of the key alone in hexadecimal, for the row that was encoded last. */
  keyInHex(): string;
  /** @returns the row whose bytes begin at `start` and end at `end` */
  decode(bytes: Buffer, start: number, end: number): Row;
}

/** How a store writes rows as bytes to digest them; a refold has to write them in the same way. */
export type RowCodec = (shape: RowShape) => RelationCodec;
