import {
  by,
  count,
  date,
  defineProjection,
  earliest,
  instant,
  readModel,
  tally,
  text,
  uid,
  utcDay,
  uuid,
} from '@app/engine';
import { namedBy } from './repair-target';

const WHO = '11111111-1111-4111-8111-111111111111';
const Thing = readModel('thing', 'Test.', {
  key: { who: uuid('Who.'), what: uid('What.'), at: instant('When.') },
  columns: { first: earliest(instant('First.')) },
  person: null,
});
const Long = readModel('long', 'Test.', { key: { words: text('Words.') }, columns: {}, person: null });
const Days = tally('days', 'Test.', {
  key: { what: uid('What.'), day: date('Day.') },
  counts: { things: count('Things.', Thing, { what: by('what'), day: utcDay('first') }) },
});
const projection = defineProjection({
  ...{ name: 'named', version: 1, topics: ['t'], tables: [Thing, Long, Days] },
});

const difference = (table: string, key: Readonly<Record<string, string | null>>) => ({
  ...{ table, key, kind: 'different' as const, columns: [], log: null, stored: null },
});
const table = (name: string, differingBuckets: number) => ({
  ...{ table: name, rows: 9, storedRows: 9, buckets: 8, differingBuckets },
});
const report = (...listed: readonly ReturnType<typeof difference>[]) => ({
  tables: [table('thing', 1), table('days', 0)],
  comparedRows: { buckets: 1, settled: false, rows: { count: listed.length + 3, listed } },
});

it('finds the rows and groups that a verification names, and counts what it does not', () => {
  const { target, groups, notNamed } = namedBy(
    projection,
    report(
      difference('thing', { workspace: 'w', who: WHO, what: 'a', at: '2026-01-02T03:04:05.678000Z' }),
      difference('days', { workspace: 'w', what: 'a', day: '2026-01-02' }),
      difference('long', { workspace: 'w', words: `${'x'.repeat(200)}… (900 bytes, md5 0)` }),
      difference('of another version', { workspace: 'w' }),
    ),
  );
  expect(target).toEqual({
    persons: [],
    keys: new Map([[Thing, [['w', WHO, 'a', Date.parse('2026-01-02T03:04:05.678Z'), null]]]]),
  });
  expect(groups).toEqual(new Map([[Days, [['w', 'a', '2026-01-02']]]]));
  expect(notNamed).toBe(5);
});

it('finds nothing where nothing was named', () => {
  expect(namedBy(projection, { tables: [table('thing', 0)], comparedRows: null })).toEqual({
    ...{ target: { persons: [], keys: new Map() }, groups: new Map(), notNamed: 0 },
  });
});

it('counts what is in buckets whose rows a verification did not compare', () => {
  const one = report(difference('days', { workspace: 'w', what: 'a', day: '2026-01-02' }));
  expect(namedBy(projection, one).notNamed).toBe(3);
  const more = { ...one, tables: [table('thing', 5), table('days', 2)] };
  expect(namedBy(projection, more).notNamed).toBe(3 + 6);
});

it('is refused where rows differ that no verification has compared', () => {
  expect(() => namedBy(projection, { tables: [table('thing', 1)], comparedRows: null })).toThrow(
    'verify it again',
  );
});
