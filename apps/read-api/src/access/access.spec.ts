import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  createHttpApp,
  GuessLimit,
  TokenRateLimit,
  createLogger,
  parseReadTokens,
  type ReadGrant,
} from '@app/platform';
import { ActsOnAllWorkspaces, callerOf, Grant, NeedsScope, WorkspaceScope } from './access';
import { ReadAccessGuard } from './read-access.guard';

@Controller()
class Things {
  @Get('read') read(@WorkspaceScope() workspace: string | null): unknown {
    return { workspace };
  }
  @Get('admin') @NeedsScope('admin') admin(): unknown {
    return {};
  }
  @Get('everywhere') @ActsOnAllWorkspaces() everywhere(@Grant() grant: ReadGrant): unknown {
    return { by: callerOf(grant) };
  }
}

function app(tokens: string, perSecond?: number): Promise<NestFastifyApplication> {
  @Module({
    controllers: [Things],
    providers: [
      {
        provide: APP_GUARD,
        inject: [Reflector],
        useFactory: (reflector: Reflector) =>
          new ReadAccessGuard(
            parseReadTokens(tokens),
            new TokenRateLimit(perSecond),
            new GuessLimit(perSecond),
            reflector,
          ),
      },
    ],
  })
  class ThingsModule {}
  return createHttpApp(ThingsModule, { logger: createLogger('test', 'silent') });
}

describe('access', () => {
  let running: NestFastifyApplication;
  beforeAll(async () => {
    running = await app('read:r,admin:a,read@acme:ra');
    await running.init();
  });
  afterAll(() => running.close());

  const get = (url: string, token?: string) =>
    running.inject({ url, ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }) });

  it.each([undefined, 'x', 'R'])('asks for a valid token, given %j', async (token) => {
    const answer = await get('/read', token);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('does not take a token out of the URL', async () => {
    expect((await get('/read?token=r')).statusCode).toBe(401);
  });

  it('needs the scope that the handler names', async () => {
    expect((await get('/admin', 'r')).statusCode).toBe(403);
    expect((await get('/admin', 'a')).statusCode).toBe(200);
    expect((await get('/read', 'a')).statusCode).toBe(200);
  });

  it('limits a request to its workspace', async () => {
    expect((await get('/read', 'r')).json()).toEqual({ workspace: null });
    expect((await get('/read?workspace=x', 'r')).json()).toEqual({ workspace: 'x' });
    expect((await get('/read', 'ra')).json()).toEqual({ workspace: 'acme' });
    expect((await get('/read?workspace=acme', 'ra')).json()).toEqual({ workspace: 'acme' });
    expect((await get('/read?workspace=other', 'ra')).statusCode).toBe(403);
  });

  it('keeps a token of one workspace from what acts on all', async () => {
    expect((await get('/everywhere', 'r')).json()).toEqual({ by: 'read' });
    const limited = await get('/everywhere', 'ra');
    expect(limited.statusCode).toBe(403);
    expect(limited.json()).toMatchObject({ detail: expect.stringContaining('all workspaces') as string });
    const named = await get('/everywhere?workspace=acme', 'r');
    expect(named.statusCode).toBe(400);
    expect(named.json()).toMatchObject({ problems: [{ path: 'workspace' }] });
    expect(callerOf({ scope: 'admin', workspace: 'acme' })).toBe('admin@acme');
  });

  it.each(['/read?workspace=', '/read?workspace=a&workspace=b', '/read?workspace=%00'])(
    'refuses %s',
    async (url) => {
      const answer = await get(url, 'r');
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ problems: [{ path: 'workspace' }] });
    },
  );

  it('needs no token for health', async () => {
    expect((await get('/health/live')).statusCode).toBe(200);
  });
});

describe('a rate limit', () => {
  it('holds per token and says when to come again', async () => {
    const running = await app('read:r,read:s', 2);
    await running.init();
    const get = (token: string) =>
      running.inject({ url: '/read', headers: { authorization: `Bearer ${token}` } });
    const statuses = [];
    for (const token of ['r', 'r', 'r', 's']) statuses.push((await get(token)).statusCode);
    expect(statuses).toEqual([200, 200, 429, 200]);
    expect((await get('r')).headers['retry-after']).toBe('1');
    await running.close();
  });

  it('holds for those who guess, and keeps nobody out who has a token', async () => {
    const running = await app('read:r', 3);
    await running.init();
    const get = (token: string, remoteAddress = '192.0.2.1') =>
      running.inject({ url: '/read', headers: { authorization: `Bearer ${token}` }, remoteAddress });
    const statuses = [];
    for (const token of ['a', 'b', 'c', 'd', 'r']) statuses.push((await get(token)).statusCode);
    expect(statuses).toEqual([401, 401, 401, 429, 200]);
    const refused = await get('e');
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toMatchObject({ detail: 'Too many requests without a valid token.' });
    expect((await get('a', '192.0.2.2')).statusCode).toBe(401);
    await running.close();
  });
});
