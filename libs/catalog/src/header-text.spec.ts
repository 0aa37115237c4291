import fc from 'fast-check';
import { epochMilliseconds, lowerCaseUuid, Memo } from './header-text';

describe('the time of a header', () => {
  it('is what Date.parse gives', () => {
    const field = (max: number, length: number) =>
      fc.oneof(fc.nat(max), fc.nat(99)).map((value) => String(value).padStart(length, '0').slice(-length));
    const form = fc
      .tuple(
        field(9999, 4),
        field(12, 2),
        field(31, 2),
        field(24, 2),
        field(60, 2),
        field(60, 2),
        field(999, 3),
      )
      .map(([y, mo, d, h, mi, s, ms]) => `${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
    const date = fc
      .date({
        min: new Date('0000-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59Z'),
        noInvalidDate: true,
      })
      .map((value) => value.toISOString());
    const other = fc.oneof(fc.string(), fc.constantFrom('2025-02-21', '2025-02-21T10:29:29+01:00', ''));
    fc.assert(
      fc.property(fc.oneof(form, date, other), (text) => {
        expect(epochMilliseconds(text)).toBe(Date.parse(text));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the id of a header', () => {
  it.each([
    ['17dff65e-434d-4454-bb57-a1167fefbb6b', '17dff65e-434d-4454-bb57-a1167fefbb6b'],
    ['17DFF65E-434d-4454-bb57-a1167fefbb6b', '17dff65e-434d-4454-bb57-a1167fefbb6b'],
    ['17dff65e-434d-4454-bb57-a1167fefbb6', undefined],
    ['17dff65e0434d-4454-bb57-a1167fefbb6b', undefined],
    ['17dff65e-434d-4454-bb57-a1167fefbb6g', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %s is %s', (text, id) => {
    expect(lowerCaseUuid(text)).toBe(id);
  });
});

describe('what is remembered of a text', () => {
  it('is made once, and stays right for more texts than are kept', () => {
    let made = 0;
    const memo = new Memo((text) => `${text} ${(made++, '')}`.trim());
    expect([memo.of('a'), memo.of('a'), made]).toEqual(['a', 'a', 1]);
    for (let i = 0; i < 3_000; i++) expect(memo.of(`${i}`)).toBe(`${i}`);
    expect(memo.of('a')).toBe('a');
  });
});
