import type { OffsetRange } from '@app/engine';
import fc from 'fast-check';
import { divideLog } from './divide-log';

const range = (partition: number, size: number): OffsetRange => ({
  topic: 'topic',
  partition,
  from: 7,
  to: 7 + size,
});
const sizes = fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 20 });
const offsetsOf = (share: readonly OffsetRange[]): number =>
  share.reduce((sum, { from, to }) => sum + to - from, 0);

describe('the shares of a log', () => {
  it('hold every partition once, and differ by no more than the smallest partition of the larger one', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), (partitions, atMost) => {
        const ranges = partitions.map((size, partition) => range(partition, size));
        const shares = divideLog(ranges, atMost);
        expect(shares.length).toBeLessThanOrEqual(atMost);
        expect(new Set(shares.flat())).toEqual(new Set(ranges));
        expect(shares.flat()).toHaveLength(ranges.length);
        const smallest = Math.min(...shares.map(offsetsOf));
        for (const share of shares.filter(({ length }) => length > 0))
          expect(
            offsetsOf(share) - Math.min(...share.map((each) => each.to - each.from)),
          ).toBeLessThanOrEqual(smallest);
      }),
    );
  });

  it('are a single one where another thread would start only after the first has finished', () => {
    expect(divideLog([range(0, 40_000), range(1, 40_000)], 2)).toHaveLength(1);
    expect(divideLog([range(0, 60_000), range(1, 60_000)], 2)).toHaveLength(2);
    expect(divideLog([], 2)).toEqual([[]]);
  });
});
