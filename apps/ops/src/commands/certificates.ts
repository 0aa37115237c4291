import { randomBytes, X509Certificate } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Certified, createAuthority, issue } from '@app/local';
import { DAY_MS } from './output';

export interface CertificateOptions {
  readonly renew: boolean;
  readonly newAuthority: boolean;
  readonly onlyNewest: boolean;
}

const AUTHORITY_DAYS = 3_650;
const SERVER_DAYS = 397;
/** The remaining validity at which a server's certificate is renewed, so that one start per quarter suffices. */
const RENEW_DAYS = 90;

/**
 * Writes below the folder: `authority/` (with its private key), `ca/ca.pem` (the trusted authorities, public), and for each
 * host `server.crt`, `server.key` and both in `server.pem`. Valid certificates that do not expire soon are kept.
 */
export async function certificates(
  folder: string,
  hosts: readonly string[],
  options: CertificateOptions,
): Promise<void> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const before = authorityIn(folder);
  const authority =
    before === null || options.newAuthority
      ? await createAuthority(`jimo-webhooks ${randomBytes(4).toString('hex')}`, AUTHORITY_DAYS)
      : before;
  const trusted = join(folder, 'ca', 'ca.pem');
  if (authority !== before) {
    write(join(folder, 'authority'), 'ca.key', authority.key, 0o600);
    write(join(folder, 'authority'), 'ca.pem', authority.certificate, 0o600);
    const others = before && existsSync(trusted) ? readFileSync(trusted, 'utf8') : '';
    write(join(folder, 'ca'), 'ca.pem', authority.certificate + others, 0o644);
    say(`a new authority${others ? ', beside the one before' : ''}`);
  }
  if (options.onlyNewest) {
    write(join(folder, 'ca'), 'ca.pem', authority.certificate, 0o644);
    say('only the newest authority is trusted');
  }
  for (const entry of hosts) {
    const [, host, uid] = /^([A-Za-z0-9.-]+)(?::(\d+))?$/.exec(entry) ?? [];
    if (host === undefined) throw new Error(`${entry}: a host must be given as host or host:uid`);
    const own = join(folder, host);
    if (!options.renew && lasts(join(own, 'server.crt'))) continue;
    const { certificate, key } = await issue(authority, {
      name: host,
      hosts: [host, 'localhost', '127.0.0.1'],
      days: SERVER_DAYS,
    });
    const owner = uid === undefined ? undefined : Number(uid);
    write(own, 'server.crt', certificate, 0o644, owner);
    write(own, 'server.key', key, 0o600, owner);
    write(own, 'server.pem', key + certificate, 0o600, owner);
    say(`a certificate for ${host}, for ${SERVER_DAYS} days`);
  }
}

function authorityIn(folder: string): Certified | null {
  const [certificate, key] = ['ca.pem', 'ca.key'].map((name) => join(folder, 'authority', name)) as [
    string,
    string,
  ];
  if (!existsSync(certificate)) return null;
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

function lasts(file: string): boolean {
  if (!existsSync(file)) return false;
  const { validTo } = new X509Certificate(readFileSync(file));
  return Date.parse(validTo) - Date.now() > RENEW_DAYS * DAY_MS;
}

/** Writes atomically, and with the final mode from the start. */
function write(folder: string, name: string, text: string, mode: number, uid?: number): void {
  mkdirSync(folder, { recursive: true });
  const part = join(folder, `.${name}.part`);
  writeFileSync(part, text, { mode });
  if (uid !== undefined) chownSync(part, uid, uid);
  renameSync(part, join(folder, name));
}
