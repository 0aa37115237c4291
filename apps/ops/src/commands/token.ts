import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';

import { hashedToken } from '@app/platform';

import { say } from './output';

/** Beyond any guess, so that a hash without a salt and many rounds gives nothing away. */
const TOKEN_BYTES = 32;
/** A workspace, or scope@workspace; the app that reads the line says more. */
const GRANT = /^[^\s,:@]+(?:@[^\s,:@]+)?$/;

/**
 * Prints a new token and, after it, its line for `JIMO_WEBHOOK_TOKENS_FILE` or `READ_API_TOKENS_FILE`; with `stdin` only
 * the line of the token that is read there. A token is never an argument: others see those.
 *
 * @returns the exit code
 */
export async function token(grant: string, { stdin }: { readonly stdin: boolean }): Promise<number> {
  if (!GRANT.test(grant)) {
    say('The grant is a workspace, a scope (read, triage, admin) or scope@workspace, without white space.');
    return 1;
  }
  const given = stdin ? (await text(process.stdin)).trim() : null;
  if (given !== null && !/^\S+$/.test(given)) {
    say('The token is empty or has white space.');
    return 1;
  }
  const made = given ?? randomBytes(TOKEN_BYTES).toString('base64url');
  process.stdout.write(`${given === null ? `${made}\n` : ''}${grant}:${hashedToken(made)}\n`);
  return 0;
}
