type Parser = (text: string) => unknown;

/** The driver's `types`: what reads a column's text, by the type's number. */
export interface Parsers {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parser;
}

const OID = { int8: 20, json: 114, date: 1082, timestamptz: 1184 } as const;

/** How the read side takes what Postgres sends; see `ReadDatabase`. */
export function readParsers(types: unknown): Parsers {
  const defaults = types as Parsers;
  const anyInstant = defaults.getTypeParser(OID.timestamptz);
  const own: ReadonlyMap<number, Parser> = new Map<number, Parser>([
    [OID.int8, Number],
    [OID.json, (text) => text],
    [OID.date, (text) => text],
    [OID.timestamptz, (text) => usualInstant(text) ?? Number(anyInstant(text))],
  ]);
  return { getTypeParser: (oid, format) => own.get(oid) ?? defaults.getTypeParser(oid, format) };
}

const ZERO = 48;

/**
 * Epoch milliseconds of `YYYY-MM-DD HH:MM:SS[.fraction]+00`, as a session in UTC writes it; null for any other
 * form. The driver's own parser takes every form and makes a Date: several times the work, for each time of a row.
 */
function usualInstant(text: string): number | null {
  if (text.length < 22 || !text.endsWith('+00') || text[4] !== '-') return null;
  const two = (at: number): number => 10 * (text.charCodeAt(at) - ZERO) + text.charCodeAt(at + 1) - ZERO;
  const year = 100 * two(0) + two(2);
  // Date.UTC takes the years 0 to 99 for those of the last century.
  if (year < 100) return null;
  const milliseconds = text.length === 22 ? 0 : Math.floor(1_000 * Number(`0${text.slice(19, -3)}`) + 1e-6);
  return Date.UTC(year, two(5) - 1, two(8), two(11), two(14), two(17), milliseconds);
}
