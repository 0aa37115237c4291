import fc from 'fast-check';
import { acceptElements, acceptEvent, MAX_EVENT_BYTES } from './accept';
import { example, TIME } from './examples.fixture';
import { elementTexts, eventTexts, space } from './odd-events.fixture';

const accept = (text: string) =>
  acceptElements({ workspace: 'default', bytes: Buffer.from(text), now: TIME }, 5);

describe('acceptElements', () => {
  it('decides on each element as acceptEvent does on it alone', () => {
    let decided = 0;
    fc.assert(
      fc.property(fc.array(eventTexts, { maxLength: 5 }), space, (texts, around) => {
        const acceptances = accept(
          `${around}[${texts.map((text) => around + text).join(`${around},`)}]${around}`,
        );
        if (acceptances === null) return expect(texts.join('')).toMatch(/\\/);
        decided += acceptances.length;
        expect(acceptances).toEqual(
          texts.map((text) => acceptEvent({ workspace: 'default', bytes: Buffer.from(text), now: TIME })),
        );
      }),
      { numRuns: 1_000 },
    );
    expect(decided).toBeGreaterThan(300);
  });

  it('decides on nothing that is not JSON', () => {
    const cut = fc.tuple(elementTexts, elementTexts, fc.nat(), fc.string({ maxLength: 2 }));
    fc.assert(
      fc.property(cut, ([one, other, at, put]) => {
        const text = `[${one},${other}]`;
        const broken = text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1);
        if (accept(broken) !== null) expect(JSON.parse(broken)).toBeInstanceOf(Array);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from([0x5b, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x5d])],
    ['an element that is no object', Buffer.from('[{"event":"x","time":1740133769},5]')],
    ['an element that is too large', Buffer.from(`[{"pad":"${'x'.repeat(MAX_EVENT_BYTES)}"}]`)],
    ['more elements than there may be', Buffer.from('[{},{},{}]')],
  ])('leaves %s to a closer look', (_what, bytes) => {
    expect(acceptElements({ workspace: 'default', bytes, now: TIME }, 2)).toBeNull();
  });

  it('rejects an element without an envelope, and takes the others', () => {
    const event = JSON.stringify(example('tour.started'));
    expect(accept(`[${event},{}]`)).toMatchObject([
      { outcome: 'accepted' },
      { outcome: 'rejected', status: 422 },
    ]);
  });
});
