import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { contentPolicy, notFound, type ContentPolicy } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { describeExports } from '../common/exports/describe-exports';
import { ProblemDto } from '../common/http/read-controller';
import { complete } from './complete';

const DESCRIPTION = `What end users have seen, started, finished and answered; where experiences stand and how
they perform; the backlog of feedback. Lists go on with \`cursor\`, or come whole with \`Accept: text/csv\` or
\`application/x-ndjson\`; errors are problem+json (RFC 9457).`;

/** A list of a read model that is not named here is described by what its read model holds. */
const TAGS: Readonly<Record<string, string>> = {
  access: 'What the token that asks may do.',
  jimers: 'End users, and what each of them saw, did and answered.',
  experiences: 'Tours, surveys, checklists, hints, banners and posts, and how they perform.',
  feedback: 'The backlog of submitted feedback, and its triage.',
  stream: 'Changes as they become readable.',
  log: 'The events as they were received, wherever they are in the log.',
  rejected: 'Rejected events and dead letters, and why they are not in the read models (scope admin).',
  operations: 'The state of the projections, and commands to them.',
};

const DERIVED_TAGS: Readonly<Record<string, string>> = Object.fromEntries(
  PROJECTIONS.flatMap(({ tables }) => tables).flatMap(({ api, comment }) =>
    api ? [[api.path, comment]] : [],
  ),
);

/** The API as OpenAPI, from the code. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Read API')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('.', 'Where this document comes from, whatever path it is served under')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Of READ_API_TOKENS.' });
  for (const [tag, description] of Object.entries({ ...TAGS, ...DERIVED_TAGS, ...TAGS }))
    config.addTag(tag, description);
  const options = { extraModels: [ProblemDto] };
  return complete(describeExports(SwaggerModule.createDocument(app, config.build(), options)));
}

/** As it is checked in (`apps/read-api/openapi.json`). */
export function openApiText(app: NestFastifyApplication): string {
  return `${JSON.stringify(openApiDocument(app), null, 2)}\n`;
}

/** Of what the package of swagger-ui has: the rest tells its version, and is of no use to the page. */
const FILES =
  /^\/docs\/(?:swagger-ui(?:-bundle|-standalone-preset|-init)?\.(?:css|js)|favicon-(?:16x16|32x32)\.png)?(?:\?|$)/;

/** Everything from here, but the page of swagger-ui has a style sheet in itself, styles set by script, and small images. */
const PAGE: ContentPolicy = {
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
};

/** `/openapi.json`, and `/docs` as a page for it whose assets all come from here. */
export function serveDocs(app: NestFastifyApplication): void {
  contentPolicy(app, '/docs', PAGE);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', ({ url }, reply, done) => {
    // The page's own references are relative to the address without the slash.
    if (/^\/docs\/(?:\?|$)/.test(url)) return void reply.redirect('../docs', 308);
    done(
      url.startsWith('/docs/') && !FILES.test(url) ? notFound('There is nothing at this path.') : undefined,
    );
  });
  SwaggerModule.setup('docs', app, openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Read API',
    // The default validator is someone else's server. The document is fetched from beside the page, so that the servers
    // it names are relative to where the page is, below whatever path a proxy serves it.
    swaggerOptions: { validatorUrl: null, url: './openapi.json' },
  });
}
