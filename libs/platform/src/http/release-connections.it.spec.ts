import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { createLogger } from '../logging/logger';
import { createHttpApp, listen } from './http-app';

const asked = Promise.withResolvers<void>();
const answered = Promise.withResolvers<void>();

@Controller('slow')
class SlowController {
  @Get() async slow(): Promise<unknown> {
    asked.resolve();
    await answered.promise;
    return { ok: true };
  }
}

@Module({ controllers: [SlowController] })
class SlowModule {}

it('stops although clients keep their connections, and answers earlier requests', async () => {
  const app = await createHttpApp(SlowModule, {
    logger: createLogger('test', 'silent'),
    // Connections that are only cut after this time would fail the test.
    stallTimeout: 3_600_000,
  });
  const { port } = await listen(app, 0, '127.0.0.1');
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const waiting = connect(port, '127.0.0.1');
  waiting.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n');
  await asked.promise;
  let answer = '';
  waiting.on('data', (text) => (answer += String(text)));
  silent.resume();
  const isOver = once(waiting, 'end');
  const stopped = app.close();
  await once(silent, 'close');
  answered.resolve();
  await Promise.all([stopped, isOver]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*\{"ok":true\}$/i);
});
