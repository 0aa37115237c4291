import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { rootFrom } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Where `npm run build` puts the console, from this file as it was built. */
const BUILT = join(__dirname, '../../../../console');

/** Addresses of the console's own (apps/console/src/app.tsx): all are the one page, which shows what they name. */
const PAGES = ['/', '/experiences', '/jimers', '/feedback', '/log', '/pipeline'];

/** What the API and its documents have. */
const NOT_PAGES = /^\/(?:v1|docs|health|assets)\/|\.[a-z]+$/;

const NONCE = /__CSP_NONCE__/g;

/** The page's own files, relative to the root as the build writes them. */
const OWN_FILE = /(?<=(?:src|href)=")\.\//g;

/**
 * The console at `/`: one page, its script, style sheet and icon, all from here. The page holds no data and needs no
 * token; what it shows it asks the API for.
 *
 * @param options.publicPath where a proxy serves it, where known (`/jimo`). The page names its files relative to its own
 * address otherwise, which is right below any path, but for the path itself without a slash at its end
 */
export async function serveConsole(
  app: NestFastifyApplication,
  { folder = BUILT, publicPath = '' }: { readonly folder?: string; readonly publicPath?: string } = {},
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const index = join(folder, 'index.html');
  if (!existsSync(index)) {
    fastify.get('/', (_request, reply) =>
      reply.code(404).type('text/plain; charset=utf-8').send('The console is not built: npm run build\n'),
    );
    return;
  }
  const page = readFileSync(index, 'utf8');
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const nonce = randomBytes(16).toString('base64');
    const root = publicPath === '' ? rootFrom(request.url) : `${publicPath}/`;
    return reply
      .headers({ 'content-security-policy': policyWith(nonce), 'cache-control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(page.replace(NONCE, nonce).replace(OWN_FILE, root));
  };
  for (const path of PAGES) {
    fastify.get(path, answer);
    if (path !== '/') fastify.get(`${path}/*`, answer);
  }
  // An address that somebody mistyped in a browser: the page says so, and shows the way to the others.
  fastify.get('/*', (request, reply) => {
    if (isMistyped(request)) answer(request, reply.code(404));
    else reply.callNotFound();
  });
  await fastify.register(fastifyStatic, {
    root: folder,
    prefix: '/',
    wildcard: false,
    index: false,
    decorateReply: false,
    preCompressed: true,
    allowedPath: (path) => path === '/favicon.svg' || path.startsWith('/assets/'),
    // Their names change with their content.
    setHeaders: (response) =>
      void response.headers({
        'cache-control': 'public, max-age=31536000, immutable',
        // The worker that reads the stream is the one file that needs a policy: it connects to this server.
        'content-security-policy': "default-src 'none'; connect-src 'self'",
      }),
  });
}

function isMistyped({ url, headers }: FastifyRequest): boolean {
  const [path] = url.split('?') as [string];
  return (headers.accept ?? '').includes('text/html') && !NOT_PAGES.test(path);
}

/**
 * Scripts from here only; styles from here, and those that carry this answer's nonce (the component library writes some).
 * Style attributes are set by script and need no permission.
 */
const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
