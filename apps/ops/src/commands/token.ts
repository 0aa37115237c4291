import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';

import { hashedToken } from '@app/platform';

import { say } from './output';

/** Beyond any guess, so that a hash without a salt and many rounds gives nothing away. */
const TOKEN_BYTES = 32;
/** The gateway's grant, or one of the read API; the app that reads the line checks the workspace. */
const GRANT = /^(?:(?<gateway>gateway)@|(?<scope>read|triage|admin)(?:@|$))(?<workspace>[^\s,:@]*)$/;

export class UnknownGrant extends Error {
  override readonly name = 'UnknownGrant';
}

/** What stands before the colon of the line, and in which file. @throws {UnknownGrant} */
export function lineFor(grant: string): { readonly grant: string; readonly setting: string } {
  const { gateway, scope, workspace } = GRANT.exec(grant)?.groups ?? {};
  if (gateway && workspace) return { grant: workspace, setting: 'JIMO_WEBHOOK_TOKENS_FILE' };
  if (scope && !grant.endsWith('@')) return { grant, setting: 'READ_API_TOKENS_FILE' };
  throw new UnknownGrant(
    `There is no grant ${JSON.stringify(grant)}. It is gateway@<workspace> for the gateway, and read, triage or admin, ` +
      'alone or with @<workspace>, for the read API.',
  );
}

/**
 * Prints a new token and, after it, its line for `JIMO_WEBHOOK_TOKENS_FILE` or `READ_API_TOKENS_FILE`; with `stdin` only
 * the line of the token that is read there. A token is never an argument: others see those.
 *
 * @returns the exit code
 */
export async function token(grant: string, { stdin }: { readonly stdin: boolean }): Promise<number> {
  const line = lineFor(grant);
  const given = stdin ? (await text(process.stdin)).trim() : null;
  if (given !== null && !/^\S+$/.test(given)) {
    say('The token is empty or has white space.');
    return 1;
  }
  const made = given ?? randomBytes(TOKEN_BYTES).toString('base64url');
  // Labels are for people: standard output has the token and its line alone, for programs.
  if (given === null) {
    say('The token, which is kept nowhere:');
    process.stdout.write(`${made}\n`);
  }
  say(`Its line for the file of ${line.setting}:`);
  process.stdout.write(`${line.grant}:${hashedToken(made)}\n`);
  return 0;
}
