import { InvalidSetting, Setting } from '../settings/setting';
import { DevelopmentTokensOnLoopbackOnly } from './development-tokens';
import { SCOPES, TokenList, type ReadGrant, type Scope, type WebhookGrant } from './token-list';

/** `JIMO_WEBHOOK_TOKENS`: comma-separated `workspace:token`. */
export function WebhookTokensSetting(): PropertyDecorator {
  return tokensSetting('JIMO_WEBHOOK_TOKENS', parseWebhookTokens);
}

/** `READ_API_TOKENS`: comma-separated `scope[@workspace]:token`. */
export function ReadTokensSetting(): PropertyDecorator {
  return tokensSetting('READ_API_TOKENS', parseReadTokens);
}

function tokensSetting<T>(name: string, parse: (text: string) => T): PropertyDecorator {
  const decorators = [Setting(name, { parse }), DevelopmentTokensOnLoopbackOnly()];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

/** @throws {InvalidSetting} telling which entry is wrong by its place, never by its text */
export function parseWebhookTokens(text: string): TokenList<WebhookGrant> {
  return tokenList(text, 'workspace:token', (workspace) => ({ workspace: usableWorkspace(workspace) }));
}

/** @throws {InvalidSetting} telling which entry is wrong by its place, never by its text */
export function parseReadTokens(text: string): TokenList<ReadGrant> {
  return tokenList(text, 'scope[@workspace]:token', (grant) => {
    const at = grant.indexOf('@');
    const scope = at < 0 ? grant : grant.slice(0, at);
    if (!isScope(scope)) throw new Unusable(`its scope is none of ${SCOPES.join(', ')}`);
    return { scope, workspace: at < 0 ? null : usableWorkspace(grant.slice(at + 1)) };
  });
}

class Unusable extends Error {}

function tokenList<G>(text: string, form: string, grantOf: (text: string) => G): TokenList<G> {
  const seen = new Set<string>();
  const tokens = text.split(',').map((item, index) => {
    const entry = item.trim();
    const colon = entry.indexOf(':');
    const token = entry.slice(colon + 1);
    try {
      if (colon < 1 || token === '') throw new Unusable(`it is not ${form}`);
      if (/\s/.test(token)) throw new Unusable('its token has white space');
      if (seen.has(token)) throw new Unusable('its token was listed before');
      seen.add(token);
      return { token, grant: grantOf(entry.slice(0, colon)) };
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      throw new InvalidSetting(`has an unusable entry at place ${index + 1}: ${error.message}`);
    }
  });
  return new TokenList(tokens);
}

// As long as a uid column holds, and nothing that a URL, a header or a log line would choke on.

const WORKSPACE = /^[^\s,:@\u0000-\u001f\u007f]{1,200}$/u;

function usableWorkspace(text: string): string {
  if (!WORKSPACE.test(text))
    throw new Unusable('its workspace is empty, over 200 characters, or has white space or @');
  return text;
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
