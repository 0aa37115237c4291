import {
  boolean,
  contains,
  equals,
  equalsAnyOf,
  hasElement,
  hasValue,
  instant,
  json,
  latest,
  readModel,
  text,
  uuid,
} from '@app/engine';
import { Problem } from '@app/platform';
import { readQuery } from '../common/http/validation';
import { queryOf } from './list-query';

const SCANS = { scans: 'a spec' };

type Filters = Readonly<
  Record<string, ReturnType<typeof equals<'mood' | 'title' | 'owner' | 'done' | 'at' | 'raw'>>>
>;

function queryFor(filters: Filters) {
  const note = readModel('note', 'Notes.', {
    key: { noteUid: uuid('The note.') },
    columns: {
      content: latest({
        mood: text('Mood.').oneOf(['good', 'bad']),
        title: text('Title.'),
        owner: uuid('Who.'),
        done: boolean('Whether.'),
        at: instant('When.'),
        raw: json('As received.'),
      }),
    },
    person: null,
    api: { path: 'notes', item: 'note', list: 'Notes', filters },
  });
  return queryOf(note.api!.filters);
}

const Query = queryFor({
  mood: equals('mood', 'One.', SCANS),
  moods: equalsAnyOf('mood', 'Several.', SCANS),
  title: equals('title', 'Exactly.', { ...SCANS, longest: 5 }),
  owner: equals('owner', 'Whose.', SCANS),
  done: equals('done', 'Done.', SCANS),
  dated: hasValue('at', 'With a time.', SCANS),
  label: hasElement('raw', 'A label.'),
  q: contains(['title'], 'A part.'),
});

function problemsOf(query: object): unknown {
  try {
    return readQuery(Query, query);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.body.problems;
  }
}

describe('the query of a list', () => {
  it('is read by the types of the columns', () => {
    expect(
      readQuery(Query, { moods: 'good,bad', done: 'false', dated: 'true', q: 'Caf\u0065\u0301' }),
    ).toMatchObject({ limit: 50, moods: ['good', 'bad'], done: false, dated: true, q: 'Café' });
  });

  it.each<[object, string, unknown]>([
    [{ mood: 'odd' }, 'mood', 'must be one of good, bad'],
    [{ moods: 'good,odd' }, 'moods', 'must be one of good, bad, or several separated by commas'],
    [{ done: 'yes' }, 'done', 'must be true or false'],
    [{ owner: 'x' }, 'owner', expect.any(String)],
    [{ title: 'longer' }, 'title', expect.any(String)],
    [{ q: ['a', 'b'] }, 'q', 'is given more than once'],
  ])('%j is refused by name', (query, path, message) => {
    expect(problemsOf(query)).toEqual([{ path, message }]);
  });

  it('has no filter for a column whose values cannot be written in an address', () => {
    expect(() => queryFor({ at: equals('at', 'When.', SCANS) })).toThrow(
      'filter at: a parameter cannot be compared with a column of type instant',
    );
    expect(() => queryFor({ titles: equalsAnyOf('title', 'Several.', SCANS) })).toThrow(
      'filter titles: which values are there?',
    );
  });
});
