import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Health, READY } from '../health/health';
import { LOGGER, type Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import type { TokensFile } from './tokens-file';

/** A change counts once it was found twice, which takes some two seconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Reads a file of tokens regularly while the app runs. A file that cannot be used is reported in the log, in a metric and
 * in readiness, which stays ready, since the earlier tokens are still valid.
 */
export function watchTokens(
  app: NestFastifyApplication,
  file: TokensFile<unknown> | undefined,
  everyMs = LOOK_EVERY_MS,
): void {
  if (!file) return;
  const { setting } = file;
  const logger = app.get<Logger>(LOGGER);
  const metrics = app.get(Metrics);
  const usable = metrics.gauge({
    name: 'tokens_file_usable',
    help: 'Whether the file of tokens could be used when it was last looked at; if not, the tokens before are valid.',
    labelNames: ['setting'],
  });
  const count = metrics.gauge({
    name: 'tokens_file_tokens',
    help: 'Tokens that are valid, of the file that the setting names.',
    labelNames: ['setting'],
  });
  const taken = metrics.gauge({
    name: 'tokens_file_taken_timestamp_seconds',
    help: 'When tokens were last taken from the file.',
    labelNames: ['setting'],
  });
  let trouble: string | null = null;
  const took = (): void => {
    count.set({ setting }, file.size);
    taken.setToCurrentTime({ setting });
  };
  const nowUsable = (): void => {
    if (trouble !== null) logger.info({ setting }, 'the file of tokens can be used again');
    trouble = null;
    usable.set({ setting }, 1);
  };

  async function look(): Promise<void> {
    const result = await file!.look();
    switch (result.look) {
      case 'unchanged':
        return nowUsable();
      case 'unsettled':
        return;
      case 'taken':
        nowUsable();
        took();
        return void logger.info({ setting, tokens: file!.size }, 'the tokens were read from the file again');
      case 'unusable':
        usable.set({ setting }, 0);
        if (result.reason !== trouble)
          logger.error(
            { setting, reason: result.reason },
            'the file of tokens cannot be used; the tokens before stay valid',
          );
        trouble = result.reason;
    }
  }

  usable.set({ setting }, 1);
  took();
  app
    .get(Health)
    .register('tokens', () =>
      trouble === null
        ? READY
        : { ok: true, note: `the file of ${setting} ${trouble}; the tokens before are valid` },
    );
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => (looking = false));
  }, everyMs).unref();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onClose', (_instance, done) => {
      clearInterval(timer);
      done();
    });
}
