import { CATALOG } from '@app/catalog';
import { createHttpApp, createLogger, loadSettings } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
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
  'libs/client/src/event-meanings.ts': tableText(
    'What each event means, whatever its family.',
    'EVENT_MEANINGS',
    Object.values(CATALOG).map(({ name, means }) => [name, means]),
  ),
  'libs/client/src/projections.ts': tableText(
    'What each projection is for.',
    'PROJECTIONS',
    PROJECTIONS.map(({ name, about }) => [name, about]),
  ),
});

/** The client has no dependency on the catalogue and the read models: it runs in browsers. */
function tableText(doc: string, name: string, entries: readonly (readonly [string, string])[]): string {
  const quoted = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);
  const member = (key: string): string => (/^\w+$/.test(key) ? key : quoted(key));
  return [
    `/** ${doc} Written by \`npm run openapi\`. */`,
    `export const ${name} = {`,
    ...entries.map(([key, text]) => `  ${member(key)}: ${quoted(text)},`),
    '} as const;',
    '',
  ].join('\n');
}
