import fc from 'fast-check';
import type { Problem } from '@app/platform';
import { Permits, Shares } from './shares';

/** Takes units until one is refused; gives how many it were. */
function takeAll(shares: Shares, tokenKey: string): number {
  let taken = 0;
  for (; shares.allows(tokenKey); taken++) shares.take(tokenKey);
  return taken;
}

describe('shares of tokens', () => {
  it('let one alone have three quarters, and keep the rest for others', () => {
    const shares = new Shares({ all: 16 });
    expect([takeAll(shares, 'a'), takeAll(shares, 'b'), takeAll(shares, 'c')]).toEqual([12, 3, 1]);
    expect(shares.size).toBe(16);
    expect(shares.hasFree()).toBe(false);
  });

  it('are what a setting says while no other token has any', () => {
    expect(takeAll(new Shares({ all: 6, perToken: 5 }), 'a')).toBe(5);
    expect(takeAll(new Shares({ all: 6, perToken: 1 }), 'a')).toBe(1);
    expect(takeAll(new Shares({ all: 6, perToken: 6 }), 'a')).toBe(6);
    expect(takeAll(new Shares({ all: 6, perToken: 60 }), 'a')).toBe(6);
  });

  it('give the only unit to whoever comes first', () => {
    const shares = new Shares({ all: 1 });
    const giveBack = shares.take('a');
    expect([shares.allows('a'), shares.allows('b')]).toEqual([false, false]);
    giveBack();
    giveBack();
    expect([shares.size, shares.allows('b')]).toEqual([0, true]);
  });

  it.each([2, 3, 4, 5, 10])('keep one of %i units for another token', (all) => {
    const shares = new Shares({ all });
    takeAll(shares, 'a');
    expect(shares.allows('b')).toBe(true);
  });

  it('count units that are taken together', () => {
    const shares = new Shares({ all: 1_000 });
    expect([shares.allows('a', 750), shares.allows('a', 751)]).toEqual([true, false]);
    shares.take('a', 700);
    expect([shares.allows('a', 100), shares.allows('b', 100), shares.allows('b', 301)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('are never more than there is, nor is one of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.array(fc.nat(4)), (all, tokens) => {
        const shares = new Shares({ all });
        for (const token of tokens) if (shares.allows(String(token))) shares.take(String(token));
        expect(shares.size).toBeLessThanOrEqual(all);
        for (const token of tokens)
          expect(shares.heldBy(String(token))).toBeLessThanOrEqual(Math.max(1, Math.floor((all * 3) / 4)));
      }),
    );
  });
});

describe('permits', () => {
  const refusal = (work: () => unknown): unknown[] => {
    try {
      work();
      return [];
    } catch (error) {
      const { body, headers } = error as Problem;
      return [body.status, headers['retry-after'], body.detail];
    }
  };

  it('say whether all are taken, or only those of the token', () => {
    const permits = new Permits('streams', { all: 4 }, 2);
    const back = [permits.take('a'), permits.take('a'), permits.take('a')];
    expect(refusal(() => permits.take('a'))).toEqual([
      429,
      '2',
      'This token has its share of the streams (3 of 4); the others are kept for other tokens.',
    ]);
    permits.take('b');
    expect(refusal(() => permits.take('c'))).toEqual([503, '2', 'All 4 streams are in use.']);
    back.forEach((giveBack) => giveBack());
    expect(permits.size).toBe(1);
  });
});
