/** JSON text as it was sent, for what must be shown with all the digits that it was written with. */
export class JsonText {
  constructor(readonly text: string) {}
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** The JSON text of each member of an object that JSON.parse takes; of a repeated name the last counts. */
export function membersOf(object: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let name: string | undefined;
  let start = 0;
  for (const { 0: token, index } of object.matchAll(TOKEN)) {
    if (depth === 1 && token === ':') {
      start = index + 1;
      continue;
    }
    if (depth === 1 && (token === ',' || token === '}')) {
      if (name !== undefined) members.set(name, object.slice(start, index).trim());
      name = undefined;
    } else if (depth === 1 && name === undefined) name = JSON.parse(token) as string;
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
  }
  return members;
}

/** How deep it is nested; a scalar is not at all. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    if (token === '}' || token === ']') depth--;
  }
  return deepest;
}

/** Text that can be shown: contract: U+0000 and lone surrogates read back as U+FFFD. */
export function readable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** The same JSON text with readable strings, names included; all else stays as it stands. */
export function readableJson(json: string): string {
  return json.replace(TOKEN, (token) => {
    if (!token.startsWith('"')) return token;
    const text = JSON.parse(token) as string;
    return readable(text) === text ? token : JSON.stringify(readable(text));
  });
}

/**
 * What two JSON texts must have in common to say the same: white space, escapes and the order of members aside;
 * numbers by their digits.
 */
export function meaningOf(json: string): string {
  const parse = JSON.parse as (
    text: string,
    revive: (name: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown;
  return JSON.stringify(
    parse(json, (_name, value, { source }) => {
      if (typeof value === 'number') return { number: source };
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return { members: Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) };
    }),
  );
}
