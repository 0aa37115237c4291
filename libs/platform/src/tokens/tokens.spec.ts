import { inspect } from 'node:util';
import { AppSettings } from '../settings/pieces';
import { loadSettings } from '../settings/setting';
import { parseTokenLines, READ_GRANT, WEBHOOK_GRANT } from './token-entries';
import { presentedTokens } from './presented-token';
import { hashedToken, includesScope, SCOPES } from './token-list';
import { parseReadTokens, parseWebhookTokens, WebhookTokensSetting } from './token-settings';
import type { TokenList, WebhookGrant } from './token-list';

describe('webhook tokens', () => {
  it('allow several per workspace, for rotation', () => {
    const tokens = parseWebhookTokens('acme:old, acme:new,other:a:b');
    expect(tokens.match('old')?.grant).toEqual({ workspace: 'acme' });
    expect(tokens.match('new')?.grant).toEqual({ workspace: 'acme' });
    expect(tokens.match('a:b')?.grant).toEqual({ workspace: 'other' });
    expect(tokens.match('old')?.tokenKey).not.toBe(tokens.match('new')?.tokenKey);
  });

  it.each(['', 'acme:ol', 'oldx', 'OLD', 'acme:old'])('does not know %j', (presented) => {
    expect(parseWebhookTokens('acme:old').match(presented)).toBeNull();
  });

  it.each(['acme', 'acme:', ':t', 'a b:t', 'a:t,', 'a:t,b:t', 'a:t u', `${'w'.repeat(201)}:t`])(
    'refuses the list %j by the place of the entry',
    (list) => {
      expect(() => parseWebhookTokens(list)).toThrow(/unusable entry at place [12]/);
    },
  );

  it('are not shown when the list is printed', () => {
    const tokens = parseWebhookTokens('acme:topsecret');
    expect(JSON.stringify(tokens) + inspect(tokens, { depth: 9 })).not.toContain('topsecret');
  });
});

describe('read tokens', () => {
  it('have a scope and optionally a workspace', () => {
    const tokens = parseReadTokens('read:r,triage@acme:t,admin:a');
    expect(tokens.match('r')?.grant).toEqual({ scope: 'read', workspace: null });
    expect(tokens.match('t')?.grant).toEqual({ scope: 'triage', workspace: 'acme' });
    expect(tokens.match('a')?.grant).toEqual({ scope: 'admin', workspace: null });
  });

  it.each(['root:r', 'read@:r', 'read@a@b:r', '@acme:r'])('refuses %j', (list) => {
    expect(() => parseReadTokens(list)).toThrow(/unusable entry at place 1/);
  });

  it('include the scopes before their own', () => {
    const table = SCOPES.map((granted) => SCOPES.filter((needed) => includesScope(granted, needed)));
    expect(table).toEqual([['read'], ['read', 'triage'], ['read', 'triage', 'admin']]);
  });
});

describe('lines of a tokens file', () => {
  it('hold hashes, and may be comments or empty', () => {
    const text = `# ours\n\nacme:${hashedToken('old')}\r\n  acme:${hashedToken('new').replace('sha256:', 'SHA256:')}  \n`;
    const tokens = parseTokenLines(text, WEBHOOK_GRANT);
    expect(tokens.size).toBe(2);
    expect(tokens.match('new')?.grant).toEqual({ workspace: 'acme' });
    expect(tokens.match(hashedToken('new'))).toBeNull();
    const read = parseTokenLines(`admin@acme:${hashedToken('a')}`, READ_GRANT);
    expect(read.match('a')?.grant).toEqual({ scope: 'admin', workspace: 'acme' });
  });

  it.each([
    ['acme:hunter2', 'not sha256:'],
    [`acme:sha256:${'0'.repeat(63)}`, 'not sha256:'],
    [`acme:sha256:${'0'.repeat(64)},other:sha256:${'1'.repeat(64)}`, 'not sha256:'],
    [`a@b:${hashedToken('hunter2')}`, 'workspace'],
    [`x:${hashedToken('x')}`, 'listed before'],
    [`acme:${hashedToken('dev-webhook-token')}`, 'development token'],
    ['acme', 'it is not workspace:sha256:hash'],
  ])('are refused by their number, and not repeated: %s', (line, why) => {
    const text = `# one\nx:${hashedToken('x')}\n${line}\n`;
    const refusal = (() => {
      try {
        parseTokenLines(text, WEBHOOK_GRANT);
        return '';
      } catch (error) {
        return String(error);
      }
    })();
    expect(refusal).toContain('unusable line 3');
    expect(refusal).toContain(why);
    expect(refusal).not.toMatch(/hunter2|[0-9a-f]{30}/);
  });

  it.each(['', '\n', '# none\n'])('must be some: %j', (text) => {
    expect(() => parseTokenLines(text, WEBHOOK_GRANT)).toThrow(/holds no token/);
  });
});

describe('the presented tokens', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['Bearer abc', ['abc']],
    ['bearer  abc ', ['abc']],
    [basic('jimo:abc'), ['abc']],
    [basic(':a:b'), ['a:b']],
    ['Bearer ', []],
    ['Bearer', []],
    ['Digest abc', []],
    [basic('abc'), []],
    ['', []],
  ])('of %j are %j, before the one in the URL', (authorization, tokens) => {
    const request = { headers: { authorization }, query: { token: 'from-url' } };
    expect(presentedTokens(request, { basic: true, query: true })).toEqual([...tokens, 'from-url']);
    expect(presentedTokens(request, { basic: true })).toEqual(tokens);
  });

  it('may be in the URL where that is allowed', () => {
    const request = { headers: {}, query: { token: 'abc' } };
    expect(presentedTokens(request, { query: true })).toEqual(['abc']);
    expect(presentedTokens(request)).toEqual([]);
    for (const query of [{ token: ['a', 'b'] }, { token: '' }, {}, undefined])
      expect(presentedTokens({ headers: {}, query }, { query: true })).toEqual([]);
  });

  it('are not taken from Basic where that is not allowed', () => {
    expect(presentedTokens({ headers: { authorization: basic('jimo:abc') } })).toEqual([]);
  });

  it('grant what the first valid one grants', () => {
    const tokens = parseWebhookTokens('acme:a,other:b');
    expect(tokens.matchAny(['x', 'b', 'a'])?.grant).toEqual({ workspace: 'other' });
    expect(tokens.matchAny(['x', 'y'])).toBeNull();
    expect(tokens.matchAny([])).toBeNull();
  });
});

describe('the development tokens', () => {
  class Settings extends AppSettings {
    @WebhookTokensSetting()
    tokens!: TokenList<WebhookGrant>;
  }
  const load = (PUBLISH_HOST: string, JIMO_WEBHOOK_TOKENS: string): Settings =>
    loadSettings(Settings, { PUBLISH_HOST, JIMO_WEBHOOK_TOKENS });

  it.each(['', '127.0.0.1', 'localhost', '::1'])('serve on loopback (%j)', (host) => {
    expect(load(host, 'default:dev-webhook-token').tokens.size).toBe(1);
  });

  it.each(['0.0.0.0', '192.168.0.7', 'example.com', '127.0.0.1.example.com'])('are refused on %s', (host) => {
    expect(() => load(host, 'default:own,default:dev-webhook-token')).toThrow(
      /^JIMO_WEBHOOK_TOKENS holds a development token.*PUBLISH_HOST/,
    );
    expect(load(host, 'default:own').tokens.size).toBe(1);
  });
});
