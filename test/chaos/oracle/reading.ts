import { JsonText, readable, readableJson } from './json-text';

/** What a cell of a view may hold; times in epoch milliseconds. */
export type Cell = string | number | boolean | JsonText | null;

/*
 * Fields that identify are validated, all others may hold anything. Throughout: absent stays undefined (it says
 * nothing), null is a value, and so is what cannot be read: null.
 */

export function text(value: unknown): string | null | undefined {
  if (value === undefined) return undefined;
  // Equal where it is canonically equal.
  if (typeof value === 'string') return composed(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Readable, and in Unicode's composed form. */
export function composed(text: string): string {
  return readable(text).normalize('NFC');
}

export function flag(value: unknown): boolean | null | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'boolean' ? value : null;
}

export function whole(value: unknown): number | null | undefined {
  if (value === undefined) return undefined;
  return Number.isSafeInteger(value) ? (value as number) : null;
}

/** ISO-8601, in UTC when it does not say, or a number of milliseconds; from 1900 to 9999. */
export function time(value: unknown): number | null | undefined {
  if (value === undefined) return undefined;
  let at = Number.NaN;
  if (typeof value === 'number') at = Math.trunc(value);
  if (typeof value === 'string') at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`);
  return at >= Date.UTC(1900, 0, 1) && at <= Date.UTC(9999, 11, 31) ? at : null;
}

/** @param json the text as it was sent */
export function json(json: string | undefined): JsonText | null | undefined {
  if (json === undefined) return undefined;
  return json.trim() === 'null' ? null : new JsonText(readableJson(json));
}

export function uuid(value: unknown): string {
  return String(value).toLowerCase();
}

export function uid(value: unknown): string {
  return readable(String(value));
}

export function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
