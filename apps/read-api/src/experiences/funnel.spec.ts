import fc from 'fast-check';
import { checkRange } from '../common/parameters/intervals';
import { funnelOf, type FunnelDay } from './funnel';

const EMPTY = {
  ...{ saw: 0, started: 0, completed: 0, startedAndCompleted: 0, dismissed: 0 },
  ...{ ctaClicks: 0, comments: 0, likes: 0 },
};
const day = (text: string, counts: Partial<FunnelDay> = {}): FunnelDay => ({
  ...EMPTY,
  ...counts,
  day: text,
});

describe('the funnel', () => {
  const days = [
    day('2025-02-03', { saw: 4, started: 2, completed: 1, startedAndCompleted: 1 }),
    day('2025-02-06', { saw: 1, completed: 1, ctaClicks: 7, likes: 1, comments: 2, dismissed: 1 }),
  ];

  it('has one element per day from the first to the last with data, empty ones included', () => {
    const { series, totals } = funnelOf(days, { interval: 'day' });
    expect(series.map(({ from, to, saw }) => [from, to, saw])).toEqual([
      ['2025-02-03', '2025-02-04', 4],
      ['2025-02-04', '2025-02-05', 0],
      ['2025-02-05', '2025-02-06', 0],
      ['2025-02-06', '2025-02-07', 1],
    ]);
    expect(Object.keys(series[0]!)[0]).toBe('from');
    expect(totals).toEqual({
      ...EMPTY,
      saw: 5,
      started: 2,
      completed: 2,
      startedAndCompleted: 1,
      completionRate: 0.5,
      ctaClicks: 7,
      likes: 1,
      comments: 2,
      dismissed: 1,
    });
  });

  it('rates by the share of those who started, and has no rate without starts', () => {
    const { series } = funnelOf(days, { interval: 'day' });
    expect(series.map(({ completionRate }) => completionRate)).toEqual([0.5, null, null, null]);
  });

  it('counts weeks from the start, the last one perhaps cut off', () => {
    const { series } = funnelOf(days, { from: '2025-02-01', to: '2025-02-10', interval: 'week' });
    expect(series.map(({ from, to, saw }) => [from, to, saw])).toEqual([
      ['2025-02-01', '2025-02-08', 5],
      ['2025-02-08', '2025-02-10', 0],
    ]);
  });

  it('takes what is not given from the data', () => {
    expect(
      funnelOf(days.slice(1), { from: '2025-02-05', interval: 'day' }).series.map(({ from }) => from),
    ).toEqual(['2025-02-05', '2025-02-06']);
    expect(funnelOf([], { interval: 'day' })).toEqual({
      totals: { ...EMPTY, completionRate: null },
      before: { ...EMPTY, completionRate: null },
      series: [],
    });
    expect(funnelOf([], { from: '2025-02-05', interval: 'day' }).series).toEqual([]);
    expect(funnelOf([], { from: '2025-02-05', to: '2025-02-07', interval: 'day' }).series).toHaveLength(2);
    expect(funnelOf([], { from: '2025-02-05', to: '2025-02-05', interval: 'day' }).series).toEqual([]);
  });

  it('refuses a range that ends before it starts, or has more than 1,000 elements', () => {
    expect(() => checkRange({ from: '2025-02-05', to: '2025-02-04', interval: 'day' })).toThrow(
      /to must not/,
    );
    expect(() => checkRange({ from: '2020-01-01', to: '2022-09-27', interval: 'day' })).not.toThrow();
    expect(() => checkRange({ from: '2020-01-01', to: '2022-09-28', interval: 'day' })).toThrow(
      /1001 elements/,
    );
    expect(() => checkRange({ from: '0001-01-01', to: '9999-12-31', interval: 'week' })).toThrow(/elements/);
    const far = [day('1999-01-01'), day('2025-01-01')];
    expect(() => funnelOf(far, { from: '1999-01-01', interval: 'day' })).toThrow(/elements/);
  });

  it.each(['0001-01-01', '1969-12-31', '2001-09-09', '2022-05-13'])(
    'has the newest 1,000 intervals whatever came on %s, the sums of the earlier ones, and all of it in its totals',
    (old) => {
      const far = [day(old, { saw: 3, started: 2, startedAndCompleted: 1 }), ...days];
      const { totals, before, series } = funnelOf(far, { interval: 'day' });
      expect(totals).toMatchObject({ saw: 8, started: 4, startedAndCompleted: 2, completionRate: 0.5 });
      expect(before).toMatchObject({ saw: 3, started: 2, completed: 0, completionRate: 0.5 });
      expect(series).toHaveLength(1_000);
      expect(series.at(-1)).toMatchObject({ from: '2025-02-06', to: '2025-02-07', saw: 1 });
      expect(series[0]!.from).toBe('2022-05-14');
    },
  );

  it('has weeks from the first day with data on, however many of them are shown', () => {
    const far = [day('0001-01-01', { saw: 1 }), day('2025-02-05', { saw: 1 }), day('2025-02-06', { saw: 1 })];
    const { before, series } = funnelOf(far, { interval: 'week' });
    expect([before.saw, series.length, series.at(-1)!.saw]).toEqual([1, 1_000, 2]);
    const [start, first] = [Date.parse('0001-01-01'), Date.parse(series[0]!.from)];
    expect(((first - start) / 86_400_000) % 7).toBe(0);
    expect(series.at(-1)).toMatchObject({ from: '2025-02-03', to: '2025-02-07' });
  });

  it('has the newest intervals before `to` alone, be it far ahead', () => {
    const { totals, before, series } = funnelOf(days, { to: '9999-12-31', interval: 'day' });
    expect([totals.saw, before.saw, series.length]).toEqual([5, 5, 1_000]);
    expect(series.at(-1)).toMatchObject({ from: '9999-12-30', to: '9999-12-31' });
  });

  it('loses nothing: the elements and what came before them add up to the totals', () => {
    const start = Date.UTC(2025, 0, 1);
    const dayOf = (n: number): string => new Date(start + n * 86_400_000).toISOString().slice(0, 10);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(fc.nat(400), fc.integer({ min: -700_000, max: 0 })), { maxLength: 40 }),
        fc.constantFrom('day' as const, 'week' as const),
        (numbers, interval) => {
          const data = numbers
            .sort((a, b) => a - b)
            .map((n) => day(dayOf(n), { saw: Math.abs(n), started: 1, likes: 2 }));
          const { totals, before, series } = funnelOf(data, { interval });
          for (const measure of ['saw', 'started', 'likes'] as const)
            expect(series.reduce((sum, element) => sum + element[measure], before[measure])).toBe(
              totals[measure],
            );
          expect(series.length).toBeLessThanOrEqual(1_000);
          expect(series.at(-1)?.to ?? null).toBe(data.length === 0 ? null : dayOf(Math.max(...numbers) + 1));
          expect(series.slice(1).every(({ from }, i) => from === series[i]!.to)).toBe(true);
        },
      ),
    );
  });
});
