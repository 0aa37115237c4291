import { jsonText, StoredJson } from '@app/platform';

/** A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection), full-width forms included. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NEEDS_QUOTES = /[",\t\r\n]|^ | $/;

/**
 * A cell. Null is empty, and an empty text is quoted. Text that a spreadsheet would run gets an apostrophe before
 * it; numbers, which are no text, do not. What is neither text, number nor boolean is written as JSON.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : value instanceof StoredJson ? value.text : jsonText(value);
  if (text === '') return '""';
  // JSON, too, may be a text that somebody else chose: a number of a request, say.
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A record, as RFC 4180 has it: it ends with CRLF, the last one too. */
export function csvRecord(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}
