import { ownFormMilliseconds, readTime } from '@app/catalog';

/** Before this there is no time in an object: SQL Server's zero. Year 1 is that of Go and .NET. */
const ZERO_OF_1900 = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);
/** The last second of the year 9999, "never" in Unix seconds; as milliseconds it would be a time of 1978. */
const NEVER = 253_402_300_799;

/**
 * Epoch milliseconds of a time inside an object, in any form that can only mean one time: ISO-8601 (in UTC where it
 * names no zone, midnight where it names no hour), the date of HTTP and e-mail, and a number or the text of one whose
 * whole part has 10 digits (seconds), 12 or 13 (milliseconds), 16 (microseconds) or 19 (nanoseconds). Parts of a
 * millisecond are cut off. Absent is undefined. Everything else is null, zeros included: in one language or another
 * `0`, the epoch, year 1 and 1900 stand for "no time".
 */
export function instantOf(value: unknown): number | null | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'string' ? textTime(value) : numberTime(value);
  if (time === undefined || time === 0 || time === NEVER) return null;
  return time > ZERO_OF_1900 && time <= LATEST ? time : null;
}

const NUMBER = /^(\d{10}|\d{12,13}|\d{16}|\d{19})(?:\.(\d+))?$/;
const ISO_LIKE =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?$/i;
const RFC_5322 = /^(?:[A-Z]{3}, )?\d{1,2} [A-Z]{3} \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC|Z|[+-]\d{4})$/i;

function numberTime(value: unknown): number | undefined {
  return typeof value === 'number' ? digitsTime(String(value)) : undefined;
}

function textTime(text: string): number | undefined {
  const own = ownFormMilliseconds(text);
  if (own !== undefined) return own;
  const trimmed = text.trim();
  const iso = ISO_LIKE.exec(trimmed);
  if (iso) {
    const [, day, hour = '00:00', zone = 'Z'] = iso;
    // Nine digits of a second's fraction are more than are kept.
    return readTime(`${day}T${hour.slice(0, 18)}${/^(?:UTC|GMT)$/i.test(zone) ? 'Z' : zone}`);
  }
  return RFC_5322.test(trimmed) ? Date.parse(trimmed) : digitsTime(trimmed);
}

function digitsTime(text: string): number | undefined {
  const [, whole, fraction = ''] = NUMBER.exec(text) ?? [];
  if (whole === undefined || whole.startsWith('0')) return undefined;
  if (whole.length === 10) return Number(whole + fraction.padEnd(3, '0').slice(0, 3));
  // As many digits as milliseconds have, whatever is finer.
  return Number(whole.length > 13 ? whole.slice(0, 13) : whole);
}
