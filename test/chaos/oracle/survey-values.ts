import { createHash } from 'node:crypto';
import { composed } from './reading';

const FREE_TEXT = ['TEXT_LONG', 'INTERVIEW'];
const SCALES = ['NPS', 'OPINION_SCALE', 'SLIDER'];
const LONG = 1_000;

/** What is told, whatever lists it is in. */
function things(value: unknown): unknown[] {
  if (!Array.isArray(value)) return value === null || value === undefined ? [] : [value];
  const all: unknown[] = [];
  for (const item of value) all.push(...things(item));
  return all;
}

/** JSON with names in order and texts composed; a number that is too great is 1e999. */
function written(thing: unknown): string {
  if (Array.isArray(thing)) return `[${thing.map(written).join(',')}]`;
  if (typeof thing === 'object' && thing !== null) {
    const members = Object.entries(thing).map(([name, member]) => [written(name), written(member)] as const);
    members.sort((a, b) => (a[0] < b[0] ? -1 : 1));
    return `{${members.map(([name, member]) => `${name}:${member}`).join(',')}}`;
  }
  if (thing === Infinity) return '1e999';
  if (thing === -Infinity) return '-1e999';
  return JSON.stringify(typeof thing === 'string' ? composed(thing) : thing);
}

const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const isLong = (text: string): boolean => Buffer.from(text).length > LONG;
const isFree = (type: string | null | undefined): boolean => FREE_TEXT.includes(type ?? '');

function chosen(list: readonly unknown[]): string[] {
  return Array.from(new Set(things(list).map(written))).sort();
}

/**
 * The key that an answer is counted under: its JSON, or a digest of it when it is long. A list is a set. On a scale "9" and 9
 * are the same. Free text is not counted by value.
 */
export function countedAs(type: string | null | undefined, value: unknown): string | null {
  if (isFree(type) || value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    const all = `[${chosen(value).join(',')}]`;
    return isLong(all) ? `[${digest(all)}]` : all;
  }
  const isNumber =
    SCALES.includes(type ?? '') && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim());
  const one = written(isNumber ? Number(value) : value);
  return isLong(one) ? digest(one) : one;
}

export function choiceTexts(type: string | null | undefined, list: readonly unknown[]): string[] | null {
  return isFree(type) ? null : chosen(list).map((one) => (isLong(one) ? digest(one) : one));
}

/** What is told, in words. */
export function spoken(value: unknown): string {
  if (Array.isArray(value)) return things(value).map(spoken).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${name}: ${spoken(member)}`);
  return members.join(', ');
}
