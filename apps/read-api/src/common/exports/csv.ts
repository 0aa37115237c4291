import { jsonText, StoredJson } from '@app/platform';

/** A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection), full-width forms included. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NEEDS_QUOTES = /[",\t\r\n]|^ | $/;

/**
 * A cell. Null is empty, and an empty text is quoted. Text that a spreadsheet would run gets an apostrophe in front;
 * numbers do not. Lists and objects become text that people can read instead of JSON.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') {
    const parsed = parse(value instanceof StoredJson ? value.text : jsonText(value), withDigits);
    // A scalar that was stored is what it would be elsewhere; a number with all of its digits is a text to JavaScript.
    return typeof parsed === 'object' && parsed !== null ? csvCell(inWords(parsed)) : csvCell(parsed);
  }
  const text = value;
  if (text === '') return '""';
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Numbers that a double does not hold stay as they are written. */
const withDigits: Reviver = (_name, value, { source }) =>
  typeof value === 'number' && source !== undefined && String(value) !== source ? source : value;

/** A value that was JSON, in words: `a; b`, `name: Sam; tags: a; b`. */
function inWords(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(inWords).join('; ');
  if (typeof value !== 'object') return typeof value === 'string' ? value : JSON.stringify(value);
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${inWords(member)}`)
    .join('; ');
}

/** A record, as RFC 4180 has it: it ends with CRLF, the last one too. */
export function csvRecord(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}
