import { createHttpApp, listen, runApp, startTracing, tokensOf, watchTokens } from '@app/platform';
import { GatewayModule } from './gateway.module';
import { GatewaySettings } from './gateway.settings';
import { IntakeSummary } from './webhook/intake-summary';
import { observeRefusals } from './webhook/refusals';
import { meantAddress } from './webhook/webhook-address';
import { guardWebhooks, MAX_REQUEST_MS } from './webhook/webhook-guard';
import { WebhookTracing } from './webhook/webhook-tracing';

/** How long readiness reports the reason before the process ends. */
const LAST_WORDS_MS = 1_000;

runApp('gateway', GatewaySettings, async (settings, logger) => {
  const onFatal = (error: Error): void => {
    logger.fatal({ reason: error.message }, 'the gateway cannot run');
    setTimeout(() => process.exit(1), LAST_WORDS_MS);
  };
  const traces = startTracing('gateway', settings, logger);
  const tracing = traces && new WebhookTracing(traces);
  const app = await createHttpApp(GatewayModule.of(settings, onFatal, tracing), {
    logger,
    body: 'raw',
    requestTimeout: MAX_REQUEST_MS,
    rewriteUrl: meantAddress,
    keepAliveTimeout: settings.keepAliveSeconds * 1_000,
    hstsMaxAge: settings.hstsMaxAge,
  });
  guardWebhooks(app, tokensOf(settings), settings.rateLimit);
  observeRefusals(app, app.get(IntakeSummary, { strict: false }));
  tracing?.observe(app);
  watchTokens(app, settings.tokensFile);
  // Health endpoints answer from here on, even if Kafka is not reachable yet.
  await listen(app, settings.port, settings.listenHost);
  return app;
});
