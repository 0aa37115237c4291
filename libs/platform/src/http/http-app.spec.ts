import { Body, Controller, Get, Header, HttpCode, Module, Param, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Health, notReady } from '../health/health';
import { StoredJson } from '../json/stored-json';
import { createLogger } from '../logging/logger';
import { PROBLEM_JSON } from '../problems/problem-filter';
import { tooManyRequests } from '../problems/problem';
import { DatabaseUnavailable } from '../database/database-problem';
import { BodyLimit, type BodyKind } from './body';
import { createHttpApp } from './http-app';
import { contentPolicy } from './security-headers';

@Controller('things')
class ThingsController {
  @Get('busy') busy(): never {
    throw tooManyRequests(0.2, 'Too many.');
  }
  @Get('broken') broken(): never {
    throw new Error('password=hunter2');
  }
  @Get('away') away(): never {
    throw new DatabaseUnavailable('gone');
  }
  @Get('payload') payload(): unknown {
    return { payload: new StoredJson('{"n":12345678901234567890}') };
  }
  @Get(':name') one(@Param('name') name: string): unknown {
    return { name };
  }
  @Post() create(@Body() body: unknown): unknown {
    return { bytes: Buffer.isBuffer(body), body: Buffer.isBuffer(body) ? body.toString() : body };
  }
  @Post('jobs') @Header('location', '/things/17') @HttpCode(202) started(): unknown {
    return { ok: true };
  }
  @Post('batch') @BodyLimit(2_000) batch(): unknown {
    return { ok: true };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

async function start(lines: string[], body: BodyKind = 'json'): Promise<NestFastifyApplication> {
  const logger = createLogger('test', 'trace', { write: (line: string) => void lines.push(line) });
  const app = await createHttpApp(ThingsModule, { logger, body, bodyLimit: 1_000 });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

describe('an HTTP app', () => {
  const lines: string[] = [];
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await start(lines);
  });
  beforeEach(() => lines.splice(0));
  afterAll(() => app.close());

  async function problem(options: Parameters<NestFastifyApplication['inject']>[0]) {
    const answer = await app.inject(options as never);
    expect(answer.headers['content-type']).toMatch(PROBLEM_JSON);
    const body = answer.json<{ status: number; title: string; detail?: string }>();
    expect(body).toMatchObject({ type: 'about:blank', status: answer.statusCode });
    return { ...answer, body };
  }

  it('answers an unknown path with 404, without repeating the query', async () => {
    const { body } = await problem({ url: '/nowhere?token=hunter2' });
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is nothing at this path.',
    });
  });

  it.each([
    [400, '/things/%zz?token=hunter2'],
    [400, '/%ff?token=hunter2'],
    [400, 'http://host/things/%zz?token=hunter2'],
    [414, `/things/${'x'.repeat(6_000)}?token=hunter2`],
    [414, `/things/hunter2${'x'.repeat(6_000)}`],
  ])('answers a malformed URL with %i, in words of its own', async (status, url) => {
    const { body, payload } = await problem({ url, headers: { authorization: 'Bearer hunter2' } });
    expect(body.status).toBe(status);
    expect(body.detail).toBeDefined();
    expect(payload).not.toMatch(/hunter2|%zz|%ff/);
  });

  it.each([
    ['bad JSON', 400, 'application/json', '{"a":'],
    ['__proto__ in JSON', 400, 'application/json', '{"__proto__":{"a":1}}'],
    ['a body that is too large', 413, 'application/json', `"${'x'.repeat(1_000)}"`],
    ['another content type', 415, 'text/plain', 'a'],
    ['a form', 415, 'application/x-www-form-urlencoded', 'a=b'],
  ])('answers %s with %i', async (_case, status, type, payload) => {
    const { body } = await problem({
      method: 'POST',
      url: '/things',
      headers: { 'content-type': type },
      payload,
    });
    expect(body.status).toBe(status);
    expect(body.detail).toMatch(/^[A-Z].*\.$/);
    expect(body.detail).not.toMatch(/x{9}|__proto__|text\/plain/);
    if (status === 413) expect(body.detail).toContain('1000 bytes');
  });

  it.each([
    ['application/json', ''],
    ['application/x-www-form-urlencoded', ''],
    ['text/plain', undefined],
    [undefined, undefined],
  ])(
    'accepts a request without a body, whatever content type its client sends (%s)',
    async (type, payload) => {
      const answer = await app.inject({
        method: 'POST',
        url: '/things',
        headers: type === undefined ? {} : { 'content-type': type },
        ...(payload === undefined ? {} : { payload }),
      });
      expect([answer.statusCode, answer.json()]).toEqual([201, { bytes: false }]);
    },
  );

  it('sends the headers of a problem', async () => {
    const { headers, body } = await problem({ url: '/things/busy' });
    expect(body.status).toBe(429);
    expect(headers['retry-after']).toBe('1');
  });

  it('answers 503 with Retry-After while the database does not answer', async () => {
    const { headers, body } = await problem({ url: '/things/away' });
    expect(body.status).toBe(503);
    expect(headers['retry-after']).toBeDefined();
  });

  it('logs an unexpected error and does not show it', async () => {
    const { body } = await problem({ url: '/things/broken' });
    expect(body).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 });
    expect(lines.join('')).toContain('hunter2');
  });

  it('logs neither headers nor URLs', async () => {
    await app.inject({ url: '/things/a?token=secret1', headers: { authorization: 'Bearer secret2' } });
    await app.inject({ url: '/things/%zz?token=secret1', headers: { authorization: 'Bearer secret2' } });
    for (const url of ['/things/secret1', '/secret2', '/things/secret1/secret2']) await app.inject(url);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('')).not.toMatch(/secret[12]/);
  });

  it('lets a route have its own body limit', async () => {
    const answer = await app.inject({ method: 'POST', url: '/things/batch', payload: ['x'.repeat(1_500)] });
    expect(answer.statusCode).toBe(201);
  });

  it('puts stored JSON into responses unchanged', async () => {
    const answer = await app.inject('/things/payload');
    expect(answer.headers['content-type']).toMatch('application/json');
    expect(answer.body).toBe('{"payload":{"n":12345678901234567890}}');
  });

  it.each([
    ['an answer', '/things/payload'],
    ['a refusal of its own', '/things/busy'],
    ['a fault', '/things/broken'],
    ['a path that is none', '/nowhere'],
    ['a malformed URL', '/things/%zz'],
    ['health', '/health/ready'],
    ['metrics', '/metrics'],
  ])('lets nobody keep, reinterpret, frame or embed its answers: %s', async (_what, url) => {
    const { headers } = await app.inject(url);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('asks browsers for HTTPS only when that is configured', async () => {
    const logger = createLogger('test', 'silent');
    const secure = await createHttpApp(ThingsModule, { logger, hstsMaxAge: 31_536_000 });
    await secure.init();
    for (const url of ['/things/payload', '/nowhere', '/things/%zz'])
      expect((await secure.inject(url)).headers['strict-transport-security']).toBe('max-age=31536000');
    await secure.close();
  });

  it('lets a page and the paths below it have a policy of their own', async () => {
    const logger = createLogger('test', 'silent');
    const paged = await createHttpApp(ThingsModule, { logger });
    contentPolicy(paged, '/things', { 'script-src': "'self'" });
    await paged.init();
    const policyAt = async (url: string) => (await paged.inject(url)).headers['content-security-policy'];
    expect(await policyAt('/things/payload')).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'self'",
    );
    for (const url of ['/thingsx', '/health/live', '/x/things'])
      expect(await policyAt(url)).not.toContain('script-src');
    await paged.close();
  });

  it.each([
    [{}, '/things/17'],
    [{ 'x-forwarded-prefix': '/tools' }, '../things/17'],
    [{ via: '1.1 proxy' }, '../things/17'],
  ])('names a place so that who sent %j finds it: %s', async (headers, location) => {
    const answer = await app.inject({ method: 'POST', url: '/things/jobs', headers, payload: {} });
    expect([answer.statusCode, answer.headers['location']]).toEqual([202, location]);
  });

  it('is ready when its checks pass, and otherwise says why not', async () => {
    expect((await app.inject('/health/live')).json()).toEqual({ status: 'ok' });
    const health = app.get(Health);
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
    health.register('kafka', () => notReady('no broker'));
    const answer = await app.inject('/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({
      status: 'unavailable',
      checks: { kafka: { ok: false, reason: 'no broker' } },
    });
    health.register('kafka', () => ({ ok: true }));
  });

  it('counts requests by route, never by URL', async () => {
    await app.inject('/things/secret-name');
    const { body } = await app.inject('/metrics');
    expect(body).toContain(
      'http_request_duration_seconds_count{method="GET",route="/things/:name",status="200"}',
    );
    expect(body).toContain('process_cpu_user_seconds_total');
    expect(body).not.toContain('secret-name');
  });
});

describe('an HTTP app that takes raw bodies', () => {
  it('hands over the received bytes, whatever they are', async () => {
    const app = await start([], 'raw');
    const post = (payload: string) =>
      app.inject({
        method: 'POST',
        url: '/things',
        headers: { 'content-type': 'application/json' },
        payload,
      });
    expect((await post('{"a":')).json()).toEqual({ bytes: true, body: '{"a":' });
    await app.close();
  });
});
