import { isIP } from 'node:net';
import { ValidateBy } from 'class-validator';
import { forbidden } from '../problems/problem';
import { sha256, tokenKeyOf, type TokenList, type TokenMatch } from './token-list';

/** Everyone who reads this knows them, so they are only for systems that only their own machine can reach. */
const DEVELOPMENT_TOKENS = ['dev-webhook-token', 'dev-read-token', 'dev-triage-token', 'dev-admin-token'];
const DIGESTS = DEVELOPMENT_TOKENS.map(sha256);
const KEYS = new Set(DIGESTS.map(tokenKeyOf));

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/;

/** Whether only its own machine can reach a published address. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

export function isDevelopmentToken(digest: Buffer): boolean {
  return DIGESTS.some((known) => known.equals(digest));
}

/**
 * Refuses a development token in a request whose `Host` is a name that anybody can register. By DNS rebinding, a page of
 * such a name can reach the loopback of its visitor, and these tokens are known.
 *
 * @throws {Problem} 403
 */
export function assertOwnHost({ tokenKey }: TokenMatch<unknown>, host: string | undefined): void {
  if (!KEYS.has(tokenKey) || host === undefined || isOwnHost(host)) return;
  throw forbidden(
    'A development token, which everyone knows, is accepted only if the host is an address, localhost or a name ' +
      'without a dot: set your own tokens to use another name.',
  );
}

/** An address cannot be rebound; a name without a dot, localhost and .internal are in no public DNS. */
function isOwnHost(host: string): boolean {
  const name = host
    .replace(/:\d*$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return isIP(name) !== 0 || !name.includes('.') || /\.(?:localhost|internal)$/.test(name);
}

/**
 * A validator that refuses development tokens if the app is published beyond loopback. It decorates a property of a
 * settings class that has `publishHost`.
 */
export function DevelopmentTokensOnLoopbackOnly(): PropertyDecorator {
  return ValidateBy({
    name: 'developmentTokensOnLoopbackOnly',
    validator: {
      validate: (tokens: TokenList<unknown> | undefined, args) => {
        const { publishHost } = args!.object as { publishHost: string };
        return isLoopback(publishHost) || !tokens?.entries.some(({ digest }) => isDevelopmentToken(digest));
      },
      defaultMessage: () =>
        'holds a development token, which everyone knows, but PUBLISH_HOST is not loopback: set your own tokens',
    },
  });
}
