import { Controller, Get, Module, Post, StreamableFile } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createLogger } from '../logging/logger';
import { createHttpApp, listen } from './http-app';

@Controller('things')
class ThingsController {
  @Post() create(): unknown {
    return { ok: true };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

describe('a request that is refused before it is parsed', () => {
  const lines: string[] = [];
  let app: NestFastifyApplication;
  let port: number;

  beforeAll(async () => {
    const logger = createLogger('test', 'trace', { write: (line: string) => void lines.push(line) });
    app = await createHttpApp(ThingsModule, { logger, bodyLimit: 1_000, requestTimeout: 5_000 });
    ({ port } = await listen(app, 0, '127.0.0.1'));
  });
  afterAll(() => app.close());

  /** The whole response to the given bytes. */
  async function answerTo(bytes: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  }

  const head = (line: string, ...headers: string[]): string =>
    [line, 'host: a', 'authorization: Bearer hunter2', 'connection: close', ...headers, '', ''].join('\r\n');
  const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`;
  const JSON_TYPE = 'content-type: application/json';

  it.each([
    [400, 'a malformed URL', head('GET /things/%zz?token=hunter2 HTTP/1.1')],
    [400, 'a malformed absolute URL', head('GET http://b/things/%zz?token=hunter2 HTTP/1.1')],
    [400, 'no HTTP', 'hunter2 hunter2\r\n\r\n'],
    [400, 'a malformed header', head('GET /things?token=hunter2 HTTP/1.1', 'hunter2')],
    [404, 'an unknown path', head('GET /nowhere?token=hunter2 HTTP/1.1')],
    [405, 'an unusual method', head('PROPFIND /things?token=hunter2 HTTP/1.1')],
    [405, 'an invalid host', head('GET /things?token=hunter2 HTTP/1.1').replace('host: a', 'host: %%:x@')],
    [
      413,
      'a body with a content length that is too large',
      head('POST /things HTTP/1.1', JSON_TYPE, 'content-length: 1001'),
    ],
    [
      413,
      'a chunked body that is too large',
      `${head('POST /things?token=hunter2 HTTP/1.1', JSON_TYPE, 'transfer-encoding: chunked')}${chunk}`,
    ],
    [415, 'a content type', head('POST /things HTTP/1.1', 'content-type: text/hunter2', 'content-length: 1')],
    [431, 'a URL that is too long', head(`GET /things?token=hunter2${'x'.repeat(20_000)} HTTP/1.1`)],
    [431, 'headers that are too large', head('GET /things HTTP/1.1', `cookie: hunter2${'x'.repeat(20_000)}`)],
  ])('is answered %i in words of its own: %s', async (status, _what, bytes) => {
    const answer = await answerTo(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/^content-type: application\/problem\+json/m);
    for (const header of ['x-content-type-options: nosniff', "content-security-policy: default-src 'none'"])
      expect(answer).toContain(`\r\n${header}`);
    const body = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as object;
    expect(body).toMatchObject({ status, detail: expect.stringMatching(/^[A-Z].*\.$/) as string });
    if (status === 413) expect(body).toMatchObject({ detail: 'The body may have at most 1000 bytes.' });
    expect(answer + lines.join('')).not.toMatch(/hunter2|%zz/);
  });
});

describe('a client that writes its whole request before it reads', () => {
  const MEGABYTES = 6;
  let app: NestFastifyApplication;
  let port: number;

  beforeAll(async () => {
    app = await createHttpApp(ThingsModule, { logger: createLogger('test', 'silent'), bodyLimit: 1_000 });
    ({ port } = await listen(app, 0, '127.0.0.1'));
  });
  afterAll(() => app.close());

  /** Reads nothing before the last byte was handed to the system, like Python's urllib. */
  async function answerTo(lines: readonly string[], frame: (chunk: string) => string): Promise<string> {
    const socket = connect(port, '127.0.0.1').pause();
    socket.write([...lines, '', ''].join('\r\n'));
    const chunk = 'x'.repeat(1 << 20);
    for (let sent = 0; sent < MEGABYTES; sent++)
      await new Promise<void>((resolve, reject) =>
        socket.write(frame(chunk), (error) => (error ? reject(error) : resolve())),
      );
    if (frame('') !== '') socket.write('0\r\n\r\n');
    return text(socket);
  }
  const length = `content-length: ${MEGABYTES << 20}`;
  const plain = (chunk: string): string => chunk;
  const chunked = (chunk: string): string =>
    chunk === '' ? ' ' : `${chunk.length.toString(16)}\r\n${chunk}\r\n`;

  it.each([
    [413, 'too large, and closes', 'POST /things HTTP/1.1', ['connection: close', length], plain],
    [413, 'too large, over HTTP/1.0', 'POST /things HTTP/1.0', [length], plain],
    [
      413,
      'too large in chunks',
      'POST /things HTTP/1.1',
      ['connection: close', 'transfer-encoding: chunked'],
      chunked,
    ],
    [405, 'to a path that takes none', 'PUT /things HTTP/1.1', ['connection: close', length], plain],
    [404, 'to no path', 'POST /nowhere HTTP/1.1', ['connection: close', length], plain],
  ])('still gets its %i: %s', async (status, _what, line, headers, frame) => {
    const answer = await answerTo([line, 'host: a', 'content-type: application/json', ...headers], frame);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 413) expect(answer).toContain('at most 1000 bytes');
  });

  it('waits for its next request for longer than a load balancer does', () => {
    const { keepAliveTimeout } = app.getHttpServer() as { keepAliveTimeout: number };
    expect(keepAliveTimeout).toBeGreaterThan(600_000);
  });
});

describe('a response that fails midway', () => {
  @Controller('broken')
  class BrokenController {
    @Get() broken(): StreamableFile {
      return new StreamableFile(
        Readable.from(
          (async function* () {
            yield 'first half';
            await new Promise((resolve) => setTimeout(resolve, 20));
            throw new Error('gone');
          })(),
          { objectMode: false },
        ),
      );
    }
    @Get('whole') whole(): StreamableFile {
      return new StreamableFile(Readable.from(['first half', 'second half'], { objectMode: false }));
    }
  }

  @Module({ controllers: [BrokenController] })
  class BrokenModule {}

  it.each(['1.0', '1.1'])('cannot be taken for a whole one over HTTP/%s', async (version) => {
    const app = await createHttpApp(BrokenModule, { logger: createLogger('test', 'silent') });
    const { port } = await listen(app, 0, '127.0.0.1');
    const ask = async (path: string): Promise<{ body: string; reset: boolean }> => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${path} HTTP/${version}\r\nhost: a\r\nconnection: close\r\n\r\n`);
      let body = '';
      try {
        for await (const chunk of socket) body += String(chunk);
        return { body, reset: false };
      } catch {
        return { body, reset: true };
      }
    };
    try {
      const broken = await ask('/broken');
      expect(broken.reset || (version === '1.1' && !broken.body.endsWith('0\r\n\r\n'))).toBe(true);
      const whole = await ask('/broken/whole');
      expect([whole.reset, whole.body.includes('second half')]).toEqual([false, true]);
    } finally {
      await app.close();
    }
  });
});

describe('a client that does not read its response', () => {
  @Controller('endless')
  class EndlessController {
    readonly given = new Promise<Readable>((resolve) => (this.give = resolve));
    private give!: (answer: Readable) => void;

    @Get() endless(): StreamableFile {
      const answer = Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(1 << 16);
        })(),
      );
      this.give(answer);
      return new StreamableFile(answer);
    }
  }

  @Module({ controllers: [EndlessController] })
  class EndlessModule {}

  it('is cut off, and its response is released', async () => {
    const app = await createHttpApp(EndlessModule, {
      logger: createLogger('test', 'silent'),
      stallTimeout: 200,
    });
    const { port } = await listen(app, 0, '127.0.0.1');
    const socket = connect(port, '127.0.0.1').pause();
    try {
      socket.write('GET /endless HTTP/1.1\r\nhost: a\r\n\r\n');
      const answer = await app.get(EndlessController).given;
      await new Promise((resolve) => answer.once('close', resolve));
    } finally {
      socket.destroy();
      await app.close();
    }
  });
});
