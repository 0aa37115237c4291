import { jobLine, outcomeOf } from './outcome';

describe('what came of a job', () => {
  it.each([
    [
      'rebuild',
      { generation: 3, offsets: 1200, seconds: 1.2 },
      'generation 3 serves; built from 1200 offsets in 1.2 s',
    ],
    [
      'verify',
      { outcome: 'clean', records: 10, tables: [{ storedRows: 4 }, { storedRows: 2 }], seconds: 0.25 },
      'clean; 10 records make 6 rows (0.3 s)',
    ],
    [
      'verify',
      { outcome: 'indeterminate', reasons: ['the log grew', 'too fast'], records: 0, tables: [], seconds: 1 },
      'indeterminate: the log grew; too fast; 0 records make 0 rows (1.0 s)',
    ],
    ['rollback', { rolledBack: true, generation: 2, version: 3 }, 'generation 2 serves again'],
    ['rollback', { rolledBack: false, reason: 'there is none before' }, 'not possible: there is none before'],
    [
      'replay',
      { asked: 3, replayed: 1, failed: 1, 'resolved before': 1 },
      'records asked for: 3; applied: 1; failed again: 1; resolved before: 1',
    ],
    [
      'erase',
      { jimers: 2, tombstones: 30, kept: 1 },
      'people erased: 2; records with a tombstone: 30; events that keep what only theirs told of experiences: 1',
    ],
    [
      'erase',
      { jimers: 1, tombstones: 3, kept: 0, others: 2 },
      'people erased: 1; records with a tombstone: 3; events that keep what only theirs told of experiences: 0; ' +
        'other records with the same e-mail address or identify token, which stay: 2',
    ],
  ])('is told in words: %s', (kind, outcome, words) => {
    expect(outcomeOf({ kind, state: 'succeeded', outcome })).toBe(words);
  });

  it('is the reason where it failed, and the state where there is nothing to tell', () => {
    expect(outcomeOf({ kind: 'rebuild', state: 'failed', outcome: { reason: 'disk full' } })).toBe(
      'failed: disk full',
    );
    expect(outcomeOf({ kind: 'rebuild', state: 'cancelled', outcome: {} })).toBe('cancelled');
    expect(jobLine('journeys', { kind: 'verify', state: 'running', outcome: null, finishedAt: null })).toBe(
      'journeys: last verify: running',
    );
    const finishedAt = new Date('2026-01-02T03:04:05Z');
    expect(jobLine('the log', { kind: 'erase', state: 'cancelled', outcome: {}, finishedAt })).toBe(
      'the log: last erase (2026-01-02T03:04:05.000Z): cancelled',
    );
  });
});
