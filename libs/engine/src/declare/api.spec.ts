import { contains, equals, hasValue, part } from './api';
import { instant, text, uuid } from './columns';
import { greatest, latest } from './merges';
import { readModel } from './read-model';

const KEY = { noteUid: uuid('The note.').as('uid') };
const COLUMNS = {
  content: latest({ title: text('Title.'), color: text('Color.') }),
  at: greatest(instant('When.').required()),
};

describe('what a read model can be asked', () => {
  const notes = readModel('note', 'Notes.', {
    key: KEY,
    columns: COLUMNS,
    person: null,
    indexes: [['at'], ['left(title, 200)']],
    api: {
      path: 'notes',
      item: 'note',
      list: 'Notes',
      get: 'A note',
      newestFirst: ['at'],
      filters: {
        title: equals('title', 'Title.', { index: 'left(title, 200)' }),
        color: hasValue('color', 'Colored ones.', { scans: 'there are few' }),
        q: contains(['title'], 'A part.'),
      },
    },
  }).api!;

  it('shows key, workspace and all other columns unless it names fields', () => {
    const names = notes.fields.map((field) => ('part' in field ? field.part : field.publicName));
    expect(names).toEqual(['uid', 'workspace', 'title', 'color', 'at']);
  });

  it('has an order that no two rows share, of which an index has the beginning', () => {
    expect(notes.order.columns.map(({ name }) => name)).toEqual(['at', 'workspace', 'noteUid']);
    expect(notes.order.indexed).toBe(1);
  });

  it('knows the index of each filter, and which read every row', () => {
    const indexes = notes.filters.map(({ condition }) => ('index' in condition ? condition.index : 'none'));
    expect(indexes).toEqual(['left(title, 200)', null, 'none']);
  });

  it('is null for a read model that declares no api', () => {
    expect(readModel('note', 'Notes.', { key: KEY, columns: COLUMNS, person: null }).api).toBeNull();
  });
});

describe('a declaration that would be slow or wrong is refused', () => {
  const api = { path: 'notes', item: 'note', list: 'Notes' };
  const base = { key: KEY, columns: COLUMNS, person: null };

  it('an order, or a filter, without an index', () => {
    expect(() => readModel('note', 'Notes.', { ...base, api: { ...api, newestFirst: ['at'] } })).toThrow(
      'read model note: no index begins with at',
    );
    const filters = { title: equals('title', 'Title.') };
    expect(() => readModel('note', 'Notes.', { ...base, api: { ...api, filters } })).toThrow(
      'read model note: filter title: no index begins with title',
    );
  });

  it('the order of workspace and key where every index begins with the owner', () => {
    expect(() => readModel('note', 'Notes.', { ...base, ownerFirst: true, api })).toThrow(
      'no index has its rows in the order of workspace and key',
    );
  });

  it('a single read by a key of several columns', () => {
    const key = { ...KEY, partUid: uuid('The part.') };
    expect(() => readModel('note', 'Notes.', { ...base, key, api: { ...api, get: 'A note' } })).toThrow(
      'a single read needs a key of one column beside the workspace',
    );
  });

  it('a column that the read model does not have', () => {
    const fields = [part('by', 'Who.', 'Who', { name: 'author' })];
    expect(() => readModel('note', 'Notes.', { ...base, api: { ...api, fields } })).toThrow(
      'there is no column author',
    );
  });
});
