import { get as httpGet } from 'node:http';
import type { AddressInfo } from 'node:net';
import { backlogItemTriaged } from '@app/catalog';
import { until } from '@app/testing';
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
} from '../read-api.fixture';
import { LogSearch } from './log-search';
import { idsOf, LogFixture, started, type Appended } from './log.fixture';

let log: LogFixture;
let api: ReadApiFixture;
let requestUid: string;

beforeAll(async () => {
  log = await LogFixture.open('log');
  ({ api } = log);
  requestUid = `Request-${log.workspace}`;
});

afterAll(() => log?.close());

describe('the log', () => {
  let tour: Appended, survey: Appended, created: Appended, request: Appended, triaged: Appended;
  let unrecognized: Appended, quarantined: Appended, foreign: Appended;

  beforeAll(async () => {
    [created, tour, survey, request] = (await log.append(
      log.workspace,
      event('tour.created', second(1), {
        experience: experience(1),
        user: { uid: userUid(1), email: 'sam@example.com', firstName: 'Sam', lastName: 'at Jimo' },
      }),
      started(1, 2, 1, { title: 'Wélcome' }),
      started(2, 3, 2),
      event('request.created', second(4), {
        request: { uid: requestUid, title: 'Dark mode' },
        jimer: jimer(1),
        project: { uid: projectUid(1) },
      }),
    )) as [Appended, Appended, Appended, Appended];
    const item = { status: 'planned', tags: [], assignee: null, note: null, mergedInto: null } as const;
    triaged = await log.place(
      backlogItemTriaged({
        ...{
          workspace: log.workspace,
          time: second(5),
          request: { uid: requestUid },
          jimer: { uid: jimerUid(1) },
        },
        ...{ version: 2, item, changed: ['status'], change: jimerUid(9), by: 'triage', actor: null },
      }),
    );
    [unrecognized, quarantined] = (await log.append(
      log.workspace,
      { event: 'tour.exploded', time: second(6), jimer: { uid: jimerUid(1) } },
      event('tour.started', second(7), { jimer: { uid: jimerUid(1) }, request: { uid: requestUid } }),
    )) as [Appended, Appended];
    [foreign] = (await log.append(log.other, started(1, 8))) as [Appended];
  });

  it('has an event as it was received, with where and when it was appended and its headers', async () => {
    const { items, nextCursor, remaining } = await log.search(`id=${request.id}&jimerUid=${jimerUid(1)}`);
    expect(items).toEqual([
      {
        position: request.position,
        appendedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        workspace: log.workspace,
        id: request.id,
        event: 'request.created',
        time: new Date(second(4)).toISOString(),
        headers: expect.objectContaining({
          ce_id: request.id,
          ce_type: 'com.usejimo.request.created',
        }) as object,
        value: expect.objectContaining({ event: 'request.created', time: second(4) }) as object,
      },
    ]);
    expect([nextCursor, remaining]).toEqual([null, 0]);
  });

  it.each<[string, () => string, () => readonly Appended[]]>([
    ['a jimer', () => `jimerUid=${jimerUid(1)}`, () => [triaged, request, tour]],
    ['an experience', () => `experienceUid=${experienceUid(1).toUpperCase()}`, () => [tour, created]],
    ['a request', () => `requestUid=${requestUid}`, () => [triaged, request]],
    ['an event id', () => `id=${survey.id}`, () => [survey]],
    ['a kind', () => 'event=tour.started', () => [survey, tour]],
    ['a kind of system event', () => 'event=backlog.item.triaged', () => [triaged]],
    ['text', () => `q=${encodeURIComponent('wélCOME')}`, () => [tour]],
    ['several of these', () => `jimerUid=${jimerUid(1)}&event=tour.started`, () => [tour]],
    ['nothing', () => '', () => [triaged, request, survey, tour, created]],
  ])('is searched by %s, newest first', async (_what, query, found) => {
    expect(idsOf(await log.all(query()))).toEqual(idsOf(found()));
    expect(idsOf(await log.all(`${query()}&limit=1`))).toEqual(idsOf(found()));
  });

  it('is searched by times of the log', async () => {
    const [at] = (await log.search(`id=${survey.id}`)).items;
    const appendedAt = encodeURIComponent(at!.appendedAt);
    expect(idsOf(await log.all(`from=${appendedAt}`))).toEqual(idsOf([triaged, request, survey]));
    expect(idsOf(await log.all(`to=${appendedAt}`))).toEqual(idsOf([tour, created]));
    expect(idsOf(await log.all(`from=${appendedAt}&to=${appendedAt}`))).toEqual([]);
    expect(await log.all('from=2100-01-01')).toEqual([]);
    expect(await log.all('to=2001-01-01')).toEqual([]);
  });

  it('shows rejected events to administrators', async () => {
    const rejected = [quarantined, unrecognized];
    const found = await log.all(`jimerUid=${jimerUid(1)}`, 'own-admin');
    expect(idsOf(found)).toEqual(idsOf([...rejected, triaged, request, tour]));
    expect(JSON.parse(found[0]!.headers['ce_problems']!)).toEqual([
      expect.objectContaining({ path: 'experience' }),
    ]);
    expect(idsOf(await log.all('event=tour.exploded', 'own-admin'))).toEqual([unrecognized.id]);
    expect(idsOf(await log.all('event=tour.started', 'own-admin'))).toEqual(
      idsOf([quarantined, survey, tour]),
    );
    expect(idsOf(await log.all(`requestUid=${requestUid}`, 'own-admin'))).toEqual(
      idsOf([quarantined, triaged, request]),
    );
  });

  it('shows a workspace its own', async () => {
    expect(idsOf(await log.all(`jimerUid=${jimerUid(1)}`, 'other'))).toEqual([foreign.id]);
    expect(idsOf(await log.all(`jimerUid=${jimerUid(1)}&workspace=${log.other}`, 'all'))).toEqual([
      foreign.id,
    ]);
    const both = await log.all(
      `jimerUid=${jimerUid(1)}&from=${new Date(Date.now() - 600_000).toISOString()}`,
      'all',
    );
    expect(new Set(idsOf(both))).toEqual(
      expect.objectContaining(new Set(idsOf([foreign, tour, request, triaged]))),
    );
    expect((await log.refusal(`workspace=${log.other}`))[0]).toBe(403);
  });

  it('gives the one event at a position', async () => {
    for (const each of [tour, triaged]) {
      const { items, nextCursor } = await log.search(`position=${each.position}`);
      expect([idsOf(items), nextCursor]).toEqual([[each.id], null]);
    }
    expect(idsOf((await log.search(`position=${quarantined.position}`, 'own-admin')).items)).toEqual([
      quarantined.id,
    ]);
  });

  it('says what is wrong with a position', async () => {
    const [topic, place] = tour.position.split('/') as [string, string];
    const [partition] = place.split('@');
    expect(await log.refusal(`position=${foreign.position}`)).toEqual([
      404,
      expect.stringMatching(/not one that this/),
    ]);
    const beyond = `${topic}/${partition}@999999999`;
    expect(await log.refusal(`position=${beyond}`)).toEqual([
      404,
      expect.stringMatching(/ends before offset \d+\.$/),
    ]);
    expect(await log.refusal(`position=${topic}/999@0`)).toEqual([
      404,
      `The log has no partition ${topic}/999.`,
    ]);
    expect(await log.refusal('position=other/0@0')).toEqual([
      400,
      expect.stringMatching(/^position must be in one of/),
    ]);
    expect(await log.refusal('position=1')).toEqual([400, 'position must be <topic>/<partition>@<offset>']);
    expect(await log.refusal(`position=${quarantined.position}`)).toEqual([
      403,
      expect.stringMatching(/admin/),
    ]);
    const both = `position=${tour.position}&id=${tour.id}&q=a`;
    expect(await log.refusal(both)).toEqual([
      400,
      'id does not go with position; q does not go with position',
    ]);
  });

  it('says what is wrong with a filter', async () => {
    expect(await log.refusal('event=tour.exploded')).toEqual([
      400,
      expect.stringMatching(/^event is not in the catalogue/),
    ]);
    expect(await log.refusal('jimerUid=1')).toEqual([400, 'jimerUid must be a UUID']);
    expect(await log.refusal('from=yesterday&to=1')).toEqual([
      400,
      expect.stringMatching(/^from must be .*; to must be/),
    ]);
    expect(await log.refusal('from=2025-02-02&to=2025-02-01')).toEqual([400, 'to must not be before from']);
    expect(await log.refusal('q=')).toEqual([400, expect.stringMatching(/^q must be a text/)]);
    expect(await log.refusal('limit=201')).toEqual([400, expect.stringMatching(/^limit must be/)]);
    for (const cursor of ['x', 'AQ', '*', 'AQEA'])
      expect(await log.refusal(`cursor=${cursor}`)).toEqual([400, 'cursor is not one that this list gave']);
  });

  it('has no tombstone, and nothing of who was erased', async () => {
    const [gone, kept] = (await log.append(log.workspace, started(7, 20), started(8, 21))) as [
      Appended,
      Appended,
    ];
    expect(idsOf(await log.all('q=User 7'))).toEqual([gone.id]);
    await api.pool.query(
      `INSERT INTO engine.erasure (workspace, jimer_uid, requested_by) VALUES ($1, $2, 'admin')`,
      [log.workspace, jimerUid(7)],
    );
    for (const query of [`jimerUid=${jimerUid(7)}`, `id=${gone.id}`, 'q=User 7'])
      for (const token of ['own', 'own-admin']) expect(await log.all(query, token)).toEqual([]);
    expect((await log.refusal(`position=${gone.position}`))[0]).toBe(404);
    const [topic, partition] = kept.position.split(/[/@]/) as [string, string];
    const [tombstone] = await log.producer.send({
      topic,
      messages: [{ key: `${kept.id}x`, value: null, partition: Number(partition) }],
    });
    expect((await log.refusal(`position=${topic}/${partition}@${tombstone!.baseOffset}`, 'admin'))[0]).toBe(
      404,
    );
    expect(idsOf(await log.all(`jimerUid=${jimerUid(8)}`))).toEqual([kept.id]);
  });

  it('shows what another producer wrote to administrators of all workspaces, as it is', async () => {
    const text = `by nobody ${log.workspace}`;
    const [sent] = await log.producer.send({
      topic: 'jimo.engagement',
      messages: [{ key: 'another', value: text, partition: 0 }],
    });
    const position = `jimo.engagement/0@${sent!.baseOffset}`;
    const nothing = { workspace: null, id: null, event: null, time: null, headers: {} };
    const query = `q=${encodeURIComponent(text)}`;
    expect(await log.all(query, 'admin')).toEqual([
      expect.objectContaining({ ...nothing, position, value: text }),
    ]);
    expect((await log.search(`position=${position}`, 'admin')).items).toHaveLength(1);
    for (const token of ['all', 'own-admin']) {
      expect(await log.all(query, token)).toEqual([]);
      expect((await log.refusal(`position=${position}`, token))[0]).toBe(404);
    }
  });

  it('is read page by page without gap or repetition while events are appended', async () => {
    const before = await log.append(
      log.workspace,
      ...Array.from({ length: 40 }, (_none, i) => started(20 + (i % 5), 100 + i, 9)),
    );
    let at = 1_000;
    const found = await log.all(`experienceUid=${experienceUid(9)}&limit=7`, 'own', () =>
      log.append(log.workspace, started(20 + (at % 5), at++, 9), started(30, at++, 9)),
    );
    expect(idsOf(found)).toEqual(idsOf(before).reverse());
    const positions = found.map(({ appendedAt }) => Date.parse(appendedAt));
    expect(positions).toEqual([...positions].sort((a, b) => b - a));
  });

  it('is one file of everything that is found', async () => {
    const query = `/v1/log?jimerUid=${jimerUid(1)}`;
    const answer = await api.app.inject({
      url: query,
      headers: { authorization: 'Bearer own-admin', accept: 'application/x-ndjson' },
    });
    expect(answer.headers['content-disposition']).toBe('attachment; filename="log.ndjson"');
    const lines = answer.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    expect(idsOf(lines)).toEqual(idsOf([quarantined, unrecognized, triaged, request, tour]));
    const csv = await api.app.inject({
      url: query,
      headers: { authorization: 'Bearer own', accept: 'text/csv' },
    });
    expect(csv.body.split('\r\n')[0]).toBe('position,appendedAt,workspace,id,event,time,headers,value');
  });

  it('is not searched on when whoever asked is gone', async () => {
    await api.app.listen(0, '127.0.0.1');
    const { port } = api.app.getHttpServer().address() as AddressInfo;
    const asked = Promise.withResolvers<AbortSignal>();
    const page = jest
      .spyOn(api.app.get(LogSearch), 'page')
      .mockImplementation((_query, _searcher, signal) => {
        asked.resolve(signal);
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('gone'))),
        );
      });
    const request = httpGet({ port, path: '/v1/log', headers: { authorization: 'Bearer own' } });
    request.on('error', () => undefined);
    const signal = await asked.promise;
    expect(signal.aborted).toBe(false);
    request.destroy();
    await until('the search to be told', () => signal.aborted);
    page.mockRestore();
  });
});

it('is a 503 while Kafka is away', async () => {
  const away = await ReadApiFixture.open(
    log.database.url,
    { ...log.env, KAFKA_BROKERS: '127.0.0.1:1' },
    'kafka',
  );
  try {
    for (const query of ['', '?position=jimo.engagement/0@0']) {
      const answer = await away.get(`/v1/log${query}`, 'own');
      expect([answer.status, answer.body.detail]).toEqual([503, 'Kafka does not answer.']);
    }
  } finally {
    await away.close();
  }
});
