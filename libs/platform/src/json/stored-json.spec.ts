import fc from 'fast-check';
import { jsonText, StoredJson } from './stored-json';

describe('stored JSON in a response', () => {
  it('keeps numbers beyond 2^53, the order of members and their names', () => {
    const text = '{"b":12345678901234567890,"1":1e999,"__proto__":{"a":-0.0},"a":[1.10]}';
    expect(jsonText({ payload: new StoredJson(text), list: [new StoredJson('1.0')] })).toBe(
      `{"payload":${text},"list":[1.0]}`,
    );
  });

  it('may be nested deeper than a parser can read', () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(jsonText({ payload: new StoredJson(text) })).toHaveLength(text.length + 12);
  });

  it('shows U+0000 and lone surrogates as U+FFFD and leaves everything else alone', () => {
    const text = String.raw`["a\u0000b","\ud800","\uDC00x","\ud83d\ude00","\\u0000","\\\u0000","\n\u00e9"]`;
    const shown = JSON.parse(jsonText(new StoredJson(text))) as string[];
    expect(shown).toEqual(['a\ufffdb', '\ufffd', '\ufffdx', '\u{1f600}', '\\u0000', '\\\ufffd', '\n\u00e9']);
  });

  it('is the same value as the parsed JSON for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        const shown = JSON.parse(jsonText({ a: new StoredJson(a), b: [new StoredJson(b)] })) as unknown;
        expect(JSON.stringify(shown)).toBe(
          JSON.stringify({ a: JSON.parse(a) as unknown, b: [JSON.parse(b)] }),
        );
      }),
    );
  });

  it('is parsed by JSON.stringify', () => {
    expect(JSON.stringify(new StoredJson('{"a": 1}'))).toBe('{"a":1}');
    expect(StoredJson.orNull(null)).toBeNull();
  });
});
