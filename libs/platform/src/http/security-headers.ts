import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Injection token of what every answer of the app carries (`SecurityHeaders`). */
export const SECURITY_HEADERS = Symbol('security headers');
export type SecurityHeaders = Readonly<Record<string, string>>;

const POLICY = 'content-security-policy';

/** @param hstsMaxAge in seconds; only for an app that browsers reach by HTTPS alone */
export function securityHeaders(hstsMaxAge?: number): SecurityHeaders {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    // An answer that is data loads nothing and is shown in nobody's frame; pages have a policy of their own.
    [POLICY]: "default-src 'none'; frame-ancestors 'none'",
    ...(hstsMaxAge !== undefined && { 'strict-transport-security': `max-age=${hstsMaxAge}` }),
  };
}

/** The directives of a page's policy by name, each with its sources. */
export type ContentPolicy = Readonly<Record<string, string>>;

/** Nothing from anywhere: what a page's own directives are added to. */
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
 * Gives what is answered at a path, and below it, a content policy of its own instead of the app's. A handler that sets
 * the header itself (with a nonce, say) has the last word.
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
