import { time } from './reading';

/** Written apart from the projections: what each says of a time inside an object must be the same. */
describe('the oracle reads a time inside an object', () => {
  const TIME = Date.UTC(2025, 1, 21, 8, 15, 3);

  it.each([
    ...[1740125703, '1740125703', 1740125703000, '1740125703000', 1740125703000123, '1740125703000123456'],
    ...[
      '2025-02-21T08:15:03.000Z',
      '2025-02-21 08:15:03',
      '2025-02-21 08:15:03 UTC',
      '2025-02-21T10:15:03+02',
    ],
    ...['2025-02-21T10:15:03+0200', 'Fri, 21 Feb 2025 08:15:03 GMT', ' 1740125703 '],
  ])('in whatever form: %j', (value) => {
    expect(time(value)).toBe(TIME);
  });

  it.each([
    ...[0, '0', '', '1', 'soon', 1e300, false, null, 17401257030, 253402300799, '2025-02-30T00:00:00Z'],
    ...['0000-00-00 00:00:00', '0001-01-01T00:00:00Z', '1900-01-01', '1970-01-01T00:00:00.000Z'],
  ])('and none in %j', (value) => {
    expect(time(value)).toBeNull();
  });
});
