import fc from 'fast-check';
import { brokersOf, keptIn, partitions, TOPIC } from './brokers.fixture';
import { recordsFrom } from './next-records';

describe('the records from positions on', () => {
  it('are without a gap those that come next, and one at least of each position that has any', async () => {
    const room = fc.integer({ min: 1, max: 3 });
    const starts = fc.array(fc.nat(12), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(partitions, starts, room, async (given, offsets, batches) => {
        const positions = given.map((_each, partition) => ({
          ...{ topic: TOPIC, partition, offset: offsets[partition]! },
        }));
        const found = await recordsFrom(brokersOf(given, batches), positions, 1);
        for (const { partition, offset } of positions) {
          const own = found.filter((each) => each.partition === partition).map(({ record }) => record.offset);
          const there = keptIn(given[partition]!).filter((each) => each >= offset);
          expect(own).toEqual(there.slice(0, Math.max(1, own.length)));
        }
      }),
    );
  });

  it('come after batches of which compaction has left nothing from the position on', async () => {
    const batches = [
      { first: 0, last: 3, kept: [0] },
      { first: 4, last: 7, kept: [] },
      { first: 8, last: 9, kept: [9] },
    ];
    const cluster = brokersOf([{ leader: '1', batches, end: 10 }], 1);
    const found = await recordsFrom(cluster, [{ topic: TOPIC, partition: 0, offset: 2 }], 1);
    expect(found.map(({ record }) => record.offset)).toEqual([9]);
  });

  it('are not asked for again at the end of the log', async () => {
    const batches = [{ first: 0, last: 3, kept: [0] }];
    const cluster = brokersOf([{ leader: '1', batches, end: 4 }], 1);
    expect(await recordsFrom(cluster, [{ topic: TOPIC, partition: 0, offset: 2 }], 1)).toEqual([]);
    expect(cluster.fetches()).toBe(1);
  });
});
