import { summary } from './summary';
import type { SystemFile } from './system-file';

const system = (tokens: SystemFile['tokens']): SystemFile => ({
  state: 'ready',
  supervisor: { pid: 1, identity: '1@1' },
  startedAt: '2026-01-01T00:00:00.000Z',
  kafka: {
    brokers: '127.0.0.1:9092',
    managed: true,
    sasl: { mechanism: 'SCRAM-SHA-512', username: 'jimo', password: 'secret-of-kafka' },
  },
  database: { url: 'postgresql://jimo:secret-of-postgres@127.0.0.1:5432/jimo', managed: true },
  gateway: 'http://127.0.0.1:3000',
  readApi: 'http://127.0.0.1:3001',
  tokens,
  samples: {},
  parts: { 'journey-projector': { restarts: 0, url: 'http://127.0.0.1:3002' } },
});
const DEVELOPMENT = {
  webhook: { default: 'dev-webhook-token' },
  read: { read: 'dev-read-token', triage: 'dev-triage-token', admin: 'dev-admin-token' },
};
const printed = (tokens: SystemFile['tokens']) => summary(system(tokens), '/data', 1_000);
const linesOf = (tokens: SystemFile['tokens']) =>
  printed(tokens)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

describe('what a start prints when everything is ready', () => {
  it("leads with the console's address and the token to sign in with", () => {
    const [, console, token, webhook] = linesOf(DEVELOPMENT);
    expect(console).toMatch(/^Console +http:\/\/127\.0\.0\.1:3001$/);
    expect(token).toMatch(/^Sign in with +dev-admin-token$/);
    expect(webhook).toContain('http://127.0.0.1:3000/webhooks/jimo?token=dev-webhook-token');
  });

  it('lists a token of each workspace and of each scope', () => {
    const text = printed({
      webhook: { acme: 'a-secret', beta: 'b-secret' },
      read: { 'read@acme': 'c-secret', 'admin@beta': 'd-secret' },
    });
    expect(text).toMatch(/webhook token +your own, from JIMO_WEBHOOK_TOKENS +\(workspace acme\)/);
    expect(text).toMatch(/webhook token +your own, from JIMO_WEBHOOK_TOKENS +\(workspace beta\)/);
    expect(text).toMatch(/read token +your own, from READ_API_TOKENS +\(workspace acme\)/);
    expect(text).toMatch(/admin token +your own, from READ_API_TOKENS +\(workspace beta\)/);
    expect(text).toContain('your token of admin@beta');
  });

  it('shows no secret but the development tokens', () => {
    for (const tokens of [DEVELOPMENT, { webhook: { a: 'a-secret' }, read: { read: 'b-secret' } }])
      expect(printed(tokens)).not.toMatch(/secret-of|[ab]-secret/);
  });

  it('says where tokens are that are known by their hashes only', () => {
    expect(printed({ webhook: {}, read: {} })).toContain('READ_API_TOKENS_FILE');
  });

  it('has two commands that can be pasted together: the second reads what the first wrote', () => {
    const text = printed(DEVELOPMENT);
    expect(text).toContain("position=$(curl -s 'http://127.0.0.1:3000/webhooks/jimo'");
    expect(text).toContain('-H "Read-After: $position"');
  });
});
