/**
 * Where things stand in the bytes of a JSON text, so that they can be kept or replaced without being copied. A
 * byte of a multi-byte character is never taken for a separator: in UTF-8 those are 0x80 and above.
 */
export interface LocatedObject {
  /** Offsets of the object's braces in the bytes; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The value of its member `time`, the last one if there are several; -1 when there is none. */
  readonly timeStart: number;
  readonly timeEnd: number;
  /** How deep it is nested: 1 for an object of scalars. */
  readonly depth: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const [T, I, M, E] = [0x74, 0x69, 0x6d, 0x65];

/**
 * The JSON object that starts at `start`. One pass, which checks nothing: of bytes that JSON.parse takes from
 * `start` to `end` the result is true, of others it may be anything.
 *
 * @returns null when no object ends, or when a member's name has an escape: then only parsing it tells its name
 */
export function locateObject(bytes: Uint8Array, start: number): LocatedObject | null {
  const { length } = bytes;
  let depth = 0;
  let deepest = 0;
  let named = false;
  let isTime = false;
  let timeStart = -1;
  let timeEnd = -1;
  if (bytes[start] !== OPEN_OBJECT) return null;
  for (let i = start; i < length; i++) {
    switch (bytes[i]!) {
      case QUOTE: {
        const open = i++;
        let escapes = false;
        for (; i < length && bytes[i] !== QUOTE; i++)
          if (bytes[i] === BACKSLASH) {
            escapes = true;
            i++;
          }
        if (depth === 1 && !named) {
          if (escapes) return null;
          isTime = i - open === 5 && isTimeAt(bytes, open + 1);
        }
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (++depth > deepest) deepest = depth;
        break;
      case COLON:
        if (depth === 1) {
          named = true;
          if (isTime) timeStart = i + 1;
        }
        break;
      case COMMA:
        if (depth === 1) {
          if (isTime) timeEnd = i;
          named = isTime = false;
        }
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        if (--depth === 0) {
          if (isTime) timeEnd = i;
          while (timeStart < timeEnd && isSpace(bytes[timeStart]!)) timeStart++;
          while (timeEnd > timeStart && isSpace(bytes[timeEnd - 1]!)) timeEnd--;
          return { start, end: i + 1, timeStart, timeEnd, depth: deepest };
        }
        break;
      default:
    }
  }
  return null;
}

/**
 * The elements of a JSON array of objects, each by `locateObject`.
 *
 * @returns null when the bytes are not, on their face, an array of at most `most` objects
 */
export function locateElements(bytes: Uint8Array, most: number): LocatedObject[] | null {
  const elements: LocatedObject[] = [];
  let at = afterSpace(bytes, 0);
  if (bytes[at] !== OPEN_ARRAY) return null;
  at = afterSpace(bytes, at + 1);
  if (bytes[at] !== CLOSE_ARRAY)
    for (;;) {
      const element = elements.length < most ? locateObject(bytes, at) : null;
      if (element === null) return null;
      elements.push(element);
      at = afterSpace(bytes, element.end);
      if (bytes[at] === CLOSE_ARRAY) break;
      if (bytes[at] !== COMMA) return null;
      at = afterSpace(bytes, at + 1);
    }
  return afterSpace(bytes, at + 1) === bytes.length ? elements : null;
}

function isTimeAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === T && bytes[at + 1] === I && bytes[at + 2] === M && bytes[at + 3] === E;
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at]!)) at++;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
