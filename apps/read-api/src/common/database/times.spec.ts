import fc from 'fast-check';
import { isoTimeInJson } from './times';

describe('a time in the JSON of Postgres', () => {
  it('is shown to the millisecond, from year 1 to 9999', () => {
    const [min, max] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];
    fc.assert(
      fc.property(fc.integer({ min, max }), fc.boolean(), (time, isWhole) => {
        const iso = new Date(isWhole ? Math.floor(time / 1_000) * 1_000 : time).toISOString();
        // Postgres writes no zeros at the end of a fraction.
        const fraction = iso.slice(19, -1).replace(/\.?0+$/, '');
        const written = `${iso.slice(0, 19)}${fraction}+00:00`;
        expect(isoTimeInJson(written)).toBe(iso);
      }),
    );
  });

  it.each([
    ['2025-02-03T12:00:00+00:00', '2025-02-03T12:00:00.000Z'],
    ['2025-02-03T12:00:00.5+00:00', '2025-02-03T12:00:00.500Z'],
    ['2025-02-03T12:00:00.001999+00:00', '2025-02-03T12:00:00.001Z'],
  ])('%s is %s', (written, iso) => {
    expect(isoTimeInJson(written)).toBe(iso);
  });
});
