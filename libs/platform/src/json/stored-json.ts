/**
 * JSON text that was stored, on its way into an answer. It is put there as it stands, without being parsed:
 * so numbers beyond 2^53, the order of members and any depth survive.
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

  /** Outside of `jsonText` it is parsed like any JSON. */
  toJSON(): unknown {
    if (embedded === null) return JSON.parse(this.text);
    embedded.push(this.text);
    return PLACE;
  }
}

/** Stands for a stored text while the rest is written. Random, so that no other string can be taken for it. */
const PLACE = crypto.randomUUID();

/** Texts met by the `jsonText` that is running; it never yields, so there is one at most. */
let embedded: string[] | null = null;

/** A value as JSON, with every StoredJson in it as it stands. */
export function jsonText(value: unknown): string {
  const texts: string[] = [];
  embedded = texts;
  try {
    const json = JSON.stringify(value);
    if (texts.length === 0) return json;
    // They were met in the order in which their places stand.
    const [before, ...between] = json.split(`"${PLACE}"`);
    return between.reduce((whole, part, index) => whole + texts[index]! + part, before!);
  } finally {
    embedded = null;
  }
}

const SUSPECT = /\\u(?:0000|[dD][89a-fA-F])|[\ud800-\udfff\0]/;
// Each escape as a whole, so that the second backslash of \\u0000 starts none; surrogate pairs stay together.
const ESCAPES = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\[^u]/g;
const UNSHOWABLE = /^\\u(?:0000|[dD][89a-fA-F][\da-fA-F]{2})$/;

/** The text with U+0000 and lone surrogates in its strings as U+FFFD. */
function showable(json: string): string {
  if (!SUSPECT.test(json)) return json;
  return json
    .toWellFormed()
    .replaceAll('\u0000', '\ufffd')
    .replace(ESCAPES, (escape) => (UNSHOWABLE.test(escape) ? '\ufffd' : escape));
}
