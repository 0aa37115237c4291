import { acceptEvent } from '@app/catalog';
import { createHttpApp, createLogger, PROBLEM_JSON, parseWebhookTokens } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule } from './gateway.module';
import { MemoryLog } from './memory-log.fixture';
import { guardWebhooks } from './webhook/webhook-guard';

const TOKEN = 'hunter2-secret';
const TOKENS = parseWebhookTokens(`default:${TOKEN},default:rotated,acme:other`);
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
    app = await createHttpApp(GatewayModule.with({ inject: [], useFactory: () => log }), {
      logger,
      body: 'raw',
    });
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

    it('telling the log of what is set aside or refused: where and why, not what it holds', async () => {
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
      ['two', JSON_TYPE, `?token=${TOKEN}&token=${TOKEN}`],
      ['unknown ones in both places', { ...JSON_TYPE, authorization: 'Bearer nope' }, '?token=nope'],
      ['the name instead of the password', basic(`${TOKEN}:`), ''],
    ])('or answers 401: %s', async (_what, headers, query) => {
      const { headers: answered } = await problem(post(EVENT, headers, `/webhooks/jimo${query}`), 401);
      expect(answered['www-authenticate']).toMatch(/^Bearer/);
      await problem(post('[]', headers, `/webhooks/jimo/batch${query}`), 401);
      expect(log.messages).toEqual([]);
    });
  });

  describe('answers with a problem and stores nothing', () => {
    afterEach(() => expect(log.messages).toEqual([]));

    it.each(['', '{', '[]', 'null', '5', '\ufeff{}'])('400 for %j', async (body) => {
      await problem(post(body), 400);
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

  it('has health without a token', async () => {
    expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
  });
});

function basic(text: string): Record<string, string> {
  return { ...JSON_TYPE, authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}
