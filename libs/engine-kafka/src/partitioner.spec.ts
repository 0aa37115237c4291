import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { partitionOf } from './partitioner';

/** From Kafka's own UtilsTest.testMurmur2. */
const MURMUR2: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

describe('partitionOf', () => {
  it.each(MURMUR2)('puts %s where Java does', (key, hash) => {
    for (const partitions of [1, 2, 12, 100])
      expect(partitionOf(key, partitions)).toBe((hash & 0x7fffffff) % partitions);
  });

  it('is what kafkajs computes', () => {
    const byKafkajs = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 4_096 }, () => ({ leader: 0 }) as never);
    const keys = fc.oneof(
      fc.uuid(),
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 500, maxLength: 2_000 }),
    );
    fc.assert(
      fc.property(keys, (key) => {
        expect(partitionOf(key, partitionMetadata.length)).toBe(
          byKafkajs({ topic: '', partitionMetadata, message: { key, value: null } }),
        );
      }),
    );
  });
});
