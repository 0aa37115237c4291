import { ValidateBy } from 'class-validator';
import { Setting } from '../settings/setting';
import { DevelopmentTokensOnLoopbackOnly } from './development-tokens';
import { parseTokens, READ_GRANT, WEBHOOK_GRANT, type GrantForm } from './token-entries';
import { JoinedTokens, type ReadGrant, type TokenList, type Tokens, type WebhookGrant } from './token-list';
import { TokensFile } from './tokens-file';

/** An app's tokens come from a setting, a file of hashes, or both. */
interface TokenPlacesOf<G> {
  readonly tokens?: TokenList<G>;
  readonly tokensFile?: TokensFile<G>;
}

/** `JIMO_WEBHOOK_TOKENS`: comma-separated `workspace:token`. Decorates `tokens`. */
export const WebhookTokensSetting = (): PropertyDecorator =>
  tokensSetting('JIMO_WEBHOOK_TOKENS', WEBHOOK_GRANT);

/** `JIMO_WEBHOOK_TOKENS_FILE`: a file with lines of `workspace:sha256:hash`. Decorates `tokensFile`. */
export const WebhookTokensFileSetting = (): PropertyDecorator =>
  tokensFileSetting('JIMO_WEBHOOK_TOKENS_FILE', WEBHOOK_GRANT);

/** `READ_API_TOKENS`: comma-separated `scope[@workspace]:token`. Decorates `tokens`. */
export const ReadTokensSetting = (): PropertyDecorator => tokensSetting('READ_API_TOKENS', READ_GRANT);

/** `READ_API_TOKENS_FILE`: a file with lines of `scope[@workspace]:sha256:hash`. Decorates `tokensFile`. */
export const ReadTokensFileSetting = (): PropertyDecorator =>
  tokensFileSetting('READ_API_TOKENS_FILE', READ_GRANT);

/** Every token of an app's settings. */
export function tokensOf<G>({ tokens, tokensFile }: TokenPlacesOf<G>): Tokens<G> {
  return new JoinedTokens([tokens, tokensFile].filter((place) => place !== undefined));
}

export const parseWebhookTokens = (text: string): TokenList<WebhookGrant> => parseTokens(text, WEBHOOK_GRANT);
export const parseReadTokens = (text: string): TokenList<ReadGrant> => parseTokens(text, READ_GRANT);

function tokensSetting<G>(name: string, grant: GrantForm<G>): PropertyDecorator {
  const someTokens = ValidateBy({
    name: 'someTokens',
    validator: {
      validate: (tokens: unknown, args) =>
        tokens !== undefined || (args!.object as TokenPlacesOf<G>).tokensFile !== undefined,
      defaultMessage: () => `is missing, and so is ${name}_FILE`,
    },
  });
  const parse = (text: string): TokenList<G> => parseTokens(text, grant);
  const decorators = [
    Setting(name, { parse, optional: true }),
    someTokens,
    DevelopmentTokensOnLoopbackOnly(),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

function tokensFileSetting<G>(name: string, grant: GrantForm<G>): PropertyDecorator {
  return Setting(name, { parse: (path) => TokensFile.open(name, path, grant), optional: true });
}
