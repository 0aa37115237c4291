import fc from 'fast-check';
import { eventsThatMean } from '@app/catalog';
import { runsOf, type RunEvent } from './runs';

const RUN_KINDS = eventsThatMean('start', 'completion', 'dismissal');

const at = (kind: string, time: number): RunEvent => ({ kind, time });
const started = (time: number) => at('tour.started', time);
const completed = (time: number) => at('tour.completed', time);
const dismissed = (time: number) => at('checklist.dismissed', time);

describe('the runs of a jimer', () => {
  it('last from a start to the next', () => {
    expect(runsOf([started(10), completed(15), started(20), started(30)])).toEqual([
      { startedAt: 10, completedAt: 15, dismissedAt: null, outcome: 'completed' },
      { startedAt: 20, completedAt: null, dismissedAt: null, outcome: 'abandoned' },
      { startedAt: 30, completedAt: null, dismissedAt: null, outcome: 'started' },
    ]);
  });

  it('take a start of the same second for the first', () => {
    expect(runsOf([completed(10), started(10)])).toMatchObject([{ startedAt: 10, completedAt: 10 }]);
  });

  it('may have no start', () => {
    expect(runsOf([completed(10), started(20)])).toMatchObject([
      { startedAt: null, outcome: 'completed' },
      { startedAt: 20, outcome: 'started' },
    ]);
  });

  it('stay completed, and end when they first did', () => {
    expect(runsOf([started(1), dismissed(2), completed(3), completed(4)])).toEqual([
      { startedAt: 1, completedAt: 3, dismissedAt: 2, outcome: 'completed' },
    ]);
  });

  it('are open only where no newer one follows', () => {
    expect(runsOf([started(1)])).toMatchObject([{ outcome: 'started' }]);
    expect(runsOf([started(1)], true)).toMatchObject([{ outcome: 'abandoned' }]);
  });

  const events = fc.array(fc.record({ kind: fc.constantFrom(...RUN_KINDS), time: fc.nat(5) }), {
    maxLength: 12,
  });

  it('are the same in whatever order the events come', () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (some, keys) => {
        const shuffled = some
          .map((event) => ({ event, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event);
        expect(runsOf(shuffled)).toEqual(runsOf(some));
      }),
    );
  });

  it('are as many as the starts, or one more', () => {
    fc.assert(
      fc.property(events, (some) => {
        const runs = runsOf(some);
        const starts = some.filter(({ kind }) => kind.endsWith('.started')).length;
        expect(runs.filter(({ startedAt }) => startedAt !== null)).toHaveLength(starts);
        expect(runs.slice(1).every(({ startedAt }) => startedAt !== null)).toBe(true);
      }),
    );
  });
});
