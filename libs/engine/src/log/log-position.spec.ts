import fc from 'fast-check';
import {
  comparePartitions,
  formatPosition,
  packPosition,
  parsePosition,
  partitionKey,
  unpackPosition,
} from './log-position';

const topics = fc.constantFrom('jimo.engagement', 'jimo.engagement-2', 'A_b', 'z'.repeat(249));
const positions = fc.record({
  topic: topics,
  partition: fc.nat(2 ** 31 - 2),
  offset: fc.nat(Number.MAX_SAFE_INTEGER),
});

describe('a position in the log', () => {
  it('is read as it is written', () => {
    fc.assert(
      fc.property(positions, (position) => expect(parsePosition(formatPosition(position))).toEqual(position)),
    );
  });

  it('is packed into a number without loss, in the order of partition and offset', () => {
    const place = fc.record({ partition: fc.nat(8_191), offset: fc.nat(2 ** 40 - 1) });
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [first, second] = [a, b].map(({ partition, offset }) => packPosition(partition, offset));
        expect(unpackPosition(first!)).toEqual(a);
        expect(Math.sign(first! - second!)).toBe(Math.sign(a.partition - b.partition || a.offset - b.offset));
      }),
    );
    expect(() => packPosition(8_192, 0)).toThrow(RangeError);
    expect(() => packPosition(0, 2 ** 40)).toThrow(RangeError);
  });

  it.each([
    ...[
      '',
      'x',
      'a/1',
      'a/1@',
      'a/b@1',
      'a/1@-1',
      'a/-1@1',
      '/1@1',
      'a b/1@1',
      ' a/1@1',
      'a/1@1 ',
      'a/1@1e3',
    ],
    ...[`a/${2 ** 31 - 1}@1`, `a/1@${2 ** 53}`, `${'a'.repeat(250)}/1@1`],
  ])('is not read from %j', (text) => {
    expect(parsePosition(text)).toBeNull();
  });

  it('is ordered by topic, then by partition', () => {
    const partitions = [1, 10, 2].flatMap((partition) =>
      ['b', 'a', 'B'].map((topic) => ({ topic, partition })),
    );
    expect(partitions.sort(comparePartitions).map(partitionKey)).toEqual(
      ['B', 'a', 'b'].flatMap((topic) => [1, 2, 10].map((partition) => `${topic}/${partition}`)),
    );
  });
});
