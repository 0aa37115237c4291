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

describe('a request that is refused on the wire', () => {
  const lines: string[] = [];
  let app: NestFastifyApplication;
  let port: number;

  beforeAll(async () => {
    const logger = createLogger('test', 'trace', { write: (line: string) => void lines.push(line) });
    app = await createHttpApp(ThingsModule, { logger, bodyLimit: 1_000, requestTimeout: 5_000 });
    ({ port } = await listen(app, 0, '127.0.0.1'));
  });
  afterAll(() => app.close());

  /** The whole answer to bytes as they are sent. */
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
    [404, 'an unusual method', head('PROPFIND /things?token=hunter2 HTTP/1.1')],
    [
      404,
      'a host that is none',
      head('GET /things?token=hunter2 HTTP/1.1').replace('host: a', 'host: %%:x@'),
    ],
    [
      413,
      'a body that is announced too large',
      head('POST /things HTTP/1.1', JSON_TYPE, 'content-length: 1001'),
    ],
    [
      413,
      'a body that turns out too large',
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

describe('a client that takes nothing of its answer', () => {
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

  it('is cut off, and what was kept for it is given up', async () => {
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
