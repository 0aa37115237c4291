import { depthOf, meaningOf, membersOf, readableJson } from './json-text';

describe("the oracle's own reading of JSON text", () => {
  it('finds members as they stand; of a repeated name the last', () => {
    const text =
      '{ "a" : [1, {"b":"}"}] ,"\\u0062":1.0,"c":"x\\"y","a":{"deep" : [ ]}, "d":12345678901234567890 }';
    expect([...membersOf(text)]).toEqual([
      ['a', '{"deep" : [ ]}'],
      ['b', '1.0'],
      ['c', '"x\\"y"'],
      ['d', '12345678901234567890'],
    ]);
    expect(membersOf('{}').size).toBe(0);
  });

  it('counts how deep it is nested, brackets in strings aside', () => {
    expect(['1', '[]', '[{"a":[]},[]]', '["[[[["]'].map(depthOf)).toEqual([0, 1, 3, 1]);
  });

  it('replaces what cannot be stored and nothing else', () => {
    expect(readableJson('{"a\\u0000":["\\ud800","\\ud83d\\ude00"], "n":1e400}')).toBe(
      '{"a\ufffd":["\ufffd","\\ud83d\\ude00"], "n":1e400}',
    );
  });

  it('takes texts for the same that say the same', () => {
    expect(meaningOf('{"b":[1,"\\u0041"],"a":null}')).toBe(meaningOf(' { "a" : null, "b":[ 1, "A" ] }'));
    for (const other of ['{"a":1.0}', '{"a":"1"}', '{"a":[1]}', '{"b":1}', '{"a":1,"b":1}'])
      expect(meaningOf(other)).not.toBe(meaningOf('{"a":1}'));
    expect(meaningOf('9007199254740993')).not.toBe(meaningOf('9007199254740992'));
    expect(meaningOf('{"__proto__":1}')).not.toBe(meaningOf('{}'));
  });
});
