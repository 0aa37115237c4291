import { ValidateBy } from 'class-validator';
import { sha256, type TokenList } from './token-list';

/** Known to everyone who reads this: for systems that only their own machine can reach. */
const DEVELOPMENT_TOKENS = ['dev-webhook-token', 'dev-read-token', 'dev-triage-token', 'dev-admin-token'];
const DIGESTS = DEVELOPMENT_TOKENS.map(sha256);

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/;

export function isDevelopmentToken(digest: Buffer): boolean {
  return DIGESTS.some((known) => known.equals(digest));
}

/**
 * Refuses the development tokens where the app is published beyond loopback. Goes on a property of a settings
 * class that has `publishHost`.
 */
export function DevelopmentTokensOnLoopbackOnly(): PropertyDecorator {
  return ValidateBy({
    name: 'developmentTokensOnLoopbackOnly',
    validator: {
      validate: (tokens: TokenList<unknown> | undefined, args) => {
        const { publishHost } = args!.object as { publishHost: string };
        return (
          LOOPBACK.test(publishHost) || !tokens?.entries.some(({ digest }) => isDevelopmentToken(digest))
        );
      },
      defaultMessage: () =>
        'holds a development token, which everyone knows, but PUBLISH_HOST is not loopback: set tokens of your own',
    },
  });
}
