const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)$/i;
const SECONDS = /^\d{10}$/;
const MILLISECONDS = /^\d{12,13}$/;
const MINUTE = 60_000;

/** The times that RFC 3339 can write (CloudEvents' `time`) and that read models can hold. */
const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Epoch milliseconds of an event's `time` in any form that is allowed: a 10-digit whole number (seconds), a
 * 12- or 13-digit one (milliseconds), a string of either, or ISO-8601 with a zone; parts of a millisecond are
 * cut off. undefined for anything else, days that no calendar has included. A number counts by its value, so
 * 1.740125703e12 is one of 13 digits.
 */
export function readTime(value: unknown): number | undefined {
  if (typeof value === 'number') return readNumber(value);
  if (typeof value !== 'string') return undefined;
  return readDigits(value) ?? readIso8601(value);
}

function readNumber(value: number): number | undefined {
  if (!Number.isInteger(value)) return undefined;
  if (value >= 1e9 && value < 1e10) return value * 1000;
  return value >= 1e11 && value < 1e13 ? value : undefined;
}

function readDigits(digits: string): number | undefined {
  // A leading zero is no digit of a number: "0001740125703" has 10, and is none of the forms.
  if (digits.startsWith('0')) return undefined;
  if (SECONDS.test(digits)) return Number(digits) * 1000;
  return MILLISECONDS.test(digits) ? Number(digits) : undefined;
}

function readIso8601(text: string): number | undefined {
  const match = ISO_8601.exec(text);
  if (!match) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '0',
    fraction = '',
    sign,
    zoneHour = '0',
    zoneMinute = '0',
  ] = match;
  const inRange =
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= daysInMonth(Number(year), Number(month)) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    // RFC 3339 writes a leap second as :60; POSIX time has none, so it becomes the second after.
    Number(second) <= 60 &&
    Number(zoneHour) <= 23 &&
    Number(zoneMinute) <= 59;
  if (!inRange) return undefined;

  const local = new Date(0);
  // Not Date.UTC, which reads the years 0 to 99 as 1900 to 1999.
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  local.setUTCHours(
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * MINUTE;
  const time = local.getTime() - (sign === '-' ? -offset : offset);
  return time >= EARLIEST && time <= LATEST ? time : undefined;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
