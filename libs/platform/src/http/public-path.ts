import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidSetting } from '../settings/setting';

/**
 * The relative reference from a request's address to the app's root: `./` for `/jimers`, `../` for `/jimers/x`. A browser
 * resolves it correctly whatever path a proxy removes before it forwards the request.
 */
export function rootFrom(url: string): string {
  const [path] = url.split('?', 1) as [string];
  return '../'.repeat(path.split('/').length - 2) || './';
}

/** @returns the path without a slash at its end @throws {InvalidSetting} unless it is an absolute path such as `/jimo` */
export function asPublicPath(text: string): string {
  const path = text.replace(/\/+$/, '');
  if (!/^(?:\/[\w.~-]+)*$/.test(path) || /\/\.{1,2}(?:\/|$)/.test(path))
    throw new InvalidSetting('must be a path such as /jimo: letters, digits and - . _ ~ between slashes');
  return path;
}

/** The request's address below the public path, which some proxies have removed already. */
export function withoutPublicPath(url: string, publicPath: string): string {
  if (publicPath === '' || !url.startsWith(publicPath)) return url;
  const rest = url.slice(publicPath.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/**
 * Makes `Location` headers with a path of this app relative where a proxy may serve the app below another path. Every
 * client resolves that of a redirect. To that of a 202 some clients only prepend the host, which breaks a relative one,
 * so a request that came directly gets the path.
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

/** Whether a request visibly came through a proxy: it has a header of one, or lacks the public path. */
function isProxied({ headers, url, originalUrl }: FastifyRequest): boolean {
  return url !== originalUrl || Object.keys(headers).some((name) => PROXY_HEADERS.test(name));
}
