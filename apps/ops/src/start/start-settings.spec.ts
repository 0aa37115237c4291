import { shownToken, startOptions, type StartSettings, tokensByGrant, withSecrets } from './start-settings';

describe('tokensByGrant', () => {
  it('gives the first token of each grant, whatever is in the token', () => {
    expect(tokensByGrant('default:a:b, default:c,other:d')).toEqual({ default: 'a:b', other: 'd' });
    expect(tokensByGrant('read@w:x,nonsense,:y')).toEqual({ 'read@w': 'x' });
  });
});

describe('the secrets of a start', () => {
  const SETTINGS: StartSettings = { dataDir: '.data', gatewayPort: 3000, readApiPort: 3001 };

  it('are the development tokens where the environment has no others', () => {
    expect(withSecrets(SETTINGS, { JIMO_WEBHOOK_TOKENS: ' ' })).toMatchObject({
      webhookTokens: 'default:dev-webhook-token',
      readTokens: 'read:dev-read-token,triage:dev-triage-token,admin:dev-admin-token',
    });
    const own = { JIMO_WEBHOOK_TOKENS: 'acme:own', DATABASE_URL: 'postgres://a:b@c/d' };
    expect(withSecrets(SETTINGS, own)).toMatchObject({
      webhookTokens: 'acme:own',
      databaseUrl: 'postgres://a:b@c/d',
    });
  });

  it('are no development tokens beside a file of hashes', () => {
    const { webhookTokens, readTokens } = withSecrets({ ...SETTINGS, readTokensFile: '/tokens' }, {});
    expect([webhookTokens, readTokens]).toEqual(['default:dev-webhook-token', undefined]);
  });

  it('cannot be given on the command line, which others can read', () => {
    const flags = startOptions().map(({ long }) => long);
    expect(flags).toContain('--gateway-port');
    expect(flags.filter((flag) => /tokens?$|url|password/.test(flag ?? ''))).toEqual([]);
  });

  it('are shown only where everyone knows them', () => {
    expect(shownToken('dev-read-token', 'x')).toBe('dev-read-token');
    expect([shownToken('own', 'x'), shownToken(undefined, 'x')]).toEqual(['x', 'x']);
  });
});
