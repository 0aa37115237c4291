import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** What becomes of an `application/json` body; any other content type is a 415. */
export type BodyKind =
  /** Parsed; an empty body is none, whatever its content type. */
  | 'json'
  /** The received bytes, as a Buffer. */
  | 'raw';

const BODY_LIMIT = 'bodyLimit';

/** The largest body of this route in bytes, instead of the app's. */
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
    // Many clients name a content type with every request that they send, commands without a body among them.
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
