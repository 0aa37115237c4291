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

/** The end of 9999 in seconds, which has as many digits as milliseconds of 1978. */
const NEVER = 253_402_300_799;
/** How much of a second a number counts by, by the digits that its whole part has: what no time has is left out. */
const UNITS: Readonly<Record<number, number>> = { 10: 1, 12: 1e3, 13: 1e3, 16: 1e6, 19: 1e9 };

/**
 * ISO-8601, in UTC when it does not say, the date of an e-mail, or a number of seconds or of a fraction of them, which
 * its digits tell; after 1900 and up to 9999. What means "none" somewhere is none: 0, and the beginning of 1970.
 */
export function time(value: unknown): number | null | undefined {
  if (value === undefined) return undefined;
  const written = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  const at = /^[1-9]\d*(\.\d+)?$/.test(written) ? numbered(written) : dated(written);
  return at > Date.UTC(1900, 0, 1) && at <= Date.UTC(9999, 11, 31) && at !== 0 && at !== NEVER ? at : null;
}

function numbered(written: string): number {
  const [whole, fraction = ''] = written.split('.') as [string, string?];
  const unit = UNITS[whole.length];
  if (unit === undefined) return Number.NaN;
  return unit === 1
    ? Number(whole) * 1000 + Number(`${fraction}000`.slice(0, 3))
    : Number(BigInt(whole) / BigInt(unit / 1e3));
}

function dated(written: string): number {
  if (/^([a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d\d:\d\d(:\d\d)? (GMT|UTC|Z|[+-]\d{4})$/i.test(written))
    return Date.parse(written);
  const [, day = '', clock = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?$/i.exec(
      written,
    ) ?? [];
  // Date takes 30 February for 2 March, a comma for nothing, and no zone of hours alone.
  const start = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day) return Number.NaN;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.replace(':', '').slice(3) || '00'}` : 'Z';
  return Date.parse(`${day}T${clock.replace(',', '.')}${offset}`);
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
