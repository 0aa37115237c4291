import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDatabase, until, type TestDatabase } from '@app/testing';
import { jimerErased, TOPICS, type Topic } from '@app/catalog';
import { jimers } from '../../jimers/jimers.queries';
import { TimelineQueries } from '../../jimers/timeline.queries';
import {
  event,
  experience,
  experienceUid,
  jimer,
  jimerUid,
  projectUid,
  ReadApiFixture,
  second,
  userUid,
} from '../../read-api.fixture';
import { ReadDatabase } from '../database/read-database';

const JIMERS = 450;

let database: TestDatabase;
let api: ReadApiFixture;
let port: number;

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url, { READ_API_EXPORTS: '4' });
  await api.app.listen(0, '127.0.0.1');
  port = (api.app.getHttpServer().address() as AddressInfo).port;
  const user = { uid: userUid(1), email: 'team@example.com', firstName: 'Tea', lastName: 'M' };
  await api.deliver([event('tour.published', second(0), { experience: experience(1), user })]);
  await api.deliver(
    Array.from({ length: JIMERS }, (_none, n) =>
      event(n % 3 === 0 ? 'tour.completed' : 'tour.started', second(n), {
        experience: experience(1),
        jimer: jimer(n, n === 7 ? { username: '=cmd|"calc",\r\n' } : {}),
      }),
    ),
  );
  await api.deliver([
    event('request.created', second(1), {
      request: { uid: 'r1', title: 'Dark mode' },
      jimer: jimer(1),
      project: { uid: projectUid(1), name: 'App' },
    }),
  ]);
  await api.deliver(
    [event('tour.started', second(5), { experience: experience(9), jimer: jimer(900) })],
    'acme',
  );
  await api.deliver([
    { event: 'tour.started', time: second(3) },
    { event: 'tour.flew', time: second(3) },
  ]);
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

interface Export {
  readonly status: number;
  readonly type: string;
  readonly disposition: string;
  readonly text: string;
}

async function exported(path: string, accept: string, token = 'read-token'): Promise<Export> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { accept, authorization: `Bearer ${token}` },
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type')!,
    disposition: answer.headers.get('content-disposition') ?? '',
    text: await answer.text(),
  };
}

const lines = (text: string): unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));

const LISTS = [
  '/v1/jimers',
  '/v1/jimers?q=user1',
  `/v1/jimers/${jimerUid(1)}/timeline`,
  '/v1/experiences',
  '/v1/experiences?status=paused',
  `/v1/experiences/${experienceUid(1)}/history`,
  `/v1/experiences/${experienceUid(1)}/jimers`,
  `/v1/experiences/${experienceUid(1)}/jimers?state=started`,
  `/v1/experiences/${experienceUid(1)}/answers`,
  '/v1/feedback',
  '/v1/quarantine',
  '/v1/unrecognized',
  '/v1/dead-letters',
];

describe('exports', () => {
  it.each(LISTS)('as NDJSON hold every item of %s as the list has it', async (path) => {
    const { status, type, text } = await exported(path, 'application/x-ndjson', 'admin-token');
    expect([status, type]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    expect(lines(text)).toEqual(await api.all(path, 200, 'admin-token'));
  });

  it.each([...LISTS, `/v1/jimers/${jimerUid(1)}/journey`])(
    'as CSV have no JSON in a cell of %s',
    async (path) => {
      const { status, text } = await exported(path, 'text/csv', 'admin-token');
      expect(status).toBe(200);
      expect(text).not.toMatch(/(?:^|,)"?(?:\{|\[)(?:""|\{|\[|\]|\})/m);
    },
  );

  it('of feedback have what was asked, where and by whom in columns', async () => {
    await api.deliver([
      event('request.created', second(2), {
        request: { uid: 'r2', name: 'Export', text: 'To a file,\nplease', votes: 3, labels: ['a', { b: 1 }] },
        jimer: { uid: jimerUid(2), email: 'two@example.com' },
        project: { uid: projectUid(2) },
      }),
    ]);
    const [head, row, ...rest] = (await exported('/v1/feedback', 'text/csv')).text.split('\r\n');
    expect(head).toBe(
      'uid,workspace,title,description,status,tags,assignee,note,version,createdAt,project,projectUid,' +
        'requester,requesterUid,requesterIdentifyToken,requesterEmail,mergedInto,otherFields',
    );
    expect(row).toBe(
      `r2,default,Export,"To a file,\nplease",new,"",,,1,2025-02-03T12:00:02.000Z,${projectUid(2)},${projectUid(2)},` +
        `two@example.com,${jimerUid(2)},,two@example.com,,votes: 3; labels: a; b: 1`,
    );
    expect(rest[0]).toMatch(/^r1,default,Dark mode,,.*,App,.*,User 1,/);
  });

  it('hold the experiences of a journey', async () => {
    const path = `/v1/jimers/${jimerUid(1)}/journey`;
    const { text } = await exported(path, 'application/x-ndjson');
    expect(lines(text)).toEqual((await api.get(path)).body.experiences);
  });

  it('as CSV have a header, quote what needs it and run nothing in a spreadsheet', async () => {
    const { type, disposition, text } = await exported('/v1/jimers', 'text/csv, application/json;q=0.5');
    expect(type).toBe('text/csv; charset=utf-8; header=present');
    expect(disposition).toBe('attachment; filename="jimers.csv"');
    expect(text.split('\r\n')[0]).toBe(
      'uid,workspace,identifyToken,username,email,createdAt,lastActivityAt,firstEventAt,lastEventAt',
    );
    expect(text).toContain(`,user-7,"'=cmd|""calc"",\r\n",user7@example.com,`);
    expect(text.match(/\r\n[0-9a-f]{8}-/g)).toHaveLength(JIMERS + 1);
  });

  it('are limited to what the token may see', async () => {
    const { text } = await exported('/v1/jimers', 'application/x-ndjson', 'acme-token');
    expect(lines(text)).toEqual([expect.objectContaining({ uid: jimerUid(900), workspace: 'acme' })]);
    expect((await exported('/v1/jimers?workspace=default', 'text/csv', 'acme-token')).status).toBe(403);
    expect((await exported('/v1/quarantine', 'text/csv', 'read-token')).status).toBe(403);
    expect((await exported(`/v1/jimers/${jimerUid(1)}/timeline`, 'text/csv', 'acme-token')).status).toBe(404);
  });

  it.each([
    ['/v1/jimers?limit=10', 'limit'],
    ['/v1/jimers?cursor=x', 'cursor'],
    ['/v1/experiences?type=MOVIE', 'type'],
    ['/v1/jimers/x/timeline', 'uid'],
  ])('refuse %s, naming it', async (path, name) => {
    const { status, type, text } = await exported(path, 'text/csv');
    expect([status, type]).toEqual([400, expect.stringContaining('application/problem+json')]);
    expect(JSON.parse(text)).toMatchObject({ problems: [{ path: name }] });
  });

  it.each([
    '*/*',
    'application/json',
    'text/html, */*;q=0.8',
    'text/csv;q=0.1, application/json',
    'nonsense',
  ])('are not what Accept: %s asks for', async (accept) => {
    const { type, text } = await exported('/v1/jimers?limit=3', accept);
    expect(type).toContain('application/json');
    expect(JSON.parse(text)).toMatchObject({ items: [{}, {}, {}] });
  });

  /** How an export comes to its end. */
  function follow(token = 'read-token'): {
    readonly request: ClientRequest;
    readonly answer: Promise<IncomingMessage>;
  } {
    const headers = { accept: 'text/csv', authorization: `Bearer ${token}` };
    const asked = request({ port, host: '127.0.0.1', path: '/v1/jimers', headers, agent: false });
    const answer = new Promise<IncomingMessage>((resolve) => asked.once('response', resolve));
    asked.on('error', () => undefined);
    asked.end();
    return { request: asked, answer };
  }

  async function running(): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^read_api_exports (\d+)$/m.exec(text)![1]);
  }

  describe('while somebody is erased', () => {
    const erase = async (n: number, topic: Topic): Promise<void> => {
      const about = { workspace: 'default', time: second(99), by: 'admin', jimer: { uid: jimerUid(n) } };
      await api.log.append([jimerErased({ ...about, topic })]);
    };

    it('tell nothing of them on pages that were not read before', async () => {
      const list = jimers.list.bind(jimers);
      const [first, last] = [10, JIMERS - 10];
      jimers.list = async (database, workspace, query) => {
        // The first page, with the first of them, may be on its way.
        if (query.cursor !== undefined && jimers.list !== list) {
          jimers.list = list;
          for (const each of [first, last]) await erase(each, TOPICS.engagement);
        }
        return list(database, workspace, query);
      };
      try {
        const { status, text } = await exported('/v1/jimers?workspace=default', 'application/x-ndjson');
        expect(status).toBe(200);
        expect(text).toContain(jimerUid(first));
        expect(text).not.toContain(jimerUid(last));
        // Everybody else is there, once.
        const uids = (lines(text) as { uid: string }[]).map(({ uid }) => uid);
        expect(uids).toEqual(
          Array.from({ length: JIMERS }, (_none, n) => jimerUid(n)).filter((uid) => uid !== jimerUid(last)),
        );
      } finally {
        jimers.list = list;
      }
      const { text } = await exported('/v1/jimers', 'text/csv');
      for (const each of [first, last]) expect(text).not.toContain(jimerUid(each));
    });

    it('break off when they are of nobody else', async () => {
      const busy = 950;
      await api.deliver(
        Array.from({ length: 201 }, (_none, n) =>
          event('tour.started', second(n), { experience: experience(2), jimer: jimer(busy) }),
        ),
      );
      const timeline = api.app.get(TimelineQueries, { strict: false });
      const list = timeline.list.bind(timeline);
      timeline.list = async (...asked) => {
        const page = await list(...asked);
        await erase(busy, TOPICS.feedback);
        return page;
      };
      try {
        await expect(exported(`/v1/jimers/${jimerUid(busy)}/timeline`, 'text/csv')).rejects.toThrow();
      } finally {
        timeline.list = list;
      }
    });
  });

  it('that break off have no end, which their client sees', async () => {
    const list = jimers.list.bind(jimers);
    jimers.list = (database, workspace, query) =>
      query.cursor === undefined ? list(database, workspace, query) : Promise.reject(new Error('gone'));
    try {
      const answer = await follow().answer;
      expect(answer.statusCode).toBe(200);
      answer.resume();
      await new Promise((resolve) => answer.once('close', resolve).on('error', () => undefined));
      expect(answer.complete).toBe(false);
    } finally {
      jimers.list = list;
    }
    await until('its place is free', async () => (await running()) === 0);
  });

  it('read no further than their client does, end with it, and are no more than may be at once', async () => {
    const list = jimers.list.bind(jimers);
    let pages = 0;
    const { items } = await list(api.app.get(ReadDatabase, { strict: false }), null, { limit: 50 });
    const page = Array.from({ length: 200 }, (_each, index) => items[index % items.length]!);
    // A list without an end, which costs no query: sockets take megabytes.
    jimers.list = async () => {
      pages++;
      await new Promise(setImmediate);
      return { items: page, nextCursor: 'again' };
    };
    try {
      const open = [follow(), follow(), follow()];
      await Promise.all(open.map(({ answer }) => answer));
      expect(await running()).toBe(3);
      const more = await exported('/v1/jimers', 'text/csv');
      expect([more.status, JSON.parse(more.text)]).toMatchObject([
        429,
        { detail: expect.stringContaining('its share of the exports (3 of 4)') as string },
      ]);
      open.push(follow('acme-token'));
      await open[3]!.answer;
      const none = await exported('/v1/jimers', 'text/csv', 'triage-token');
      expect([none.status, JSON.parse(none.text)]).toMatchObject([
        503,
        { detail: 'All 4 exports are in use.' },
      ]);
      // Until the sockets take no more.
      let before = -1;
      await until(
        'no more pages are read',
        () => {
          const still = pages === before;
          before = pages;
          return Promise.resolve(still);
        },
        { everyMs: 500 },
      );
      for (const each of open) each.request.destroy();
      await until('their permits are free', async () => (await running()) === 0);
    } finally {
      jimers.list = list;
    }
    expect((await exported('/v1/jimers', 'text/csv')).status).toBe(200);
  });
});
