import { NotFoundException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../problems/problem';

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
}

/** The route that catches every path that no other route takes. */
const CATCH_ALL = '/*';

/**
 * Answers 405 with `Allow` (RFC 9110, 15.5.6) where a path has a route, but not for the method of the request. Someone
 * who opens the webhook's URL in a browser, or a sender that probes it, learns that the address is right.
 *
 * The hook runs before the body is read, so that neither this answer nor a 404 depends on what the body is.
 */
export function refuseWrongMethods(fastify: FastifyInstance): void {
  const routes: Route[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    if (url === CATCH_ALL) return;
    const pattern = patternOf(url);
    for (const each of [method].flat()) routes.push({ method: each, pattern });
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404 && request.routeOptions.url !== CATCH_ALL) return done();
    const path = request.url
      .replace(/[?#].*$/s, '')
      .replace(/\/{2,}/g, '/')
      .replace(/(?<=.)\/$/, '');
    const allowed = new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
    if (allowed.size === 0) return done(request.is404 ? new NotFoundException() : undefined);
    if (allowed.has(request.method)) return done();
    done(wrongMethod([...allowed].sort(), request.method));
  });
}

function wrongMethod(allowed: readonly string[], method: string): Problem {
  return new Problem(405, {
    detail: `This is the right address, but it takes ${allowed.join(', ')} and not ${method}.`,
    headers: { allow: allowed.join(', ') },
  });
}

/** The paths of a route: a parameter is one segment, `*` at the end is any number of them. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => {
      if (segment.startsWith(':')) return '[^/]+';
      return segment === '*' ? '.+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('/');
  return new RegExp(`^${source}$`);
}
