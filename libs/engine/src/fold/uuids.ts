const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const ESCAPE = /\\u00([2-7][0-9a-f])/gi;

/** Every UUID in a JSON text, in lower case, each once. */
export function uuidsIn(json: string): readonly string[] {
  // A letter, digit or hyphen may be written as an escape; what that makes of other text does not matter.
  const plain = json.includes('\\u')
    ? json.replace(ESCAPE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : json;
  return [...new Set((plain.match(UUIDS) ?? []).map((uuid) => uuid.toLowerCase()))];
}
