import fc from 'fast-check';
import { instantOf } from './times';

const TIME = Date.UTC(2025, 1, 21, 8, 15, 3);
const END_OF_2029 = Date.UTC(2030, 0, 1);

describe('a time inside an object', () => {
  it.each([
    [1740125703, TIME],
    ['1740125703', TIME],
    [1740125703000, TIME],
    ['1740125703000', TIME],
    [1740125703.25, TIME + 250],
    ['1740125703.250000', TIME + 250],
    [1740125703000.75, TIME],
    [1740125703000123, TIME],
    ['1740125703000123456', TIME],
    [1740125703000123456, TIME],
    [' 1740125703\n', TIME],
    [1893456000, END_OF_2029],
    ['1893456000', END_OF_2029],
    [999999999999, 999999999999],
    ['2025-02-21T08:15:03.000Z', TIME],
    ['2025-02-21T08:15:03', TIME],
    ['2025-02-21 08:15:03', TIME],
    ['2025-02-21 08:15:03 UTC', TIME],
    ['2025-02-21 10:15:03+02', TIME],
    ['2025-02-21T10:15:03+0200', TIME],
    ['2025-02-21T08:15:03.123456789123Z', TIME + 123],
    ['2025-02-21', Date.UTC(2025, 1, 21)],
    ['Fri, 21 Feb 2025 08:15:03 GMT', TIME],
    ['21 Feb 2025 10:15:03 +0200', TIME],
    ['1969-07-20T20:17:40Z', Date.UTC(1969, 6, 20, 20, 17, 40)],
    ['9999-12-30T00:00:00.000Z', Date.UTC(9999, 11, 30)],
  ])('%j is %d', (value, time) => {
    expect(instantOf(value)).toBe(time);
  });

  it.each([
    ...[0, -0, '0', '00', '0.0', '0000000000', '0000000000000', '', ' ', false, null],
    ...['0000-00-00', '0000-00-00 00:00:00', '0000-00-00T00:00:00.000Z'],
    ...['0001-01-01T00:00:00Z', '0001-01-01T00:00:00', '1900-01-01T00:00:00.000Z'],
    ...['1970-01-01T00:00:00.000Z', '1970-01-01', '1970-01-01T01:00:00+01:00'],
    ...[-1, '-1', -62135596800, '-62135596800', '9999-12-31T23:59:59.999Z'],
    ...[253402300799, '253402300799', 253402300799999],
  ])('%j means that there is none', (value) => {
    expect(instantOf(value)).toBeNull();
  });

  it.each([
    ...[1, 7, 20250221, '20250221', 17401257030, 20250221081503, '1740125703e0', 1e300, Number.NaN],
    ...[
      'soon',
      'never',
      '1',
      '2030',
      'May 2030',
      '2025-02-30',
      '2025-13-01T00:00:00Z',
      '2025-02-21T25:00:00Z',
    ],
    ...['0x67b8', '0001740125703', '+1740125703', true, [], {}, [1740125703]],
  ])('%j is none that could be read', (value) => {
    expect(instantOf(value)).toBeNull();
  });

  it('that is absent says nothing', () => {
    expect(instantOf(undefined)).toBeUndefined();
  });

  it('is the same in every form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e9, max: 9_999_999_999 }), (seconds) => {
        const time = seconds * 1000;
        const iso = new Date(time).toISOString();
        const forms = [seconds, `${seconds}`, time, `${time}`, `${time}000`, `${time}000000`, iso];
        for (const form of [
          ...forms,
          iso.replace('Z', ''),
          iso.replace('T', ' '),
          new Date(time).toUTCString(),
        ])
          expect(instantOf(form)).toBe(time);
      }),
    );
  });
});
