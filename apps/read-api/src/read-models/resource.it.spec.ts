import { TOPICS, type CatalogEvent } from '@app/catalog';
import {
  boolean,
  contains,
  contribute,
  defineProjection,
  equals,
  equalsAnyOf,
  equalsInAnyCase,
  greatest,
  hasElement,
  hasValue,
  instant,
  json,
  latest,
  part,
  readModel,
  text,
  texts,
  uid,
  uuid,
} from '@app/engine';
import { foldedStart } from '@app/projections';
import { createDatabase, type TestDatabase } from '@app/testing';
import { event, iso, jimer, jimerUid, projectUid, ReadApiFixture, second } from '../read-api.fixture';

/** What a read model's `api` comes to, by one that is made up: submitted requests as notes. */
const FEW = { scans: 'a spec' };
const KEY = { noteUid: uid('The note.').as('uid') };

const Note = readModel('note', 'Notes.', {
  key: KEY,
  columns: {
    content: latest({
      title: text('Title.'),
      mood: text('Mood.').oneOf(['good', 'bad', 'none']),
      ownerUid: uuid('Whose it is.'),
      ownerName: text('Name of the owner.'),
      isDone: boolean('Whether it is done.'),
      labels: texts('Labels.'),
      received: json('As received.'),
    }),
    at: greatest(instant('When it was written.').required()),
  },
  person: null,
  indexes: [['at'], ['owner_uid'], [foldedStart('title')]],
  api: {
    path: 'notes',
    item: 'note',
    list: 'Notes',
    get: 'A note',
    newestFirst: ['at'],
    needs: ['title'],
    fields: [
      ...(['noteUid', 'workspace', 'title', 'mood', 'isDone', 'labels', 'received', 'at'] as const),
      part('owner', 'Whose it is.', 'Owner', { uid: 'ownerUid', name: 'ownerName' }),
    ],
    filters: {
      owner: equals('ownerUid', 'Whose.'),
      title: equalsInAnyCase('title', 'The title.', { index: foldedStart('title') }),
      moods: equalsAnyOf('mood', 'Moods.', FEW),
      done: equals('isDone', 'Done.', FEW),
      owned: hasValue('ownerUid', 'With an owner.'),
      label: hasElement('labels', 'A label.'),
      tag: hasElement('received', 'A tag.', { members: ['id'] }),
      q: contains(['title', 'received'], 'A part.'),
    },
  },
});

/** The same in the order of the key. */
const NoteName = readModel('note_name', 'Names of notes.', {
  key: KEY,
  columns: { content: latest({ title: text('Title.') }) },
  person: null,
  api: { path: 'note-names', item: 'note name', list: 'Names of notes' },
});

const notes = defineProjection<CatalogEvent>({
  name: 'notes',
  version: 1,
  topics: [TOPICS.feedback],
  tables: [Note, NoteName],
  on: {
    'request.created': (submitted) => {
      const request = submitted.object('request')!;
      const noteUid = request.get('uid') as string;
      const title = (request.get('title') as string | undefined) ?? null;
      return [
        contribute(Note, submitted, {
          noteUid,
          title,
          mood: request.get('mood') as 'good' | undefined,
          ownerUid: request.get('owner') as string | undefined,
          ownerName: request.get('ownerName') as string | undefined,
          isDone: request.get('done') as boolean | undefined,
          labels: JSON.stringify(request.get('labels') ?? []),
          received: JSON.stringify(request.get('received') ?? null),
          at: submitted.time,
        }),
        contribute(NoteName, submitted, { noteUid, title }),
      ];
    },
  },
});

let database: TestDatabase;
let api: ReadApiFixture;

const note = (uidOf: string, at: number, request: object): object =>
  event('request.created', second(at), {
    request: { uid: uidOf, ...request },
    jimer: jimer(1),
    project: { uid: projectUid(1) },
  });

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url, {}, 'memory', [notes]);
  await api.deliver([
    note('a', 1, { title: 'Ärger', mood: 'bad', done: false, owner: jimerUid(7), ownerName: 'Sam' }),
    note('b', 2, { title: 'Praise', mood: 'good', done: true, labels: ['ux', 'api'] }),
    note('c', 2, { title: 'Praise again', mood: 'good', received: [{ id: 't1' }, { text: 'Größe 10%' }] }),
    note('d', 2, { title: 'Question', mood: 'none', received: { deep: [{ er: 'ux' }] } }),
    note('e', 3, { mood: 'good' }),
  ]);
  await api.deliver([note('b', 2, { title: 'Praise elsewhere', mood: 'good' })], 'acme');
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

const uids = async (query: string, token?: string): Promise<string> => {
  const { status, body } = await api.get(`/v1/notes${query}`, token);
  expect({ status, problems: body.problems }).toEqual({ status: 200, problems: undefined });
  return body.items.map((item) => `${item.uid}@${item.workspace}`).join(' ');
};

describe('a list that follows from a read model', () => {
  it('is newest first, unique under ties, without rows that lack what it needs', async () => {
    expect(await uids('')).toBe('d@default c@default b@default b@acme a@default');
  });

  it.each([1, 2, 3, 5])('has the same rows on pages of %d, in one workspace and in all', async (limit) => {
    for (const scope of ['', '?workspace=default', '?workspace=acme', '?moods=good,bad']) {
      const whole = (await api.get(`/v1/notes${scope}`)).body.items;
      expect(await api.all(`/v1/notes${scope}`, limit)).toEqual(whole);
    }
  });

  it('is in the order of workspace and key where it declares no other', async () => {
    const names = await api.all('/v1/note-names', 2);
    expect(names.map((item) => `${item.uid}@${item.workspace}`).join(' ')).toBe(
      'b@acme a@default b@default c@default d@default e@default',
    );
  });

  it.each([
    [`?owner=${jimerUid(7)}`, 'a@default'],
    ['?title=%C3%84RGER', 'a@default'],
    ['?title=praise', 'b@default'],
    ['?moods=bad', 'a@default'],
    ['?moods=bad,none', 'd@default a@default'],
    ['?done=true', 'b@default'],
    ['?done=false', 'a@default'],
    ['?owned=true', 'a@default'],
    ['?owned=false&workspace=acme', 'b@acme'],
    ['?label=ux', 'b@default'],
    ['?label=u', ''],
    ['?tag=t1', 'c@default'],
    ['?q=pRAISE', 'c@default b@default b@acme'],
    ['?q=GR%C3%96SSE', 'c@default'],
    ['?q=gr%C3%B6%C3%9Fe%2010%25', 'c@default'],
    ['?q=id', ''],
    ['?q=praise&label=api', 'b@default'],
  ])('filters %s', async (query, found) => {
    expect(await uids(query)).toBe(found);
  });

  it('is of the workspace of the token', async () => {
    expect(await uids('', 'acme-token')).toBe('b@acme');
    expect((await api.get('/v1/notes?workspace=default', 'acme-token')).status).toBe(403);
    expect((await api.get('/v1/notes', null)).status).toBe(401);
  });

  it('refuses a filter by name, and the cursor of another list', async () => {
    expect((await api.get('/v1/notes?moods=odd')).body.problems).toMatchObject([{ path: 'moods' }]);
    const { nextCursor } = (await api.get('/v1/note-names?limit=1')).body;
    expect((await api.get(`/v1/notes?cursor=${nextCursor}`)).body.problems).toMatchObject([
      { path: 'cursor' },
    ]);
  });

  it('comes whole as CSV, a column for each member of a part', async () => {
    const answer = await api.app.inject({
      url: '/v1/notes?workspace=default&limit=1',
      headers: { authorization: 'Bearer read-token', accept: 'text/csv' },
    });
    expect(answer.statusCode).toBe(400);
    const whole = await api.app.inject({
      url: '/v1/notes?moods=bad',
      headers: { authorization: 'Bearer read-token', accept: 'text/csv' },
    });
    expect(whole.body.split('\r\n').slice(0, 2)).toEqual([
      'uid,workspace,title,mood,isDone,labels,received,at,ownerUid,ownerName',
      `a,default,Ärger,bad,false,"",,${iso(second(1))},${jimerUid(7)},Sam`,
    ]);
  });
});

describe('a single read that follows from a read model', () => {
  it('answers the row, its parts as objects and its JSON as received', async () => {
    expect((await api.get('/v1/notes/a')).body).toEqual({
      ...{ uid: 'a', workspace: 'default', title: 'Ärger', mood: 'bad', isDone: false },
      ...{ labels: [], received: null, at: iso(second(1)), owner: { uid: jimerUid(7), name: 'Sam' } },
    });
    expect((await api.get('/v1/notes/c')).body).toMatchObject({ owner: null, received: [{ id: 't1' }, {}] });
  });

  it('is a 404 for an unknown uid and for a row that lacks what it needs', async () => {
    for (const unknown of ['x', 'e']) expect((await api.get(`/v1/notes/${unknown}`)).status).toBe(404);
  });

  it('asks for the workspace where several have the uid', async () => {
    expect((await api.get('/v1/notes/b')).body.problems).toMatchObject([{ path: 'workspace' }]);
    expect((await api.get('/v1/notes/b?workspace=acme')).body).toMatchObject({ title: 'Praise elsewhere' });
    expect((await api.get('/v1/notes/b', 'acme-token')).status).toBe(200);
  });

  it('is not there where the read model declares none', async () => {
    expect((await api.get('/v1/note-names/a')).status).toBe(404);
  });
});
