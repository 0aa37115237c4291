import fc from 'fast-check';
import { readTime } from './time';

describe('readTime', () => {
  it.each([
    [1740125703, 1740125703000],
    [1740125703000, 1740125703000],
    [1.740125703e12, 1740125703000],
    [174012570300, 174012570300],
    ['1740125703', 1740125703000],
    ['1740125703000', 1740125703000],
    ['2025-02-21T08:15:03.000Z', 1740125703000],
    ['2025-02-21T08:15:03Z', 1740125703000],
    ['2025-02-21t08:15:03z', 1740125703000],
    ['2025-02-21T08:15:03.123456789Z', 1740125703123],
    ['2025-02-21T08:15:03,5Z', 1740125703500],
    ['2025-02-21T09:15:03+01:00', 1740125703000],
    ['2025-02-21T09:15:03+01', 1740125703000],
    ['2025-02-21T02:45:03-0530', 1740125703000],
    ['2025-02-21T08:15:03-00:00', 1740125703000],
    ['2025-02-21T08:15Z', 1740125700000],
    ['2024-02-29T00:00:00Z', 1709164800000],
    ['2016-12-31T23:59:60Z', 1483228800000],
    ['0001-01-01T00:00:00Z', -62135596800000],
    ['0050-01-01T00:00:00Z', -60589296000000],
    ['9999-12-31T23:59:59.999Z', 253402300799999],
  ])('reads %j as %j', (value, time) => {
    expect(readTime(value)).toBe(time);
  });

  it.each([
    0,
    -0,
    -1740125703,
    1740125703.5,
    17401257030,
    17401257030000000,
    1e300,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    true,
    null,
    undefined,
    [],
    [1740125703],
    {},
    '',
    '1740125703 ',
    ' 1740125703',
    '+1740125703',
    '-1740125703',
    '1740125703.0',
    '1.740125703e12',
    '0001740125703',
    '٠١٢٣٤٥٦٧٨٩',
    '2025-02-21',
    '2025-02-21T08:15:03',
    '2025-02-21 08:15:03Z',
    '2025-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-00-01T00:00:00Z',
    '2025-01-00T00:00:00Z',
    '2025-01-01T24:00:00Z',
    '2025-01-01T00:60:00Z',
    '2025-01-01T00:00:61Z',
    '2025-01-01T00:00:00+24:00',
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '+002025-02-21T08:15:03Z',
    '2025-02-21T08:15:03Z\n',
    'Fri, 21 Feb 2025 08:15:03 GMT',
    'now',
  ])('does not read %j', (value) => {
    expect(readTime(value)).toBeUndefined();
  });

  it('reads what Date writes, in every form that has room for it', () => {
    const seconds = fc.integer({ min: 1_000_000_000, max: 9_999_999_999 });
    fc.assert(
      fc.property(seconds, (time) => {
        const iso = new Date(time * 1000).toISOString();
        for (const form of [time, time * 1000, String(time), String(time * 1000), iso])
          expect(readTime(form)).toBe(time * 1000);
      }),
    );
  });

  it('reads a number by the digits of its value', () => {
    const numbers = fc.oneof(fc.double(), fc.integer(), fc.bigInt({ min: 0n, max: 10n ** 16n }).map(Number));
    fc.assert(
      fc.property(numbers, (number) => {
        expect(readTime(number)).toBe(readTime(String(number).replace(/^0/, 'x')));
      }),
    );
  });

  it('agrees with Date on every date that it reads', () => {
    const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    fc.assert(
      fc.property(part(99), part(13), part(32), part(24), part(60), (year, month, day, hour, minute) => {
        const text = `20${year}-${month}-${day}T${hour}:${minute}:00.000Z`;
        const time = readTime(text);
        const read = new Date(text);
        const real = !Number.isNaN(read.getTime()) && read.toISOString() === text;
        expect(time).toBe(real ? read.getTime() : undefined);
      }),
      { numRuns: 2000 },
    );
  });
});
