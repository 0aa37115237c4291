import { instant, integer, set, text, uid, uuid } from './columns';
import type { Row } from './column-types';
import { earliest, greatest, union } from './merges';
import { readModel } from './read-model';
import { by, count, groupsOf, tally, utcDay, type Where } from './tally';

const Run = readModel('run', 'Test.', {
  key: { who: uuid('Who.'), what: uid('What.') },
  columns: {
    begunAt: earliest(instant('Begin.')),
    endedAt: greatest(instant('End.')),
    size: greatest(integer('Size.')),
    lowest: greatest(text('Lowest.')),
    highest: greatest(text('Highest.')),
    tags: union(set('Tags.')),
  },
  person: 'who',
});

const countOf = (where: Where) =>
  tally('runs', 'Test.', {
    key: { what: uid('What.') },
    counts: { runs: count('Runs.', Run, { what: by('what') }, where) },
  });

function groups(where: Where, values: Readonly<Record<string, Row[number]>>): readonly Row[] {
  const row = Run.columns.map(({ name }) => values[name] ?? (name === 'what' ? 'x' : null));
  return groupsOf(countOf(where).measures[0]!, row);
}

describe('a condition of a tally that compares two columns', () => {
  const ended: Where = { column: 'endedAt', atLeast: 'begunAt' };

  it.each([
    [10, 10, true],
    [10, 11, true],
    [11, 10, false],
    [null, 10, false],
    [10, null, false],
    [null, null, false],
    // The year 1 is far below zero.
    [-62_135_596_800_000, -1, true],
  ])('begun at %p and ended at %p: counts is %p', (begunAt, endedAt, counts) => {
    expect(groups(ended, { begunAt, endedAt })).toEqual(counts ? [['x']] : []);
  });

  it('compares text as UTF-8 does, not UTF-16', () => {
    const where: Where = { column: 'highest', atLeast: 'lowest' };
    expect(groups(where, { lowest: '\uffee', highest: '\u{1f600}' })).toHaveLength(1);
    expect(groups(where, { lowest: '\u{1f600}', highest: '\uffee' })).toHaveLength(0);
  });

  it('is refused for columns that cannot be compared', () => {
    expect(() => countOf({ column: 'endedAt', atLeast: 'size' })).toThrow(
      'tally runs: endedAt and size cannot be compared',
    );
    expect(() => countOf({ column: 'tags', atLeast: 'tags' })).toThrow('cannot be compared');
    expect(() => countOf({ column: 'endedAt', atLeast: 'begun' })).toThrow('begun');
  });
});

describe('the groups of a row', () => {
  it('are days of any year that a time may have', () => {
    const days = tally('days', 'Test.', {
      key: { day: text('Day.') },
      counts: { runs: count('Runs.', Run, { day: utcDay('begunAt') }) },
    });
    const dayOf = (begunAt: number): readonly Row[] =>
      groupsOf(
        days.measures[0]!,
        Run.columns.map(({ name }) => (name === 'begunAt' ? begunAt : null)),
      );
    expect(dayOf(-62_135_596_800_000)).toEqual([['0001-01-01']]);
    expect(dayOf(-1)).toEqual([['1969-12-31']]);
    expect(dayOf(253_402_300_799_999)).toEqual([['9999-12-31']]);
  });
});
