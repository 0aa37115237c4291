import fc from 'fast-check';
import { brokersOf, keptIn, partitions, TOPIC } from './brokers.fixture';
import { recordsAt } from './single-records';

describe('records by their positions', () => {
  it('are those that the log holds, in the order that they were asked for, and null for every other', async () => {
    const asked = fc.array(fc.record({ partition: fc.nat(5), offset: fc.nat(30) }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(partitions, asked, fc.integer({ min: 1, max: 3 }), async (given, places, room) => {
        const positions = places.map((place) => ({ topic: TOPIC, ...place }));
        const found = await recordsAt(brokersOf(given, room), positions);
        expect(found.map((record) => record?.offset ?? null)).toEqual(
          places.map(({ partition, offset }) => {
            const kept = given[partition] ? keptIn(given[partition]) : [];
            return kept.includes(offset) ? offset : null;
          }),
        );
      }),
    );
  });

  it('that are neighbours come in one answer, and those of one leader in one request', async () => {
    const offsets = [0, 1, 2, 3, 4, 5, 6, 7];
    const one = { leader: '1', batches: [{ first: 0, last: 7, kept: offsets }], end: 8 };
    const cluster = brokersOf(
      Array.from({ length: 12 }, () => one),
      12,
    );
    const positions = Array.from({ length: 48 }, (_, i) => ({
      ...{ topic: TOPIC, partition: i % 12, offset: Math.floor(i / 12) * 2 },
    }));
    expect((await recordsAt(cluster, positions)).every((record) => record !== null)).toBe(true);
    expect(cluster.fetches()).toBe(1);
  });
});
