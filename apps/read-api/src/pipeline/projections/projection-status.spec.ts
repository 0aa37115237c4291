import type { Ends } from '../../common/kafka/log-ends';
import { stateOf, troubleOf } from './projection-status';

const ends: Ends = new Map([
  [
    'a',
    new Map([
      [0, { low: 0, high: 10 }],
      [1, { low: 5, high: 10 }],
    ]),
  ],
]);
const at = (partition: number, checkpoint: number, topic = 'a') => ({ topic, partition, checkpoint });

describe('a checkpoint', () => {
  it.each([[at(0, 0)], [at(0, 10)], [at(1, 5)], [at(1, 0)], [at(9, 0)]])(
    '%j lies within the log',
    (place) => {
      expect(troubleOf([place], ends)).toBeNull();
    },
  );

  it.each([
    [at(0, 11), 'a/0: the checkpoint is at offset 11, but the log holds 0 to 10.'],
    [at(1, 4), 'a/1: the checkpoint is at offset 4, but the log holds 5 to 10.'],
    [at(2, 1), 'a/2: the checkpoint is at offset 1, but Kafka has no such partition.'],
    [at(0, 1, 'b'), 'b/0: the checkpoint is at offset 1, but Kafka has no such partition.'],
  ])('%j does not: the message says what is wrong, and what to do', (place, seen) => {
    const trouble = troubleOf([at(0, 3), place], ends);
    expect(trouble).toContain(seen);
    expect(trouble).toContain('Restore the log, or rebuild');
  });

  it('is not alone when others are outside as well', () => {
    expect(troubleOf([at(0, 11), at(1, 4), at(1, 11)], ends)).toMatch(/^a\/0: .* 2 other partitions/);
  });
});

it('a projection is what hinders it most', () => {
  const facts = { 'not-built': false, stopped: false, paused: false, rebuilding: false };
  expect(stateOf(facts)).toBe('active');
  expect(stateOf({ ...facts, rebuilding: true })).toBe('rebuilding');
  expect(stateOf({ ...facts, rebuilding: true, paused: true })).toBe('paused');
  expect(stateOf({ ...facts, stopped: true, paused: true })).toBe('stopped');
  expect(stateOf({ ...facts, 'not-built': true, paused: true })).toBe('not-built');
});
