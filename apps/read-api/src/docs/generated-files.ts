import { CATALOG } from '@app/catalog';
import { createHttpApp, createLogger, loadSettings } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ReadApiModule } from '../read-api.module';
import { ReadApiSettings } from '../read-api.settings';
import { openApiText } from './docs';

/** The app without servers, for its OpenAPI alone: created but never started, so nothing connects. */
export function unconnectedApp(): Promise<NestFastifyApplication> {
  const settings = loadSettings(ReadApiSettings, {
    KAFKA_BROKERS: 'localhost:9',
    DATABASE_URL: 'postgres://nobody@localhost:9/none',
    READ_API_TOKENS: 'read:unused',
  });
  return createHttpApp(ReadApiModule.with(settings), { logger: createLogger('read-api', 'silent') });
}

/** What `npm run openapi` writes: by its path from the project's root, the text of each file. */
export const generatedFiles = (app: NestFastifyApplication): Readonly<Record<string, string>> => ({
  'apps/read-api/openapi.json': openApiText(app),
  'libs/client/src/event-meanings.ts': eventMeaningsText(),
});

/** The client's table of events has no dependency on the catalogue: it runs in browsers. */
function eventMeaningsText(): string {
  const lines = Object.values(CATALOG).map(({ name, means }) => `  '${name}': '${means}',`);
  return [
    '/** What each event means, whatever its family. Written by `npm run openapi`. */',
    'export const EVENT_MEANINGS = {',
    ...lines,
    '} as const;',
    '',
  ].join('\n');
}
