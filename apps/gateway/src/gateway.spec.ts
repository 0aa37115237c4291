import { acceptEvent } from '@app/catalog';
import { createHttpApp, createLogger, PROBLEM_JSON, parseWebhookTokens } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule } from './gateway.module';
import { MemoryLog } from './memory-log.fixture';
import { IntakeSummary } from './webhook/intake-summary';
import { observeRefusals } from './webhook/refusals';
import { meantAddress } from './webhook/webhook-address';
import { guardWebhooks } from './webhook/webhook-guard';

const TOKEN = 'hunter2-secret';
const TOKENS = parseWebhookTokens(`default:${TOKEN},default:rotated,acme:other,default:dev-webhook-token`);
const HEALTH_TOKEN = 'a-health-token-of-specs';
const JSON_TYPE = { 'content-type': 'application/json' };
const BEARER = { ...JSON_TYPE, authorization: `Bearer ${TOKEN}` };
const EVENT = {
  event: 'tour.started',
  time: 1_740_133_769_000,
  experience: { uid: '0814ae77-568d-41c0-912a-0b4c63dc03ff' },
  jimer: { uid: '17dff65e-434d-4454-bb57-a1167fefbb6b' },
};
const UNKNOWN = { event: 'usage.limit.reached', time: '1740133769' };
const INVALID = { ...EVENT, jimer: { uid: 'x' } };
const PROBLEMS = [{ path: 'jimer.uid', message: 'must be a UUID' }];

describe('the gateway', () => {
  const lines: string[] = [];
  let log: MemoryLog;
  let app: NestFastifyApplication;

  async function start(rateLimit?: number): Promise<void> {
    log = new MemoryLog();
    const logger = createLogger('gateway', 'trace', { write: (line: string) => void lines.push(line) });
    app = await createHttpApp(
      GatewayModule.with(
        { inject: [], useFactory: () => log },
        { tokens: TOKENS, healthToken: HEALTH_TOKEN },
      ),
      {
        logger,
        body: 'raw',
        rewriteUrl: meantAddress,
      },
    );
    observeRefusals(app, app.get(IntakeSummary));
    guardWebhooks(app, TOKENS, rateLimit);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  }
  beforeEach(() => start());
  afterEach(async () => {
    await app.close();
    expect(lines.splice(0).join('')).not.toContain(TOKEN);
  });

  const post = (body: unknown, headers: Record<string, string> = BEARER, url = '/webhooks/jimo') =>
    app.inject({
      method: 'POST',
      url,
      headers,
      payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
  const batch = (body: unknown) => post(body, BEARER, '/webhooks/jimo/batch');

  async function problem(answer: ReturnType<typeof post>, status: number) {
    const { statusCode, headers, json } = await answer;
    expect([statusCode, headers['content-type']]).toEqual([status, `${PROBLEM_JSON}; charset=utf-8`]);
    const body = json<{ type: string; title: string; status: number; detail: string; problems?: unknown }>();
    expect(body).toMatchObject({ type: 'about:blank', status });
    expect(body.detail.length).toBeGreaterThan(10);
    return { ...body, headers };
  }

  describe('answers 202 with the position in the log', () => {
    it('for a valid event', async () => {
      const answer = await post(EVENT);
      const id = (
        acceptEvent({ workspace: 'default', text: JSON.stringify(EVENT), now: 0 }) as { id: string }
      ).id;
      expect(answer.statusCode).toBe(202);
      expect(answer.json()).toEqual({ id, status: 'accepted', position: 'jimo.engagement/0@0' });
    });

    it('for an unknown event', async () => {
      expect((await post(UNKNOWN)).json()).toMatchObject({
        status: 'unrecognized',
        position: 'jimo.unrecognized/0@0',
      });
    });

    it('for an invalid one, with its problems', async () => {
      expect((await post(INVALID)).json()).toMatchObject({
        status: 'quarantined',
        position: 'jimo.quarantine/0@0',
        problems: PROBLEMS,
      });
    });

    it('logging rejected events and refused requests with position and reason, without their content', async () => {
      const answer = (await post(INVALID)).json<{ id: string; position: string }>();
      await post({ ...UNKNOWN, free: 'words' });
      await post({ event: 5, free: 'words' });
      const told = lines.map((line) => JSON.parse(line) as { msg: string });
      const of = (msg: string) => told.find((line) => line.msg === msg);
      const { id: eventId, position } = answer;
      const workspace = 'default';
      expect(of('an event was quarantined')).toMatchObject({
        workspace,
        eventId,
        position,
        problems: PROBLEMS,
      });
      expect(of('an event was not recognized')).toMatchObject({ position: 'jimo.unrecognized/0@0' });
      expect(of('a delivery was refused')).toMatchObject({
        workspace,
        status: 422,
        paths: ['event', 'time'],
      });
      expect(lines.join('')).not.toContain('words');
    });

    it('repeating id for a redelivery', async () => {
      const [first, second] = [await post(EVENT), await post(JSON.stringify(EVENT, null, 2))];
      expect(second.json<{ id: string }>().id).toBe(first.json<{ id: string }>().id);
      expect(second.json()).toHaveProperty('position', 'jimo.engagement/0@1');
    });
  });

  describe('takes the token', () => {
    it.each([
      ['as a bearer', BEARER, ''],
      ['as the password of HTTP Basic', basic(`anyone:${TOKEN}`), ''],
      ['in the URL', JSON_TYPE, `?token=${TOKEN}`],
      ['while another is rotated in', JSON_TYPE, '?token=rotated'],
      ['in the URL, whatever header a proxy adds', { ...JSON_TYPE, authorization: '' }, `?token=${TOKEN}`],
      ['in the URL beside a header of no use', { ...JSON_TYPE, authorization: 'x' }, `?token=${TOKEN}`],
      ['in the URL beside the token of another', basic('proxy:nope'), `?token=${TOKEN}`],
      ['as a bearer beside an unknown one in the URL', BEARER, '?token=nope'],
    ])('%s', async (_where, headers, query) => {
      expect((await post(EVENT, headers, `/webhooks/jimo${query}`)).statusCode).toBe(202);
    });

    it('and the workspace from it', async () => {
      await post(EVENT, JSON_TYPE, '/webhooks/jimo?token=other');
      await post(EVENT, BEARER, '/webhooks/jimo?token=other');
      expect(log.messages.map(({ headers }) => headers['ce_source'])).toEqual([
        '/jimo/workspaces/acme',
        '/jimo/workspaces/default',
      ]);
    });

    it.each([
      ['none', JSON_TYPE, ''],
      ['an unknown one', { ...JSON_TYPE, authorization: 'Bearer nope' }, ''],
      ['an empty one', JSON_TYPE, '?token='],
      ['two that differ', JSON_TYPE, `?token=${TOKEN}&token=rotated`],
      ['unknown ones in both places', { ...JSON_TYPE, authorization: 'Bearer nope' }, '?token=nope'],
      ['the name instead of the password', basic(`${TOKEN}:`), ''],
    ])('or answers 401: %s', async (_what, headers, query) => {
      const { headers: answered } = await problem(post(EVENT, headers, `/webhooks/jimo${query}`), 401);
      expect(answered['www-authenticate']).toMatch(/^Bearer/);
      await problem(post('[]', headers, `/webhooks/jimo/batch${query}`), 401);
      expect(log.messages).toEqual([]);
    });
  });

  describe('takes an address as people type and paste it', () => {
    it.each([
      ['a slash at the end', `/webhooks/jimo/?token=${TOKEN}`],
      ['slashes at the front', `//webhooks/jimo?token=${TOKEN}`],
      ['slashes inside', `/webhooks//jimo?token=${TOKEN}`],
      ['slashes everywhere', `//webhooks///jimo//?token=${TOKEN}`],
      ['a space at the end', `/webhooks/jimo%20?token=${TOKEN}`],
      ['a line break at the end', `/webhooks/jimo%0D%0A?token=${TOKEN}`],
      ['a no-break space at the front', `/%C2%A0webhooks/jimo?token=${TOKEN}`],
      ['the full stop of a sentence', `/webhooks/jimo.?token=${TOKEN}`],
      ['the quote of a text', `/webhooks/jimo%22?token=${TOKEN}`],
      ['capitals', `/Webhooks/Jimo?token=${TOKEN}`],
      ['an absolute URL', `http://host/webhooks/jimo?token=${TOKEN}`],
      ['a space before the token', `/webhooks/jimo?token=%20${TOKEN}`],
      ['a plus after the token', `/webhooks/jimo?token=${TOKEN}+`],
      ['a line break after the token', `/webhooks/jimo?token=${TOKEN}%0D%0A`],
      ['a no-break space after the token', `/webhooks/jimo?token=${TOKEN}%C2%A0`],
      ['a zero-width space inside the token', `/webhooks/jimo?token=hunter2-%E2%80%8Bsecret`],
      ['a line break inside the token', `/webhooks/jimo?token=hunter2-%0Asecret`],
      ['a slash after the token', `/webhooks/jimo?token=${TOKEN}/`],
      ['quotes around the token', `/webhooks/jimo?token=%22${TOKEN}%22`],
      ['the brackets of a placeholder', `/webhooks/jimo?token=<${TOKEN}>`],
      ['the parameter in capitals', `/webhooks/jimo?TOKEN=${TOKEN}`],
      ['a space before the parameter', `/webhooks/jimo?%20token=${TOKEN}`],
      ['an ampersand out of HTML', `/webhooks/jimo?from=jimo&amp;token=${TOKEN}`],
      ['the token twice', `/webhooks/jimo?token=${TOKEN}&token=${TOKEN}`],
    ])('%s', async (_what, url) => {
      expect((await post(EVENT, JSON_TYPE, url)).statusCode).toBe(202);
    });

    it('and so for batches', async () => {
      const url = `//webhooks/jimo//batch/%20?token=${TOKEN}%C2%A0`;
      expect((await post([EVENT], JSON_TYPE, url)).json()).toMatchObject([{ status: 'accepted' }]);
    });

    it.each([
      ['two spaces after the scheme', `Bearer  ${TOKEN} `],
      ['a tab after the scheme', `Bearer\t${TOKEN}`],
      ['quotes', `Bearer "${TOKEN}"`],
      ['a no-break space, in UTF-8', Buffer.from(`Bearer ${TOKEN}\u00a0`).toString('latin1')],
      ['a no-break space after the scheme', Buffer.from(`Bearer\u00a0${TOKEN}`).toString('latin1')],
      ['Basic with a line break', `Basic ${Buffer.from(`anyone:${TOKEN}\n`).toString('base64')}`],
    ])('in the header: %s', async (_what, authorization) => {
      expect((await post(EVENT, { ...JSON_TYPE, authorization })).statusCode).toBe(202);
    });

    it.each([
      ['a token that is part of another', `?token=${TOKEN.slice(0, -1)}`],
      ['spaces alone', '?token=%20'],
    ])('but not %s', async (_what, query) => {
      await problem(post(EVENT, JSON_TYPE, `/webhooks/jimo${query}`), 401);
    });
  });

  describe('says that an address is right when it is opened or probed', () => {
    it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'] as const)(
      '405 with Allow for %s',
      async (method) => {
        for (const path of ['/webhooks/jimo', '/webhooks/jimo/', '//webhooks/jimo/batch']) {
          const url = `${path}?token=${TOKEN}`;
          const answer = await app.inject({ method, url, headers: { accept: 'text/html' } });
          expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST']);
          if (method === 'HEAD') continue;
          expect(answer.json<{ detail: string }>().detail).toBe(
            `This is the right address, but it takes POST and not ${method}.`,
          );
        }
      },
    );

    it('whatever the body is of', async () => {
      const headers = { 'content-type': 'text/plain' };
      const answer = await app.inject({ method: 'PUT', url: '/webhooks/jimo', headers, payload: 'x' });
      expect(answer.statusCode).toBe(405);
    });

    it('and not of another', async () => {
      for (const url of ['/webhooks/nowhere', '/webhooks', '/webhooks/jimo/batch/x'])
        expect((await app.inject({ method: 'GET', url })).statusCode).toBe(404);
      const health = await app.inject({ method: 'POST', url: '/health/live' });
      expect([health.statusCode, health.headers['allow']]).toEqual([405, 'GET, HEAD']);
    });
  });

  it.each([
    ['evil.example', 403],
    ['evil.example:3000', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example.', 403],
    ['127.0.0.1:3000', 202],
    ['[::1]:3000', 202],
    ['localhost:3000', 202],
    ['gateway:3000', 202],
    ['app.localhost', 202],
    ['host.docker.internal:3000', 202],
  ])('takes a development token by the host %s: %i', async (host, status) => {
    const development = await post(EVENT, { ...JSON_TYPE, authorization: 'Bearer dev-webhook-token', host });
    expect(development.statusCode).toBe(status);
    expect((await post(EVENT, { ...BEARER, host })).statusCode).toBe(202);
  });

  describe('answers with a problem and stores nothing', () => {
    afterEach(() => expect(log.messages).toEqual([]));

    it.each(['', '{', '[]', 'null', '5', '\ufeff{}'])('400 for %j', async (body) => {
      await problem(post(body), 400);
    });

    it('400 with the place where it breaks', async () => {
      const body = JSON.stringify({ ...EVENT, name: 'Zoë' }).replace('}', ',"n":NaN}');
      const { detail } = await problem(post(body), 400);
      expect(detail).toContain(
        `at byte ${Buffer.byteLength(body.slice(0, body.indexOf('NaN')))} of the body`,
      );
      expect(detail).not.toContain('NaN');
    });

    it('400 for what is not UTF-8', async () => {
      await problem(post(Buffer.from([0x7b, 0xff, 0x7d])), 400);
    });

    it('422 for an object without event and time, naming both', async () => {
      const { problems } = await problem(post({ time: '2025-02-30T00:00:00Z' }), 422);
      expect(problems).toMatchObject([{ path: 'event' }, { path: 'time' }]);
    });

    it('413 for more than 256 KiB, announced or not', async () => {
      const body = JSON.stringify({ ...EVENT, pad: 'x'.repeat(256 * 1024) });
      const { detail } = await problem(post(body), 413);
      expect(detail).toContain('262144');
      const chunked = post(body, { ...BEARER, 'transfer-encoding': 'chunked', 'content-length': '' });
      expect((await problem(chunked, 413)).detail).toBe(detail);
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/cloudevents+json', ''])(
      '415 for %j',
      async (type) => {
        await problem(post('{}', { ...BEARER, 'content-type': type }), 415);
      },
    );

    it('415 for a compressed body', async () => {
      await problem(post('{}', { ...BEARER, 'content-encoding': 'gzip' }), 415);
    });

    it('404 elsewhere, without repeating the token', async () => {
      const { detail } = await problem(post('{}', BEARER, `/webhooks/elsewhere?token=${TOKEN}`), 404);
      expect(detail).not.toContain(TOKEN);
    });

    it('503 with Retry-After when the log takes nothing', async () => {
      log.refusals = 2;
      const { headers } = await problem(post(EVENT), 503);
      expect(headers['retry-after']).toBe('5');
      await problem(batch([EVENT, UNKNOWN]), 503);
    });
  });

  it('answers 429 with Retry-After beyond the rate of a token, and not to another', async () => {
    await app.close();
    await start(2);
    const answers = [await post(UNKNOWN), await post(UNKNOWN), await post(UNKNOWN)];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 429]);
    expect(answers[2]!.headers['retry-after']).toBe('1');
    expect((await post(UNKNOWN, JSON_TYPE, '/webhooks/jimo?token=other')).statusCode).toBe(202);
  });

  describe('takes a batch', () => {
    it('and answers for each element in order', async () => {
      const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
      const text = `[${JSON.stringify(EVENT)}, {} ,5,${JSON.stringify(UNKNOWN)},${JSON.stringify(INVALID)},${deep},${JSON.stringify(EVENT)}]`;
      const answer = await batch(text);
      expect(answer.statusCode).toBe(202);
      expect(answer.json()).toMatchObject([
        { status: 'accepted', position: 'jimo.engagement/0@0' },
        { status: 'rejected', problems: [{ path: 'event' }, { path: 'time' }] },
        { status: 'rejected', problems: [{ path: '' }] },
        { status: 'unrecognized', position: 'jimo.unrecognized/0@0' },
        { status: 'quarantined', position: 'jimo.quarantine/0@0', problems: PROBLEMS },
        { status: 'rejected', problems: [{ path: '' }] },
        { status: 'accepted', position: 'jimo.engagement/0@1' },
      ]);
    });

    it('with the bytes of its elements as they stand', async () => {
      await batch(`[ {"event":"x", "time":1740133769,"n":9007199254740993.0} ]`);
      expect(log.messages[0]!.value.toString()).toBe(
        '{"event":"x", "time":1740133769000,"n":9007199254740993.0}',
      );
    });

    it('with an element of more than 256 KiB rejected', async () => {
      const large = { ...EVENT, pad: 'x'.repeat(256 * 1024) };
      expect((await batch([large, EVENT])).json()).toMatchObject([
        { status: 'rejected' },
        { status: 'accepted' },
      ]);
    });

    it.each([
      ['NaN, as Python writes it', '{"n":NaN}', 5],
      ['Infinity', '{"a":1,"n":-Infinity}', 11],
      ['undefined', '{"n":undefined}', 5],
      ['a comma too many', '{"n":1,}', 7],
      ['single quotes', "{'n':1}", 1],
      ['a leading zero', '{"n":01}', undefined],
      ['nothing between two commas', '', undefined],
      ['an unescaped line break', '{"n":"a\nb"}', undefined],
    ])('with an element that is not JSON rejected, and the place named: %s', async (_what, broken, at) => {
      const first = JSON.stringify({ ...EVENT, note: 'Zoë \u{1f600}' });
      const text = `[${first},${broken}, ${JSON.stringify(UNKNOWN)}]`;
      const answer = await batch(text);
      expect(answer.statusCode).toBe(202);
      const [one, two, three, ...more] =
        answer.json<{ status: string; problems?: { message: string }[] }[]>();
      expect([one?.status, two?.status, three?.status, more]).toEqual([
        'accepted',
        'rejected',
        'unrecognized',
        [],
      ]);
      const byte = Buffer.byteLength(`[${first},`) + (at ?? 0);
      if (at !== undefined) expect(two!.problems![0]!.message).toContain(`at byte ${byte} of the body`);
      expect(answer.body).not.toMatch(/NaN|Infinity|undefined/);
    });

    it('with an element that is not UTF-8 rejected, and the place named', async () => {
      const [before, after] = [`[${JSON.stringify(EVENT)},{"\ufffd":"`, `"},${JSON.stringify(UNKNOWN)}]`];
      const answer = await post(
        Buffer.concat([Buffer.from(before), Buffer.of(0xfc), Buffer.from(after)]),
        BEARER,
        '/webhooks/jimo/batch',
      );
      expect(answer.json()).toMatchObject([
        { status: 'accepted' },
        {
          status: 'rejected',
          problems: [
            { message: expect.stringContaining(`at byte ${Buffer.byteLength(before)} of`) as string },
          ],
        },
        { status: 'unrecognized' },
      ]);
    });

    it('with a comma after the last element', async () => {
      expect((await batch(`[${JSON.stringify(EVENT)},\n]`)).json()).toMatchObject([{ status: 'accepted' }]);
    });

    it.each([
      ['a string that does not end', '[{"a":1},{"b":2},{"SECRET":"x},{"c":3}]', 2],
      ['a bracket too few', '[{"a":1},{"SECRET":2', 1],
      ['a bracket too many', '[{"SECRET":1}},{"a":2}]', 0],
      ['something after the end', '[{"SECRET":1}] []', 0],
    ])(
      'and answers 400 with the place when nobody can tell its elements apart: %s',
      async (_what, text, element) => {
        const { detail } = await problem(batch(text), 400);
        expect(detail).toMatch(new RegExp(`in element ${element}, at byte \\d+ `));
        expect(detail).not.toContain('SECRET');
        expect(log.messages).toEqual([]);
      },
    );

    it('of none', async () => {
      expect((await batch([])).json()).toEqual([]);
    });

    it('of 500, not of 501', async () => {
      expect((await batch(Array.from({ length: 500 }, () => UNKNOWN))).json()).toHaveLength(500);
      const { detail } = await problem(batch(Array.from({ length: 501 }, () => UNKNOWN)), 400);
      expect(detail).toContain('501');
    });

    it.each(['{}', '{"event":"x","time":1}', '[', 'null', ''])('and answers 400 to %j', async (body) => {
      await problem(batch(body), 400);
    });

    it('of 8 MiB, not of more', async () => {
      const element = JSON.stringify({ ...UNKNOWN, pad: 'x'.repeat(200_000) });
      const of = (count: number) => `[${Array.from({ length: count }, () => element).join(',')}]`;
      expect((await batch(of(41))).statusCode).toBe(202);
      await problem(batch(of(42)), 413);
    });
  });

  it('says that its clock may be behind once all events are of the future, and until one is not', async () => {
    const time = Date.now() + 2 * 86_400_000;
    const note = async () => {
      const answer = await app.inject({ url: '/health/ready' });
      expect(answer.statusCode).toBe(200);
      return answer.json<{ checks?: { clock?: { note?: string } } }>().checks?.clock?.note;
    };
    const ahead = (count: number) => batch(Array.from({ length: count }, () => ({ ...EVENT, time })));
    await ahead(19);
    expect(await note()).toBeUndefined();
    await ahead(1);
    expect(await note()).toMatch(/clock is probably behind: it says \d{4}-.*20 events/);
    expect((await app.inject({ url: '/metrics' })).body).toContain('gateway_clock_suspect 1');
    expect(lines.join('')).toContain('clock is probably behind');
    await post(EVENT);
    expect(await note()).toBeUndefined();
    expect((await app.inject({ url: '/metrics' })).body).toContain('gateway_clock_suspect 0');
  });

  it('counts from nothing what an alert looks for the first of', async () => {
    const metrics = (await app.inject({ url: '/metrics' })).body;
    for (const labels of [
      'event="tour.completed",status="quarantined"',
      'event="other",status="unrecognized"',
      'event="none",status="rejected"',
    ])
      expect(metrics).toContain(`gateway_events_total{${labels}} 0`);
  });

  it('counts events by kind and outcome, without a label that a sender could choose', async () => {
    await batch([EVENT, UNKNOWN, INVALID, 5]);
    const metrics = (await app.inject({ url: '/metrics' })).body;
    for (const labels of [
      'event="tour.started",status="accepted"',
      'event="other",status="unrecognized"',
      'event="tour.started",status="quarantined"',
      'event="none",status="rejected"',
    ])
      expect(metrics).toContain(`gateway_events_total{${labels}} 1`);
    expect(metrics).not.toContain('usage.limit');
  });

  describe('reports what it took and refused', () => {
    const report = async (token: string | null = HEALTH_TOKEN) =>
      app.inject({
        url: '/health/intake',
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
      });
    const refused = async () =>
      (await report()).json<{
        refused: { workspace: unknown; status: number; reason: string; count: number }[];
      }>().refused;

    it('to those who have the health token, and to nobody else', async () => {
      expect((await report()).statusCode).toBe(200);
      for (const token of [null, TOKEN, 'x']) expect((await report(token)).statusCode).toBe(401);
    });

    it('with the last event of each workspace that may send', async () => {
      const before = Date.now();
      await post(EVENT);
      const { workspaces } = (await report()).json<{ workspaces: { workspace: string; lastAt: number }[] }>();
      expect(workspaces).toEqual([
        { workspace: 'acme', lastAt: null },
        { workspace: 'default', lastAt: expect.any(Number) as number },
      ]);
      expect(workspaces[1]!.lastAt).toBeGreaterThanOrEqual(before);
    });

    it.each([
      ['no token', 401, null, /no token/, () => post(EVENT, JSON_TYPE)],
      [
        'another token',
        401,
        null,
        /none of those/,
        () => post(EVENT, { ...JSON_TYPE, authorization: 'Bearer wrong' }),
      ],
      [
        'another token in the URL',
        401,
        null,
        /none of those/,
        () => post(EVENT, JSON_TYPE, '/webhooks/jimo?token=wrong'),
      ],
      ['a body that is too large', 413, 'default', /at most/, () => post('x'.repeat(300_000))],
      [
        'another content type',
        415,
        'default',
        /application\/json/,
        () => post(EVENT, { ...BEARER, 'content-type': 'text/plain' }),
      ],
      [
        'a compressed body',
        415,
        'default',
        /compressed/,
        () => post(EVENT, { ...BEARER, 'content-encoding': 'gzip' }),
      ],
      ['no JSON', 400, 'default', /JSON/, () => post('<xml/>')],
      ['no envelope', 422, 'default', /./, () => post({ hello: 'world' })],
      ['another path', 404, null, /\/webhooks\/jimo/, () => post(EVENT, BEARER, '/webhook/jimo')],
    ] as const)('with a request of %s, and why', async (_what, status, workspace, reason, send) => {
      expect((await send()).statusCode).toBe(status);
      expect(await refused()).toEqual([
        expect.objectContaining({
          ...{ workspace, status, count: 1 },
          reason: expect.stringMatching(reason) as string,
        }),
      ]);
    });

    it('with the elements of a batch that were refused, and not with those that were taken', async () => {
      expect((await batch([EVENT, 5, INVALID, UNKNOWN, { a: 1 }])).statusCode).toBe(202);
      const statuses = (await refused()).map(({ status }) => status);
      expect(statuses.sort()).toEqual([400, 422]);
      const metrics = (await app.inject({ url: '/metrics' })).body;
      expect(metrics).toContain('gateway_refused_requests_total{status="422"} 1');
      expect(metrics).toMatch(/gateway_last_event_timestamp_seconds 1\d{9}/);
    });

    it('not with what Kafka did not take: Jimo tries that again', async () => {
      log.refusals = 1;
      expect((await post(EVENT)).statusCode).toBe(503);
      expect(await refused()).toEqual([]);
    });
  });

  it('has health without a token', async () => {
    expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
  });
});

function basic(text: string): Record<string, string> {
  return { ...JSON_TYPE, authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}
