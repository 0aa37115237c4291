import { createHttpApp, listen, runApp, startTracing, type SettingsClass } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProjectorModule, type ProjectorGroup } from './projector.module';
import { ProjectorRuntime } from './projector.runtime';
import type { ProjectorSettings } from './projector.settings';

/** How long readiness reports the reason before the process ends. */
const LAST_WORDS_MS = 1_000;

/** Runs a group of projections in this process: a Nest microservice with health and metrics over HTTP. */
export function runProjector<S extends ProjectorSettings>(
  group: ProjectorGroup,
  type: SettingsClass<S>,
): void {
  const { name } = group;
  runApp(name, type, async (settings, logger) => {
    // A live process with a dead consumer would look healthy, so the process ends and is started again.
    const onFatal = (): void => void setTimeout(() => process.exit(1), LAST_WORDS_MS);
    const tracing = startTracing(name, settings, logger);
    const module = ProjectorModule.of({ ...group, settings, tracing, onFatal });
    const app = await createHttpApp(module, {
      logger,
      keepAliveTimeout: settings.keepAliveSeconds * 1_000,
    });
    await listen(app, settings.port, settings.listenHost);
    // Health responds from here on, although the database or Kafka may not answer yet.
    consume(app).catch((error: unknown) => {
      logger.fatal({ err: error }, 'the projector cannot run');
      onFatal();
    });
    return app;
  });
}

async function consume(app: NestFastifyApplication): Promise<void> {
  const strategy = await app.get(ProjectorRuntime, { strict: false }).provision();
  app.connectMicroservice({ strategy });
  await app.startAllMicroservices();
}
