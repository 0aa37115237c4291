import { instant, json, latest, readModel, text, texts, uuid } from '@app/engine';
import { StoredJson } from '@app/platform';
import { pick } from './columns';

const Note = readModel('note', 'Notes.', {
  key: { noteUid: uuid('The note.').as('uid') },
  columns: {
    content: latest({
      title: text('Title.'),
      labels: texts('Labels.'),
      received: json('As received.'),
      writtenAt: instant('When.').as('at'),
    }),
  },
  person: null,
});

const NOTE = pick(Note, 'uid', 'labels', 'received', 'at', 'title');

describe('some columns of a read model', () => {
  it('are selected under their public names', () => {
    expect(NOTE.select('n')).toBe(
      'n.note_uid AS "uid", n.labels AS "labels", n.received AS "received", n.written_at AS "at", n.title AS "title"',
    );
  });

  it('are shown as the API has them, in the order in which they were named', () => {
    const at = Date.UTC(2025, 1, 3, 12);
    const row = { uid: 'x', labels: '["a"]', received: '{"n":1}', at, title: null, more: 1 };
    const shown = NOTE.show(row);
    expect(shown).toEqual({
      uid: 'x',
      labels: ['a'],
      received: new StoredJson('{"n":1}'),
      at: '2025-02-03T12:00:00.000Z',
      title: null,
    });
    expect(Object.keys(shown)).toEqual(NOTE.names);
    expect(NOTE.showGathered({ ...row, at: '2025-02-03T12:00:00+00:00' })).toEqual(shown);
  });

  it('leave JSON as text where a statement gathers rows', () => {
    expect(NOTE.selectGathered('n')).toContain('n.received::text AS "received"');
  });

  it('are null where nothing is known', () => {
    expect(NOTE.none).toEqual({ uid: null, labels: null, received: null, at: null, title: null });
  });

  it('have to be columns of it', () => {
    expect(() => pick(Note, 'color' as 'title')).toThrow('read model note has no column color');
  });
});
