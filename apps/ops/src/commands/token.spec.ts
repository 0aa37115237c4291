import { lineFor, UnknownGrant } from './token';

describe('a grant on the command line', () => {
  it.each([
    ['gateway@acme', 'acme', 'JIMO_WEBHOOK_TOKENS_FILE'],
    ['gateway@read', 'read', 'JIMO_WEBHOOK_TOKENS_FILE'],
    ['read', 'read', 'READ_API_TOKENS_FILE'],
    ['triage@acme', 'triage@acme', 'READ_API_TOKENS_FILE'],
    ['admin', 'admin', 'READ_API_TOKENS_FILE'],
  ])('%s is a line for %s in the file of its app', (given, grant, setting) => {
    expect(lineFor(given)).toEqual({ grant, setting });
  });

  it.each([
    'raed',
    'acme',
    'READ',
    'gateway',
    'gateway@',
    'read@',
    'reader',
    'read@a@b',
    'read@a b',
    'owner@acme',
    '',
  ])('%j is refused: nobody gets a token for a typing error', (given) => {
    expect(() => lineFor(given)).toThrow(UnknownGrant);
  });
});
