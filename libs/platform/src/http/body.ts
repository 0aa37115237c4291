import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** How an `application/json` body is handed over; any other content type is a 415. */
export type BodyKind =
  /** Parsed. An empty body counts as absent, whatever its content type. */
  | 'json'
  /** The received bytes, as a Buffer. */
  | 'raw';

const BODY_LIMIT = 'bodyLimit';

/** The maximum body size of this route in bytes, instead of the app's. */
export const BodyLimit = (bytes: number): MethodDecorator => RouteConfig({ [BODY_LIMIT]: bytes });

export function acceptBodies(fastify: FastifyInstance, kind: BodyKind): void {
  fastify.removeAllContentTypeParsers();
  if (kind === 'raw')
    fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
  else {
    fastify.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      fastify.getDefaultJsonParser('error', 'error'),
    );
    // Many clients send a content type with every request, even with commands that have no body.
    fastify.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
      if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0)
        delete headers['content-type'];
      done();
    });
  }
  fastify.addHook('onRoute', (route: RouteOptions) => {
    const bytes = (route.config as Readonly<Record<string, unknown>> | undefined)?.[BODY_LIMIT];
    if (typeof bytes === 'number') route.bodyLimit = bytes;
  });
}
