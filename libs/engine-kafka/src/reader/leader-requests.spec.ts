import { brokersOf, TOPIC } from './brokers.fixture';
import { offsetsAt } from './leader-requests';

describe('the offset of a time', () => {
  it('before 1970 is that of the first record, also where Kafka has a meaning of its own for the number', async () => {
    const cluster = brokersOf([{ leader: '1', batches: [{ first: 0, last: 1, kept: [0, 1] }], end: 2 }], 1);
    const places = [{ topic: TOPIC, partition: 0 }];
    const offsets = await Promise.all([-1, -2, -86_400_000].map((time) => offsetsAt(cluster, places, time)));
    expect(offsets.map(([first]) => first!.offset)).toEqual([0, 0, 0]);
  });
});
