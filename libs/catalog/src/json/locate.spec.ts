import fc from 'fast-check';
import { elementTexts, eventTexts, space } from '../odd-events.fixture';
import { locateElements, locateObject } from './locate';
import { scanElements, scanMembers } from './scan';

describe('locateObject', () => {
  it('finds what scanMembers finds, or leaves it to parsing when a name has an escape', () => {
    let found = 0;
    fc.assert(
      fc.property(eventTexts, space, (text, before) => {
        const bytes = Buffer.from(before + text + before);
        const located = locateObject(bytes, before.length);
        const members = scanMembers(text);
        if (located === null) return expect(text).toMatch(/\\/);
        found++;
        expect(bytes.toString('utf8', located.start, located.end)).toBe(text.toWellFormed());
        expect(located.depth).toBe(members.depth);
        const token = bytes.toString('utf8', located.timeStart, located.timeEnd);
        expect(located.timeStart < 0 ? undefined : token).toBe(members.get('time')?.toWellFormed());
      }),
      { numRuns: 2_000 },
    );
    expect(found).toBeGreaterThan(500);
  });

  it.each(['', '[', '{', '{"a', '{"a\\', '{"a":{}', '"x"', '{"\\u0074ime":1}'])(
    'finds none in %j',
    (text) => {
      expect(locateObject(Buffer.from(text), 0)).toBeNull();
    },
  );

  it('ends, whatever bytes there are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (tail) => {
        const bytes = Buffer.concat([Buffer.from('{"'), tail]);
        expect(locateObject(bytes, 0)?.end ?? 0).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('locateElements', () => {
  it('finds what scanElements finds in an array of objects', () => {
    fc.assert(
      fc.property(fc.array(elementTexts, { maxLength: 6 }), space, (texts, around) => {
        const bytes = Buffer.from(
          `${around}[${texts.map((text) => around + text + around).join(',')}]${around}`,
        );
        const located = locateElements(bytes, 6);
        if (located === null)
          return expect(texts.some((text) => !text.startsWith('{') || text.includes('\\'))).toBe(true);
        expect(located.map(({ start, end }) => bytes.toString('utf8', start, end))).toEqual(
          scanElements(bytes.toString()),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['', '[', '[1]', '[{}', '[{},]', '[,{}]', '[{}{}]', '[{}]{}', '{}', '[{},{},{}]'])(
    'finds none in %j',
    (text) => {
      expect(locateElements(Buffer.from(text), 2)).toBeNull();
    },
  );

  it('finds nothing in an empty array', () => {
    expect(locateElements(Buffer.from(' [ ] '), 2)).toEqual([]);
  });
});
