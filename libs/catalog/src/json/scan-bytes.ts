/**
 * A pass over the bytes of a JSON object that checks them and notes where its members stand, and those of its
 * members that are objects. It takes only what JSON.parse takes; what is odd in a way that events are not (an
 * escape in a name that counts, deep nesting, very many members) it leaves to JSON.parse.
 */

/** Objects whose bytes were seen before: they need not be looked at again. */
export interface KnownObjects<K extends { readonly length: number }> {
  /** The known object whose whole text starts there. */
  at(bytes: Buffer, start: number): K | undefined;
}

/** What was noted: entries from `from` to `to` of the tape, of `SIZE` numbers each. */
export interface Notes<K> {
  readonly tape: Int32Array;
  readonly from: number;
  readonly to: number;
  /** The entry of a member that is a known object. */
  readonly knownEntry: number;
  readonly known: K | undefined;
}

/** An entry: where the name and the value stand in the bytes, and how far on the tape the next member's entry is. */
export const NAME = 0;
export const NAME_LENGTH = 1;
export const VALUE = 2;
/** Exclusive; negative when the value is a string with escapes. */
export const END = 3;
/** In between are the entries of the value's own members. */
export const SPAN = 4;
export const SIZE = 5;

/** Room for the entries of some 1,600 events; it is given up as a whole, not copied. */
const TAPE = 1 << 18;
/** Entries for one event, at most; ordinary ones have some 25. */
const MOST = 400 * SIZE;
const DEEPEST = 64;
/** Members of the object itself and of its members are noted. */
const NOTED_DEPTH = 2;

const FAILED = -1;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const LOWER = 0x20;

/** Bytes that may stand in a string as they are. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

const ESCAPES: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const LITERALS = [Buffer.from('true'), Buffer.from('false'), Buffer.from('null')] as const;

// The state of a pass. It is never interrupted, and there is only one thread: variables are faster than fields.
let tape = new Int32Array(0);
let used = 0;
let limit = 0;
let escaped = false;
let knownObjects: KnownObjects<{ readonly length: number }> | null = null;
let knownEntry = -1;
let known: { readonly length: number } | undefined;

/** @returns null for what is no JSON object, and for what is left to JSON.parse */
export function scanObject<K extends { readonly length: number }>(
  bytes: Buffer,
  objects: KnownObjects<K> | null,
): Notes<K> | null {
  if (tape.length - used < MOST) {
    tape = new Int32Array(TAPE);
    used = 0;
  }
  const from = used;
  limit = from + MOST;
  knownObjects = objects;
  knownEntry = -1;
  known = undefined;
  const { length } = bytes;
  const start = skipSpace(bytes, 0, length);
  let end = bytes[start] === OPEN_OBJECT ? object(bytes, start + 1, length, 1) : FAILED;
  if (end !== FAILED) end = skipSpace(bytes, end, length);
  if (end === length) return { tape, from, to: used, knownEntry, known: known as K | undefined };
  used = from;
  return null;
}

// Each takes where it starts and gives where what comes next starts, or FAILED.

function object(bytes: Buffer, start: number, length: number, depth: number): number {
  let at = skipSpace(bytes, start, length);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return FAILED;
    const name = at + 1;
    escaped = false;
    const nameEnd = string(bytes, name, length);
    if (nameEnd === FAILED) return FAILED;
    at = skipSpace(bytes, nameEnd, length);
    if (bytes[at] !== COLON) return FAILED;
    at = skipSpace(bytes, at + 1, length);
    if (depth <= NOTED_DEPTH) {
      const entry = used;
      if (escaped || entry === limit) return FAILED;
      used += SIZE;
      tape[entry + NAME] = name;
      tape[entry + NAME_LENGTH] = nameEnd - 1 - name;
      tape[entry + VALUE] = at;
      const end = depth === 1 ? member(bytes, at, length, entry) : value(bytes, at, length, depth);
      if (end === FAILED) return FAILED;
      tape[entry + END] = escaped && bytes[at] === QUOTE ? -end : end;
      tape[entry + SPAN] = used - entry;
      at = end;
    } else at = value(bytes, at, length, depth);
    if (at === FAILED) return FAILED;
    at = skipSpace(bytes, at, length);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) return FAILED;
    at = skipSpace(bytes, at + 1, length);
  }
}

function member(bytes: Buffer, start: number, length: number, entry: number): number {
  if (knownObjects !== null && bytes[start] === OPEN_OBJECT && known === undefined) {
    known = knownObjects.at(bytes, start);
    if (known !== undefined) {
      knownEntry = entry;
      return start + known.length;
    }
  }
  return value(bytes, start, length, 1);
}

function value(bytes: Buffer, start: number, length: number, depth: number): number {
  switch (bytes[start]!) {
    case QUOTE:
      escaped = false;
      return string(bytes, start + 1, length);
    case OPEN_OBJECT:
      return depth < DEEPEST ? object(bytes, start + 1, length, depth + 1) : FAILED;
    case OPEN_ARRAY:
      return depth < DEEPEST ? array(bytes, start + 1, length, depth + 1) : FAILED;
    case 0x74:
      return literal(bytes, start, LITERALS[0]);
    case 0x66:
      return literal(bytes, start, LITERALS[1]);
    case 0x6e:
      return literal(bytes, start, LITERALS[2]);
    default:
      return number(bytes, start, length);
  }
}

function array(bytes: Buffer, start: number, length: number, depth: number): number {
  let at = skipSpace(bytes, start, length);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = value(bytes, at, length, depth);
    if (at === FAILED) return FAILED;
    at = skipSpace(bytes, at, length);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) return FAILED;
    at = skipSpace(bytes, at + 1, length);
  }
}

/** @param start after the opening quote; sets `escaped` when it holds an escape */
function string(bytes: Buffer, start: number, length: number): number {
  let at = start;
  for (;;) {
    while (at < length && PLAIN[bytes[at]!] === 1) at++;
    if (at >= length) return FAILED;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return FAILED;
    escaped = true;
    at = escape(bytes, at + 1, length);
    if (at === FAILED) return FAILED;
  }
}

/** @param start after the backslash */
function escape(bytes: Buffer, start: number, length: number): number {
  if (start >= length) return FAILED;
  if (bytes[start] !== 0x75) return ESCAPES.has(bytes[start]!) ? start + 1 : FAILED;
  const end = start + 5;
  if (end > length) return FAILED;
  for (let at = start + 1; at < end; at++) {
    const letter = bytes[at]! | LOWER;
    if (!isDigit(bytes[at]) && !(letter >= 0x61 && letter <= 0x66)) return FAILED;
  }
  return end;
}

function number(bytes: Buffer, start: number, length: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  if (!isDigit(bytes[at])) return FAILED;
  at = bytes[at] === 0x30 ? at + 1 : digits(bytes, at, length);
  if (bytes[at] === 0x2e) {
    if (!isDigit(bytes[at + 1])) return FAILED;
    at = digits(bytes, at + 1, length);
  }
  if (at < length && (bytes[at]! | LOWER) === 0x65) {
    at++;
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
    if (!isDigit(bytes[at])) return FAILED;
    at = digits(bytes, at, length);
  }
  return at;
}

function digits(bytes: Buffer, start: number, length: number): number {
  let at = start;
  while (at < length && isDigit(bytes[at])) at++;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function literal(bytes: Buffer, start: number, word: Buffer): number {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return FAILED;
  return start + word.length;
}

function skipSpace(bytes: Buffer, start: number, length: number): number {
  let at = start;
  while (at < length && bytes[at]! <= 0x20 && isSpace(bytes[at]!)) at++;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
