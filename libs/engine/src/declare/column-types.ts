import { CannotApply } from '../log/event';

/** A value as rows hold it in memory and send it to the database; null is "no value". */
type Scalar = string | number | boolean;
export type Stored = Scalar | readonly string[] | null;

/** A row in memory: one stored value per column of its read model, in the order of declaration. */
export type Row = Stored[];

/**
 * A column's type: how a contributed value becomes a stored one, how two stored values compare (in the order that
 * Postgres has for the type; text by UTF-8 bytes), and how one is written as JSON.
 */
export interface ColumnType<T> {
  readonly name: 'uuid' | 'text' | 'uid' | 'instant' | 'boolean' | 'integer' | 'json' | 'date' | 'set';
  /** Postgres type of the stored column. */
  readonly sql: string;
  /**
   * @returns null for "no value", which JSON's null is
   * @throws {CannotApply} when the value can never be stored
   */
  normalise(value: unknown): Stored;
  compare(a: Stored, b: Stored): number;
  toJson(value: NonNullable<Stored>): string;
  /** Only for inference: the type of the values that handlers contribute. */
  readonly __value?: T;
}

export type ValueOf<C> = C extends ColumnType<infer T> ? T : never;

/** Compares characters, which takes a third of the time of a regular expression. It runs several times per event. */
export function isLowerCaseUuid(text: string): boolean {
  if (text.length !== 36) return false;
  for (let i = 0; i < 36; i++) {
    const code = text.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== 45) return false;
    } else if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

// Years 1 to 9999, so that every instant has the same ISO form everywhere.
const MAX_INSTANT = 253_402_300_799_999; // 9999-12-31
const MIN_INSTANT = -62_135_596_800_000; // 0001-01-01
export const MAX_UID_LENGTH = 200;

const NUL_OR_SURROGATE = /[\u0000\ud800-\udfff]/;

/** Text that Postgres and UTF-8 can hold: U+0000 and lone surrogates become U+FFFD. */
export function storableText(text: string): string {
  if (!NUL_OR_SURROGATE.test(text)) return text;
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** Orders strings by their UTF-8 bytes, as Postgres's COLLATE "C" does. Both must be well-formed. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // UTF-16 puts surrogates (code points above U+FFFF) before U+E000…U+FFFF; UTF-8 puts them after.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

const compareText = (a: Stored, b: Stored): number => compareUtf8(a as string, b as string);
const compareNumbers = (a: Stored, b: Stored): number => Number(a) - Number(b);
const quoted = (value: NonNullable<Stored>): string => JSON.stringify(value);
const bare = (value: NonNullable<Stored>): string => String(value);

const uuid: ColumnType<string> = {
  name: 'uuid',
  sql: 'uuid',
  normalise(value) {
    if (typeof value === 'string' && isLowerCaseUuid(value)) return value;
    const lower = typeof value === 'string' ? value.toLowerCase() : '';
    if (!isLowerCaseUuid(lower)) throw new CannotApply(`${show(value)} is not a UUID`);
    return lower;
  },
  compare: compareText,
  toJson: quoted,
};

const text: ColumnType<string> = {
  name: 'text',
  sql: 'text COLLATE "C"',
  normalise(value) {
    if (typeof value !== 'string') throw new CannotApply(`${show(value)} is not text`);
    return storableText(value);
  },
  compare: compareText,
  toJson: quoted,
};

/** Short text for keys and indexes: 1 to 200 characters. */
const uid: ColumnType<string> = {
  ...text,
  name: 'uid',
  normalise(value) {
    if (typeof value !== 'string' || value.length === 0 || isLongerThan(value, MAX_UID_LENGTH))
      throw new CannotApply(`${show(value)} is not an identifier of 1 to ${MAX_UID_LENGTH} characters`);
    return storableText(value);
  },
};

/** Counts a UTF-16 surrogate pair as one character. */
function isLongerThan(value: string, characters: number): boolean {
  if (value.length <= characters) return false;
  return value.length > 2 * characters || [...value].length > characters;
}

/** Epoch milliseconds in memory, timestamptz in the database. */
const instant: ColumnType<number> = {
  name: 'instant',
  sql: 'timestamptz',
  normalise(value) {
    if (!Number.isInteger(value) || (value as number) < MIN_INSTANT || (value as number) > MAX_INSTANT)
      throw new CannotApply(`${show(value)} is not a time in epoch milliseconds`);
    return value as number;
  },
  compare: compareNumbers,
  toJson: bare,
};

const boolean: ColumnType<boolean> = {
  name: 'boolean',
  sql: 'boolean',
  normalise(value) {
    if (typeof value !== 'boolean') throw new CannotApply(`${show(value)} is not true or false`);
    return value;
  },
  compare: compareNumbers,
  toJson: bare,
};

const integer: ColumnType<number> = {
  name: 'integer',
  sql: 'bigint',
  normalise(value) {
    if (!Number.isSafeInteger(value)) throw new CannotApply(`${show(value)} is not a whole number`);
    return value as number;
  },
  compare: compareNumbers,
  toJson: bare,
};

/** Deeper JSON cannot be stored, since parsers such as Postgres's recurse by level. */
const MAX_JSON_DEPTH = 200;

/** JSON text, kept as text (numbers beyond 2^53 survive) and of type `json` in views. */
const json: ColumnType<string> = {
  name: 'json',
  sql: 'text COLLATE "C"',
  normalise(value) {
    return storableJson(value);
  },
  compare: compareText,
  toJson: bare,
};

/** A UTC day as YYYY-MM-DD. */
const date: ColumnType<string> = {
  name: 'date',
  sql: 'date',
  normalise(value) {
    if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value))
      throw new CannotApply(`${show(value)} is not a day`);
    return value;
  },
  compare: compareText,
  toJson: quoted,
};

/** A set of texts, kept sorted by UTF-8 bytes and without repeats. Only for the merge *union*. */
const set: ColumnType<readonly string[]> = {
  name: 'set',
  sql: 'text[] COLLATE "C"',
  normalise(value) {
    if (!Array.isArray(value)) throw new CannotApply(`${show(value)} is not a list of texts`);
    return sortedSet(value.map((item) => text.normalise(item) as string));
  },
  compare: () => 0,
  toJson: quoted,
};

/** Every type that a column may have, by name. */
export const COLUMN_TYPES = { uuid, text, uid, instant, boolean, integer, json, date, set } as const;

/** Postgres type of a computed column: without the collation of stored ones. */
export const plainSqlType = ({ sql }: ColumnType<unknown>): string => sql.replace(' COLLATE "C"', '');

export function sortedSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort(compareUtf8);
}

/** How deep a valid JSON text is nested: 0 for a scalar. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
}

const ESCAPED_NUL_OR_SURROGATE = /\\u(?:0000|[dD][89a-fA-F])/;

function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new CannotApply(`${show(text)} is not JSON`);
  }
}

/** The text itself. If it has an (escaped) U+0000 or lone surrogate, it is rewritten without. */
function storableJson(value: unknown): string | null {
  if (typeof value !== 'string') throw new CannotApply(`${show(value)} is not JSON text`);
  if (jsonDepth(value) > MAX_JSON_DEPTH) throw new CannotApply(`nested deeper than ${MAX_JSON_DEPTH} levels`);
  assertJson(value);
  if (value.trim() === 'null') return null;
  if (!ESCAPED_NUL_OR_SURROGATE.test(value) && !NUL_OR_SURROGATE.test(value)) return value;
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
  return JSON.stringify(
    parse(value, (_key, item, context) => {
      if (typeof item === 'string') return storableText(item);
      if (typeof item === 'number' && context.source !== undefined) return rawJson(context.source);
      return withStorableKeys(item);
    }),
  );
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
/** Part of ES2025; TypeScript's library does not have it yet. */
const { rawJSON: rawJson, isRawJSON: isRawJson } = JSON as unknown as {
  rawJSON: (text: string) => unknown;
  isRawJSON: (value: unknown) => boolean;
};

function withStorableKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isRawJson(value)) return value;
  const entries = Object.entries(value);
  if (entries.every(([key]) => !NUL_OR_SURROGATE.test(key))) return value;
  return Object.fromEntries(entries.map(([key, item]) => [storableText(key), item]));
}

function show(value: unknown): string {
  const shown = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return shown.length > 80 ? `${shown.slice(0, 77)}…` : shown;
}
