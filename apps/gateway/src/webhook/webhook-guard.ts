import {
  assertOwnHost,
  GuessLimit,
  presentedTokens,
  Problem,
  TokenRateLimit,
  type Tokens,
  type WebhookGrant,
} from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** The time limit for a client to send a request. */
export const MAX_REQUEST_MS = 15_000;

const PREFIX = '/webhooks/';
const CHALLENGE = 'Bearer, Basic realm="webhooks"';
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

const grants = new WeakMap<object, WebhookGrant>();

/** The workspace of a request that passed the guard or was refused for its body; null if it had no valid token. */
export function grantedWorkspace(request: FastifyRequest): string | null {
  return grants.get(request.raw)?.workspace ?? null;
}

/** The workspace of a request that passed the guard. */
export function workspaceOf(request: FastifyRequest): string {
  const grant = grants.get(request.raw);
  if (!grant) throw new Error('a webhook was not guarded');
  return grant.workspace;
}

/**
 * Checks token, rate, content type and announced size of webhook requests before any byte of the body is read. It is a
 * Fastify hook, because Nest's guards run after the body was read.
 * The token may be a bearer token, the password of HTTP Basic, or `?token=`; one valid token suffices, whatever else the
 * request carries. If both are valid, the header's token determines the workspace.
 */
export function guardWebhooks(
  app: NestFastifyApplication,
  tokens: Tokens<WebhookGrant>,
  rateLimit?: number,
): void {
  const limit = new TokenRateLimit(rateLimit);
  const guesses = new GuessLimit(rateLimit);
  const fastify = app.getHttpAdapter().getInstance();
  const letIn = (request: FastifyRequest, grant: WebhookGrant): void => {
    grants.set(request.raw, grant);
    assertBody(request);
  };
  // A callback, because a promise would cost every request a turn of the event loop.
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.routeOptions.url?.startsWith(PREFIX)) return done();
    try {
      const match = tokens.matchAny(presentedTokens(request, { basic: true, query: true }));
      if (!match) return void guesses.refusal(request.ip, CHALLENGE).then(done);
      assertOwnHost(match, request.headers.host);
      const taken = limit.take(match.tokenKey);
      if (taken) return void taken.then(() => letIn(request, match.grant)).then(() => done(), done);
      letIn(request, match.grant);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

function assertBody({ headers, routeOptions }: FastifyRequest): void {
  const type = headers['content-type'];
  if (type === undefined || !JSON_TYPE.test(type))
    throw new Problem(415, { detail: 'The content type must be application/json.' });
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'identity')
    throw new Problem(415, { detail: 'The body must not be compressed.' });
  const { bodyLimit } = routeOptions;
  if (bodyLimit !== undefined && Number(headers['content-length']) > bodyLimit)
    throw new Problem(413, { detail: `The body may have at most ${bodyLimit} bytes.` });
}
