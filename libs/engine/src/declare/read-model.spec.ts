import { contribute } from './contribution';
import type { EngineEvent } from '../log/event';
import { computed, instant, integer, json, set, text, uid, uuid } from './columns';
import { any, earliest, latest, union } from './merges';
import { readModel, type ReadModel, type RowOf } from './read-model';

const Visit = readModel('visit', 'Visits.', {
  key: { personUid: uuid('Whose it is.').as('person'), page: uid('The page.') },
  columns: {
    snapshot: latest({
      title: text('Title.'),
      state: text('State.').oneOf(['new', 'old']),
      doc: json('All.'),
    }),
    firstAt: earliest(instant('First time.').required()),
    labels: union(set('Labels.')),
  },
  person: 'personUid',
  generated: { phase: computed(text('Phase.').oneOf(['on', 'off']).required(), `'on'`) },
  viewColumns: { until: computed(instant('End.'), 'first_at') },
});

/** Whether two types are the same; an intersection differs from the equivalent object type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type ValuesOf<T> = T extends ReadModel<infer V> ? V : never;

describe('a declared read model', () => {
  it('has flat types of rows and contributions', () => {
    const row: Same<
      RowOf<typeof Visit>,
      {
        readonly workspace: string;
        readonly personUid: string;
        readonly page: string;
        readonly title: string | null;
        readonly state: 'new' | 'old' | null;
        readonly doc: string | null;
        readonly firstAt: number;
        readonly labels: readonly string[] | null;
        readonly phase: 'on' | 'off';
        readonly until: number | null;
      }
    > = true;
    const values: Same<
      ValuesOf<typeof Visit>,
      {
        readonly personUid: string;
        readonly page: string;
        readonly firstAt: number;
        readonly title?: string | null | undefined;
        readonly state?: 'new' | 'old' | null | undefined;
        readonly doc?: string | null | undefined;
        readonly labels?: readonly string[] | null | undefined;
      }
    > = true;
    expect([row, values]).toEqual([true, true]);
  });

  it('rejects contributions without required columns, and values that a column cannot have', () => {
    const event: EngineEvent = {
      ...{ id: '00000000-0000-4000-8000-000000000001', name: 'a', workspace: 'w', rank: 0, time: 1 },
    };
    const key = { personUid: '00000000-0000-4000-8000-000000000000', page: 'p' };
    // @ts-expect-error firstAt is missing
    contribute(Visit, event, key);
    // @ts-expect-error not a state
    contribute(Visit, event, { ...key, firstAt: 1, state: 'other' });
    // @ts-expect-error a column of the database's own
    contribute(Visit, event, { ...key, firstAt: 1, phase: 'on' });
    expect(contribute(Visit, event, { ...key, firstAt: 1, state: 'new' }).table).toBe(Visit);
  });

  it('has a sentence for every column', () => {
    // @ts-expect-error no sentence
    text();
    const silent = () =>
      readModel('t', 'Test.', {
        key: { a: uid('Key.') },
        columns: { firstSeenAt: earliest(instant('')) },
        person: null,
      });
    expect(silent).toThrow('read model t: the column first_seen_at has no sentence');
    expect(Object.keys(Visit.columnComments)).toEqual(
      [...Visit.columns, ...Visit.generated, ...Visit.viewColumns]
        .map(({ sqlName }) => sqlName)
        .concat('changed_at'),
    );
  });

  it('refuses contradictory declarations', () => {
    const key = { a: uid('Key.') };
    const declared = (columns: Parameters<typeof readModel>[2]['columns']) => () =>
      readModel('t', 'Test.', { key, columns, person: null });
    expect(declared({ a: any(text('Again.')) })).toThrow('column a is declared twice');
    expect(declared({ changedAt: any(instant('Time.')) })).toThrow('changed_at is the engine');
    expect(declared({ tags: any(set('Tags.')) })).toThrow('union is for sets');
    expect(() => readModel('t', 'Test.', { key, columns: {}, person: 'a' })).toThrow('cannot be the person');
  });

  it('gives each column its name in the API', () => {
    expect(Visit.keys.map(({ publicName }) => publicName)).toEqual(['workspace', 'person', 'page']);
    const size = integer('Size.').as('bytes').required().oneOf([1, 2]);
    const api = { publicName: 'bytes', isRequired: true, values: [1, 2] };
    expect(size).toMatchObject({ comment: 'Size.', api });
  });
});
