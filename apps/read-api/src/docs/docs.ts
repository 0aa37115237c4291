import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemDto } from '@app/platform';
import { describeExports } from '../exports/describe-exports';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION = `What end users have seen, started, finished and answered; where experiences stand and how
they perform; the backlog of feedback. Lists go on with \`cursor\`, or come whole with \`Accept: text/csv\` or
\`application/x-ndjson\`; errors are problem+json (RFC 9457).`;

/** The API as OpenAPI, from the code. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Read API')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth()
    .build();
  return describeExports(SwaggerModule.createDocument(app, config, { extraModels: [ProblemDto] }));
}

/** As it is checked in (`apps/read-api/openapi.json`). */
export function openApiText(app: NestFastifyApplication): string {
  return `${JSON.stringify(openApiDocument(app), null, 2)}\n`;
}

/** `/openapi.json`, and `/docs` as a page for it whose assets all come from here. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Read API',
    // The default validator is someone else's server.
    swaggerOptions: { validatorUrl: null },
  });
}
