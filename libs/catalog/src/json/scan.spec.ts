import fc from 'fast-check';
import { scanElements, scanMembers } from './scan';

const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/);

describe('scanMembers', () => {
  it('gives the text of each member as it stands, for any object with any white space', () => {
    const members = fc.array(fc.tuple(fc.string(), fc.jsonValue({ maxDepth: 4 }), space, space));
    fc.assert(
      fc.property(members, space, (parts, around) => {
        const texts = parts.map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)] as const);
        const body = texts.map(
          ([name, value], i) => `${parts[i]![2]}${name}${parts[i]![3]}:${parts[i]![2]}${value}`,
        );
        const text = `${around}{${body.join(around + ',')}${around}}${around}`;
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const scanned = scanMembers(text);
        for (const name of Object.keys(parsed)) expect(JSON.parse(scanned.get(name)!)).toEqual(parsed[name]);
        parts.forEach(([name], i) => {
          if (parts.findLastIndex(([other]) => other === name) === i)
            expect(scanned.get(name)).toBe(texts[i]![1]);
        });
      }),
    );
  });

  it.each([
    ['{"time":1,"time":2}', '2'],
    ['{"\\u0074ime":3}', '3'],
    ['{"a":{"time":1},"b":["time",{"time":2}],"c":"\\"time\\":9,","time":4}', '4'],
    ['{"time" :\n 5 \t}', '5'],
    ['{"x":"\\\\","time":6}', '6'],
    ['{"x":"{[,:","time":7,"y":"]}"}', '7'],
    ['{"__proto__":{"time":1},"time":8}', '8'],
  ])('finds the one `time` that counts in %s', (text, token) => {
    expect(scanMembers(text).get('time')).toBe(token);
  });

  it('finds nothing in an empty object', () => {
    expect(scanMembers(' { } ').get('')).toBeUndefined();
    expect(scanMembers('{"":1}').get('')).toBe('1');
  });

  it('does not hang on what is not JSON', () => {
    expect(() => scanMembers('{"a')).toThrow(SyntaxError);
  });

  it.each([
    ['{}', 1],
    ['{"a":1}', 1],
    ['{"a":[]}', 2],
    ['{"a":[{"b":[1]}],"c":"[[[["}', 4],
    [`{"a":${'['.repeat(130_000)}${']'.repeat(130_000)}}`, 130_001],
  ])('measures the depth of %.40s', (text, depth) => {
    expect(scanMembers(text).depth).toBe(depth);
  });
});

describe('scanElements', () => {
  it('gives the text of each element as it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), space, (values, around) => {
        const texts = values.map((value) => JSON.stringify(value));
        const text = `${around}[${texts.map((item) => around + item + around).join(',')}]${around}`;
        expect(scanElements(text)).toEqual(texts);
      }),
    );
  });

  it('finds nothing in an empty array', () => {
    expect(scanElements(' [ ] ')).toEqual([]);
  });
});
