import { createHttpApp, listen, runApp, watchTokens, withoutPublicPath } from '@app/platform';
import { serveConsole } from './console/serve-console';
import { serveDocs } from './docs/docs';
import { ReadApiModule } from './read-api.module';
import { HEAD_LIMIT, ReadApiSettings } from './read-api.settings';

/** Of commands: a reason, or a thousand ids. */
const BODY_LIMIT = 32_768;

runApp('read-api', ReadApiSettings, async (settings, logger) => {
  const app = await createHttpApp(ReadApiModule.with(settings), {
    logger,
    bodyLimit: BODY_LIMIT,
    headLimit: HEAD_LIMIT,
    keepAliveTimeout: settings.keepAliveSeconds * 1_000,
    hstsMaxAge: settings.hstsMaxAge,
    rewriteUrl: (url) => withoutPublicPath(url, settings.publicPath ?? ''),
  });
  serveDocs(app);
  await serveConsole(app, { publicPath: settings.publicPath ?? '' });
  watchTokens(app, settings.tokensFile);
  await listen(app, settings.port, settings.listenHost);
  return app;
});
