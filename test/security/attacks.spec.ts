import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { eventOf, nextTime } from '../support/events';
import { unconnectedApp } from '../../apps/read-api/src/docs/generated-files';
import { serveDocs } from '../../apps/read-api/src/docs/docs';
import { listen } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OpenGateway, TOKEN } from './gateway';
import { answerTo, head } from './requests';

const BEARER = `authorization: Bearer ${TOKEN}`;
const JSON_TYPE = 'content-type: application/json';

describe('the gateway under attack', () => {
  let gateway: OpenGateway;
  beforeAll(async () => {
    gateway = await OpenGateway.start(1_000);
  });
  afterAll(() => gateway?.close());

  /** Milliseconds of the processor that work takes, the best of some. */
  async function cost(work: () => Promise<unknown>): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1_000);
    }
    return Math.min(...times);
  }

  it.each([
    ['its head', 'POST /webhooks/jimo HTTP/1.1\r\nhost: a\r\nx'],
    [
      'its body',
      `POST /webhooks/jimo HTTP/1.1\r\nhost: a\r\n${BEARER}\r\n${JSON_TYPE}\r\ncontent-length: 1000\r\n\r\n{`,
    ],
  ])('cuts off who sends a request byte by byte: %s', async (_what, bytes) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    const began = Date.now();
    const drip = setInterval(() => socket.writable && socket.write('x'), 100);
    try {
      expect(await text(socket).catch(() => '')).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
      expect(Date.now() - began).toBeLessThan(30_000);
    } finally {
      clearInterval(drip);
      socket.destroy();
    }
  });

  it.each([
    ['two lengths', ['content-length: 2', 'content-length: 3'], '{}'],
    ['a length and chunks', ['content-length: 2', 'transfer-encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'],
    ['chunks in another coding', ['transfer-encoding: gzip, chunked'], '2\r\n{}\r\n0\r\n\r\n'],
    ['a length that is none', ['content-length: +2'], '{}'],
  ])('takes no request that a proxy may read as two: %s', async (_what, headers, body) => {
    const request = `${head('POST /webhooks/jimo HTTP/1.1', BEARER, JSON_TYPE, ...headers)}${body}GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n`;
    const before = gateway.log.messages.length;
    const answer = await answerTo(gateway.url, request);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(gateway.log.messages).toHaveLength(before);
  });

  it('unpacks nothing', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    const headers = [BEARER, JSON_TYPE, 'content-encoding: gzip', `content-length: ${bomb.length}`];
    const request = Buffer.concat([Buffer.from(head('POST /webhooks/jimo HTTP/1.1', ...headers)), bomb]);
    expect(await answerTo(gateway.url, request)).toMatch(/^HTTP\/1\.1 415 /);
  });

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('takes what is nested deep without falling over: %s', async (_what, open, close) => {
    const depth = 40_000;
    const deep = `${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}`;
    for (const name of ['x', 'tour.started']) {
      const { status, body } = await gateway.post(`{"event":"${name}","time":1740133769,"a":${deep}}`);
      expect([status, body['status']]).toEqual([202, name === 'x' ? 'unrecognized' : 'quarantined']);
    }
    expect((await gateway.post(`[${deep}]`, '/webhooks/jimo/batch')).body).toMatchObject([
      { status: 'rejected' },
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])(
    'takes names of the language for names: %s',
    async (name) => {
      const event = JSON.stringify(eventOf('tour.started', nextTime()));
      for (const body of [
        `{"event":"${name}","time":1740133769}`,
        `${event.slice(0, -1)},"${name}":{"event":"tour.completed","polluted":true}}`,
        `${event.slice(0, -1)},"jimer":{"${name}":{"uid":"x"},"uid":"17dff65e-434d-4454-bb57-a1167fefbb6b"}}`,
      ]) {
        const { status } = await gateway.post(body);
        expect(status).toBe(202);
      }
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      const { body } = await gateway.app.inject('/metrics');
      expect(body).not.toContain(`event="${name}"`);
    },
  );

  it('does no more work for names that are alike than for others', async () => {
    const bodyOf = (nameOf: (i: number) => string): string =>
      `{"event":"x","time":1740133769,${Array.from({ length: 9_000 }, (_, i) => `"${nameOf(i)}":0`).join(',')}}`;
    // Numbers as names are hashed apart from other names; these fall together where the hash is the number's low bits.
    const alike = bodyOf((i) => String(1_000_000 + i * 1_024));
    const others = bodyOf((i) => `n${(i * 7_919) % 1_000_003}`);
    const [usual, attacked] = [await cost(() => gateway.post(others)), await cost(() => gateway.post(alike))];
    expect(attacked / usual).toBeLessThan(10);
  });

  it('does work in proportion to what it is sent', async () => {
    const bodyOf = (pieces: number): string =>
      `{"event":"x","time":1740133769,"a":[${Array.from({ length: pieces }, () => '{"\\u0061":"\\ud83d\\ude00"}').join(',')}]}`;
    await gateway.post(bodyOf(100));
    const [small, large] = [
      await cost(() => gateway.post(bodyOf(1_000))),
      await cost(() => gateway.post(bodyOf(9_000))),
    ];
    expect(large / small).toBeLessThan(40);
  });
});

describe('the read API under attack', () => {
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => {
    app = await unconnectedApp();
    serveDocs(app);
    url = `http://127.0.0.1:${(await listen(app, 0, '127.0.0.1')).port}`;
  });
  afterAll(() => app?.close());

  it.each([
    '/docs/../package.json',
    '/docs/../../package.json',
    '/docs/..%2f..%2fpackage.json',
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/..%5c..%5cpackage.json',
    '/docs/....//....//package.json',
    '/docs//etc/passwd',
    '/docs/%00/../package.json',
    '/docs/package.json',
    '/docs/absolute-path.js',
    '/docs/index.js',
  ])('gives no file but those of the page: %s', async (path) => {
    const answer = await answerTo(url, head(`GET ${path} HTTP/1.1`));
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).not.toMatch(/"dependencies"|root:|require\(/);
  });

  it('unpacks nothing', async () => {
    const body = gzipSync('{"status":"planned"}');
    const answer = await app.inject({
      method: 'PATCH',
      url: '/v1/feedback/17dff65e-434d-4454-bb57-a1167fefbb6b',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        authorization: 'Bearer unused',
        'if-match': '"1"',
      },
      payload: body,
    });
    expect([400, 403, 415]).toContain(answer.statusCode);
  });
});
