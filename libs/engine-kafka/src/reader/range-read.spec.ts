import { partitionKey, type RecordBatch } from '@app/engine';
import fc from 'fast-check';
import { brokersOf, keptIn, partitions, TOPIC } from './brokers.fixture';
import { RangeRead } from './range-read';

const never = new AbortController().signal;

describe('a read of ranges', () => {
  it('gives every record once, in batches that join, over gaps and failures', async () => {
    await fc.assert(
      fc.asyncProperty(
        partitions,
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
        fc.nat(3),
        fc.nat(3),
        async (given, room, failing, skipped, left) => {
          const ranges = given
            .map(({ end }, partition) => ({ topic: TOPIC, partition, from: skipped, to: end - left }))
            .filter(({ from, to }) => from < to);
          const cluster = brokersOf(given, room, new Set(failing));
          const batches: RecordBatch[] = [];
          const read = new RangeRead(ranges, async (batch) => void batches.push(batch));
          for (let attempt = 0; ; attempt++)
            try {
              await read.over(cluster, never);
              break;
            } catch (error) {
              if (attempt === failing.length) throw error;
            }
          const found = Map.groupBy(batches, partitionKey);
          expect(found.size).toBe(ranges.length);
          for (const { from, to, ...place } of ranges) {
            const own = found.get(partitionKey(place))!;
            expect([own[0]!.fromOffset, own.at(-1)!.nextOffset]).toEqual([from, to]);
            own.slice(1).forEach((batch, i) => expect(batch.fromOffset).toBe(own[i]!.nextOffset));
            expect(own.flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual(
              keptIn(given[place.partition]!).filter((offset) => offset >= from && offset < to),
            );
          }
        },
      ),
    );
  });

  it('hands over nothing more once a batch was refused', async () => {
    const batch = (first: number) => ({ first, last: first, kept: [first] });
    const cluster = brokersOf(
      ['1', '2'].map((leader) => ({ leader, batches: [0, 1, 2].map(batch), end: 3 })),
      1,
    );
    const ranges = [0, 1].map((partition) => ({ topic: TOPIC, partition, from: 0, to: 3 }));
    let taken = 0;
    const read = new RangeRead(ranges, () => {
      taken++;
      return Promise.reject(new Error('full'));
    });
    await expect(read.over(cluster, never)).rejects.toThrow('full');
    expect([taken, read.isRefused]).toEqual([1, true]);
  });
});
