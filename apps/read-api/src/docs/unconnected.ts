import { createHttpApp, createLogger, loadSettings } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ReadApiModule } from '../read-api.module';
import { ReadApiSettings } from '../read-api.settings';

/** The app without servers, for its OpenAPI alone: created but never started, so nothing connects. */
export function unconnectedApp(): Promise<NestFastifyApplication> {
  const settings = loadSettings(ReadApiSettings, {
    KAFKA_BROKERS: 'localhost:9',
    DATABASE_URL: 'postgres://nobody@localhost:9/none',
    READ_API_TOKENS: 'read:unused',
  });
  return createHttpApp(ReadApiModule.with(settings), { logger: createLogger('read-api', 'silent') });
}
