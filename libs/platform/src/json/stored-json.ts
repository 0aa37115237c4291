/**
 * Stored JSON text, which is put into a response unchanged and unparsed, so that numbers beyond 2^53, the order of members
 * and any depth survive.
 */
export class StoredJson {
  readonly text: string;

  /** @param text valid JSON */
  constructor(text: string) {
    this.text = showable(text);
  }

  static orNull(text: string | null): StoredJson | null {
    return text === null ? null : new StoredJson(text);
  }

  /** For `JSON.stringify`, which parses it like any JSON. */
  toJSON(): unknown {
    if (embedded === null) return JSON.parse(this.text);
    embedded.push(this.text);
    return PLACE;
  }
}

/** The placeholder of a stored text while the rest is written. It is random, so that no other string equals it. */
const PLACE = crypto.randomUUID();

/** Texts that the running `jsonText` has found. It never yields, so only one runs at a time. */
let embedded: string[] | null = null;

/** A value as JSON, with every StoredJson in it unchanged. */
export function jsonText(value: unknown): string {
  const texts: string[] = [];
  embedded = texts;
  try {
    const json = JSON.stringify(value);
    if (texts.length === 0) return json;
    // They were found in the order of their placeholders.
    const [before, ...between] = json.split(`"${PLACE}"`);
    return between.reduce((whole, part, index) => whole + texts[index]! + part, before!);
  } finally {
    embedded = null;
  }
}

const SUSPECT = /\\u(?:0000|[dD][89a-fA-F])|[\ud800-\udfff\0]/;
// Matches each escape completely, so that the second backslash of \\u0000 starts none; surrogate pairs stay together.
const ESCAPES = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\[^u]/g;
const UNSHOWABLE = /^\\u(?:0000|[dD][89a-fA-F][\da-fA-F]{2})$/;

/** Replaces U+0000 and lone surrogates in the strings of the text by U+FFFD. */
function showable(json: string): string {
  if (!SUSPECT.test(json)) return json;
  return json
    .toWellFormed()
    .replaceAll('\u0000', '\ufffd')
    .replace(ESCAPES, (escape) => (UNSHOWABLE.test(escape) ? '\ufffd' : escape));
}
