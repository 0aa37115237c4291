import { partitionsOf } from './projections.queries';

describe('the partitions of a projection', () => {
  const checkpoints = [
    { topic: 'a', partition: 1, checkpoint: 5 },
    { topic: 'a', partition: 0, checkpoint: 7 },
  ];

  it('show how far each is behind the end of its log', () => {
    const ends = new Map([
      [
        'a',
        new Map([
          [0, { low: 0, high: 10 }],
          [1, { low: 0, high: 5 }],
          [2, { low: 0, high: 3 }],
        ]),
      ],
    ]);
    const ages = { appendedAt: new Map([['a/0@7', 90_000]]), now: 100_500 };
    expect(partitionsOf(['a'], checkpoints, ends, ages)).toEqual([
      { topic: 'a', partition: 0, checkpoint: 7, endOffset: 10, lag: 3, lagSeconds: 10.5 },
      { topic: 'a', partition: 1, checkpoint: 5, endOffset: 5, lag: 0, lagSeconds: 0 },
      // When the oldest of its records was appended is not known.
      { topic: 'a', partition: 2, checkpoint: 0, endOffset: 3, lag: 3, lagSeconds: null },
    ]);
  });

  it('have no end while Kafka does not answer', () => {
    expect(partitionsOf(['a', 'b'], checkpoints, null)).toEqual([
      { topic: 'a', partition: 0, checkpoint: 7, endOffset: null, lag: null, lagSeconds: null },
      { topic: 'a', partition: 1, checkpoint: 5, endOffset: null, lag: null, lagSeconds: null },
    ]);
  });
});
