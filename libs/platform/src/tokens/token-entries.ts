import { InvalidSetting } from '../settings/setting';
import { isDevelopmentToken } from './development-tokens';
import {
  digestIn,
  SCOPES,
  sha256,
  TokenList,
  type ReadGrant,
  type Scope,
  type WebhookGrant,
} from './token-list';

/** Why an entry cannot be used. The message never repeats its text. */
class Unusable extends Error {}

/** How the grant before the colon of an entry is written and read. */
export interface GrantForm<G> {
  readonly form: string;
  /** @throws {Unusable} */
  readonly read: (text: string) => G;
}

export const WEBHOOK_GRANT: GrantForm<WebhookGrant> = {
  form: 'workspace',
  read: (text) => ({ workspace: usableWorkspace(text) }),
};

export const READ_GRANT: GrantForm<ReadGrant> = {
  form: 'scope[@workspace]',
  read: (text) => {
    const at = text.indexOf('@');
    const scope = at < 0 ? text : text.slice(0, at);
    if (!isScope(scope)) throw new Unusable(`its scope is not one of ${SCOPES.join(', ')}`);
    return { scope, workspace: at < 0 ? null : usableWorkspace(text.slice(at + 1)) };
  },
};

/**
 * Parses comma-separated `grant:token`, the form of a setting.
 *
 * @throws {InvalidSetting} naming the wrong entry by its number, never by its text
 */
export function parseTokens<G>(text: string, grant: GrantForm<G>): TokenList<G> {
  return tokenList(text.split(','), 'an unusable entry at place', `${grant.form}:token`, grant, (token) => {
    if (/\s/.test(token)) throw new Unusable('its token has white space');
    return sha256(token);
  });
}

/**
 * Parses lines of `grant:sha256:hex`, the form of a file. Empty lines and those that start with # are skipped.
 *
 * @throws {InvalidSetting} naming the wrong line by its number, never by its text
 */
export function parseTokenLines<G>(text: string, grant: GrantForm<G>): TokenList<G> {
  const lines = text.split('\n').map((line) => (/^\s*(?:#|$)/.test(line) ? null : line));
  if (lines.every((line) => line === null)) throw new InvalidSetting('holds no token');
  return tokenList(lines, 'an unusable line', `${grant.form}:sha256:hash`, grant, (hashed) => {
    const digest = digestIn(hashed);
    if (!digest) throw new Unusable('its token is not sha256: and 64 hexadecimal digits');
    if (isDevelopmentToken(digest))
      throw new Unusable('its token is a development token, which everyone knows');
    return digest;
  });
}

function tokenList<G>(
  items: readonly (string | null)[],
  where: string,
  form: string,
  grant: GrantForm<G>,
  digestOf: (text: string) => Buffer,
): TokenList<G> {
  const seen = new Set<string>();
  const tokens = items.flatMap((item, index) => {
    if (item === null) return [];
    const entry = item.trim();
    const colon = entry.indexOf(':');
    const token = entry.slice(colon + 1);
    try {
      if (colon < 1 || token === '') throw new Unusable(`it is not ${form}`);
      const digest = digestOf(token);
      const key = digest.toString('hex');
      if (seen.has(key)) throw new Unusable('its token was listed before');
      seen.add(key);
      return { digest, grant: grant.read(entry.slice(0, colon)) };
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      throw new InvalidSetting(`has ${where} ${index + 1}: ${error.message}`);
    }
  });
  return new TokenList(tokens);
}

// At most as long as a uid column, and without characters that break a URL, a header or a log line.

const WORKSPACE = /^[^\s,:@\u0000-\u001f\u007f]{1,200}$/u;

function usableWorkspace(text: string): string {
  if (!WORKSPACE.test(text))
    throw new Unusable('its workspace is empty, over 200 characters, or has white space or @');
  return text;
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
