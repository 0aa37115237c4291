import { endOf, followedFrom, leavesOut } from './followed';

const at = (second: number) => `2025-02-03T12:00:0${second}.000Z`;
const items = (...seconds: number[]) => seconds.map((second) => ({ appendedAt: at(second) }) as never);

describe('following the log', () => {
  it('begins at the end of the log by its own times, whatever time it is here', () => {
    expect(endOf({ items: items(5), nextCursor: 'more', scannedTo: at(5) })).toBe(at(5));
    expect(endOf({ items: [], nextCursor: 'more', scannedTo: at(2) })).toBe(at(2));
    const ofNothing = endOf({ items: [], nextCursor: null, scannedTo: null });
    expect(followedFrom(ofNothing, undefined)).toBe('1970-01-01T00:00:00.000Z');
  });

  it('finds what a gateway with a slow clock appends', () => {
    expect(followedFrom(at(5), undefined)).toBe('2025-02-03T11:59:05.000Z');
    expect(followedFrom(at(5), '2025-02-03')).toBe('2025-02-03T11:59:05.000Z');
    expect(followedFrom(at(5), at(3))).toBe(at(3));
  });

  it('leaves something out where the newest events do not reach back to its beginning', () => {
    const page = { items: items(9, 8), nextCursor: 'more', scannedTo: at(8) };
    expect(leavesOut(page, at(5))).toBe(true);
    expect(leavesOut({ ...page, scannedTo: null }, at(5))).toBe(true);
    expect(leavesOut(page, at(8))).toBe(false);
    expect(leavesOut({ ...page, nextCursor: null }, at(5))).toBe(false);
  });
});
