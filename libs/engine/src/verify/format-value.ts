import { hash } from 'node:crypto';
import type { Stored } from '../declare/column-types';
import type { RelationColumn } from './relation';

/** The most characters of a value that a report lists. */
export const LISTED_CHARACTERS = 200;

/**
 * A value as a report lists it: an instant as ISO-8601 in UTC with microseconds, a set as JSON, everything else as
 * text. A long text is cut, and its length in bytes and its MD5 are added, so that two that differ look different.
 * The store in Postgres writes the same (`digestSql`).
 */
export function formatValue({ type }: RelationColumn, value: Stored): string | null {
  if (value === null) return null;
  switch (type.name) {
    case 'instant':
      return new Date(value as number).toISOString().replace('Z', '000Z');
    case 'set':
      return shortened(JSON.stringify(value));
    case 'text':
    case 'json':
    case 'uid':
      return shortened(value as string);
    case 'uuid':
    case 'boolean':
    case 'integer':
    case 'date':
      return String(value);
  }
}

function shortened(text: string): string {
  if (text.length <= LISTED_CHARACTERS) return text;
  const characters = [...text];
  if (characters.length <= LISTED_CHARACTERS) return text;
  const begin = characters.slice(0, LISTED_CHARACTERS).join('');
  return `${begin}… (${Buffer.byteLength(text)} bytes, md5 ${hash('md5', text)})`;
}
