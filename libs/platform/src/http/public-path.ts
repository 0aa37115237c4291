import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidSetting } from '../settings/setting';

/**
 * The relative reference from a request's address to the app's root: `./` for `/jimers`, `../` for `/jimers/x`. Whatever
 * path a proxy takes away before it passes the request on, a browser resolves it to the root below that path.
 */
export function rootFrom(url: string): string {
  const [path] = url.split('?', 1) as [string];
  return '../'.repeat(path.split('/').length - 2) || './';
}

/** @throws {InvalidSetting} unless it is an absolute path such as `/jimo`; gives it without a slash at its end */
export function asPublicPath(text: string): string {
  const path = text.replace(/\/+$/, '');
  if (!/^(?:\/[\w.~-]+)*$/.test(path) || /\/\.{1,2}(?:\/|$)/.test(path))
    throw new InvalidSetting('must be a path such as /jimo: letters, digits and - . _ ~ between slashes');
  return path;
}

/** The request's address below the public path. A proxy that takes the path away sends addresses without it already. */
export function withoutPublicPath(url: string, publicPath: string): string {
  if (publicPath === '' || !url.startsWith(publicPath)) return url;
  const rest = url.slice(publicPath.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/**
 * `Location` headers that name a path of this app become relative where a proxy may serve the app below another path.
 * Every client resolves that of a redirect; to that of a 202 some only prepend the host, which a relative one breaks, so
 * a request that has come directly gets the path.
 */
export function relativeLocations(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const location = reply.getHeader('location');
    const isRedirect = reply.statusCode >= 300 && reply.statusCode < 400;
    if (typeof location === 'string' && /^\/(?!\/)/.test(location) && (isRedirect || isProxied(request)))
      reply.header('location', rootFrom(request.url) + location.slice(1));
    done(null, payload);
  });
}

const PROXY_HEADERS = /^(?:via|forwarded|x-forwarded-.*|x-real-ip)$/;

/** Whether it has come through a proxy, as far as it shows: by a header, or by the public path that was taken away. */
function isProxied({ headers, url, originalUrl }: FastifyRequest): boolean {
  return url !== originalUrl || Object.keys(headers).some((name) => PROXY_HEADERS.test(name));
}
