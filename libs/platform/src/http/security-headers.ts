import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Injection token of the headers of every response (`SecurityHeaders`). */
export const SECURITY_HEADERS = Symbol('security headers');
export type SecurityHeaders = Readonly<Record<string, string>>;

const POLICY = 'content-security-policy';

/** @param hstsMaxAge in seconds; only for an app that browsers reach by HTTPS only */
export function securityHeaders(hstsMaxAge?: number): SecurityHeaders {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    // Data loads nothing and appears in no frame; pages have their own policy.
    [POLICY]: "default-src 'none'; frame-ancestors 'none'",
    ...(hstsMaxAge !== undefined && { 'strict-transport-security': `max-age=${hstsMaxAge}` }),
  };
}

/** The directives of a page's policy by name, each with its sources. */
export type ContentPolicy = Readonly<Record<string, string>>;

/** Allows nothing; a page's own directives are added to it. */
const NOTHING: ContentPolicy = {
  'default-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

function policyText(policy: ContentPolicy): string {
  return Object.entries({ ...NOTHING, ...policy })
    .map((directive) => directive.join(' '))
    .join('; ');
}

/**
 * Gives responses at a path and below it their own content policy instead of the app's. A handler that sets the header
 * itself, for example with a nonce, overrides both.
 */
export function contentPolicy(app: NestFastifyApplication, prefix: string, policy: ContentPolicy): void {
  const text = policyText(policy);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      const { url } = request;
      if (url.startsWith(prefix) && /^(?:[/?#]|$)/.test(url.slice(prefix.length))) reply.header(POLICY, text);
      done();
    });
}
