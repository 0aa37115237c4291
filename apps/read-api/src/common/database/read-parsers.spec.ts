import fc from 'fast-check';
import { types } from 'pg';
import { readParsers } from './read-parsers';

const parse = readParsers(types).getTypeParser(1184) as (text: string) => number;

/** As a session in UTC writes it: no trailing zeros in the fraction. */
function written(time: number): string {
  const iso = new Date(time).toISOString();
  const fraction = iso.slice(19, -1).replace(/\.?0+$/, '');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction}+00`;
}

describe('times from Postgres', () => {
  it('are read to the millisecond, from year 1 to 9999', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
        (time) => {
          expect(parse(written(time))).toBe(time);
        },
      ),
    );
  });

  it.each([
    ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00Z'],
    ['0099-12-31 23:59:59.999+00', '0099-12-31T23:59:59.999Z'],
    ['2025-02-03 12:00:00.001999+00', '2025-02-03T12:00:00.001Z'],
    ['2025-02-03 12:00:00.29+00', '2025-02-03T12:00:00.290Z'],
    ['2025-02-03 12:00:00+02', '2025-02-03T10:00:00Z'],
    ['12025-02-03 12:00:00+00', '+012025-02-03T12:00:00Z'],
  ])('%s is %s', (text, iso) => {
    expect(parse(text)).toBe(Date.parse(iso));
  });
});
