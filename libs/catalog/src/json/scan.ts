/**
 * Where things stand in a JSON text, so that a part can be kept or replaced to the byte. All of it takes text
 * that JSON.parse has accepted, and does not check it again.
 */
export interface Span {
  /** Offsets in the text, in UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The top-level members of a JSON object. Of a repeated name the last counts, as for JSON.parse. */
export class Members {
  constructor(
    private readonly text: string,
    private readonly spans: ReadonlyMap<string, Span>,
    /** How deep the text is nested: 1 for an object of scalars. */
    readonly depth: number,
  ) {}

  /** The member's JSON text, as it stands. */
  get(name: string): string | undefined {
    const span = this.spans.get(name);
    return span && this.text.slice(span.start, span.end);
  }

  span(name: string): Span | undefined {
    return this.spans.get(name);
  }
}

/** @param text a valid JSON object */
export function scanMembers(text: string): Members {
  const spans = new Map<string, Span>();
  let name = '';
  const depth = walk(text, (start, end, separator) => {
    const span = trimmed(text, start, end);
    if (separator === COLON) name = JSON.parse(text.slice(span.start, span.end)) as string;
    // Only an empty object has nothing between its braces.
    else if (span.end > span.start) spans.set(name, span);
  });
  return new Members(text, spans, depth);
}

/** @param text a valid JSON array; gives the JSON text of each element, as it stands */
export function scanElements(text: string): string[] {
  const elements: string[] = [];
  walk(text, (start, end) => {
    const span = trimmed(text, start, end);
    if (span.end > span.start) elements.push(text.slice(span.start, span.end));
  });
  return elements;
}

/**
 * Where the elements of an array are in a text that is not valid JSON, if its brackets and quotes still tell. What an
 * element is made of may be anything; nothing between two commas is an element, after the last comma it is none.
 *
 * @returns null when they do not tell: then nobody knows where one element ends and the next begins
 */
export function splitElements(text: string): Span[] | null {
  const whole = trimmed(text, 0, text.length);
  if (text.charCodeAt(whole.start) !== OPEN_ARRAY) return null;
  const elements: Span[] = [];
  let closedAt = -1;
  try {
    walk(text, (start, end, separator) => {
      if (closedAt >= 0) closedAt = text.length;
      else if (separator === CLOSE_ARRAY) closedAt = end;
      const span = trimmed(text, start, end);
      if (span.end > span.start || separator === COMMA) elements.push(span);
    });
  } catch {
    return null;
  }
  return closedAt === whole.end - 1 ? elements : null;
}

/**
 * Calls `part` for every stretch between two separators of the outermost container, with the separator (or
 * bracket) that ends it.
 *
 * @returns how deep the text is nested
 */
function walk(text: string, part: (start: number, end: number, separator: number) => void): number {
  let depth = 0;
  let deepest = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (++depth > deepest) deepest = depth;
        if (depth === 1) start = i + 1;
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        if (depth-- === 1) part(start, i, text.charCodeAt(i));
        break;
      case COMMA:
      case COLON:
        if (depth === 1) {
          part(start, i, text.charCodeAt(i));
          start = i + 1;
        }
        break;
      default:
    }
  }
  return deepest;
}

/** The offset of the quote that closes the string opened at `open`. */
function endOfString(text: string, open: number): number {
  for (let end = text.indexOf('"', open + 1); ; end = text.indexOf('"', end + 1)) {
    if (end < 0) throw new SyntaxError('a string in JSON text does not end');
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function trimmed(text: string, from: number, to: number): Span {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return { start, end };
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
