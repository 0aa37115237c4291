import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InvalidSetting } from './setting';

/** How the text of an environment variable becomes a value. Messages never repeat the text. */

export function asText(text: string): string {
  return text;
}

export function asInteger(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidSetting('must be a whole number');
  return Number(text);
}

export function asNumber(text: string): number {
  if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) throw new InvalidSetting('must be a number');
  return Number(text);
}

/** A TCP port; 0 lets the system choose a free one. */
export function asPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidSetting('must be a port from 0 (any free one) to 65535');
  return port;
}

export function asFlag(text: string): boolean {
  const lower = text.toLowerCase();
  if (['true', '1', 'on', 'yes'].includes(lower)) return true;
  if (['false', '0', 'off', 'no'].includes(lower)) return false;
  throw new InvalidSetting('must be true or false');
}

export function asList(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) throw new InvalidSetting('has an empty entry between commas');
  return items;
}

function fileOf(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidSetting(
      `${what} cannot be read (${(error as { code?: string }).code ?? 'no such file'})`,
    );
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The content of a file with certificates in PEM. */
export function asAuthorities(path: string): string {
  return authoritiesIn(path, 'names a file that');
}

function authoritiesIn(path: string, what: string): string {
  const text = fileOf(path, what);
  const certificates = text.match(CERTIFICATE) ?? [];
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch {
    throw new InvalidSetting(`${what} holds a certificate that cannot be parsed`);
  }
  if (certificates.length === 0) throw new InvalidSetting(`${what} holds no certificate in PEM`);
  return text;
}

/** The modes of libpq that have the same meaning here; others would verify more or less than they promise. */
const SSL_MODES = ['disable', 'verify-full', 'no-verify'];

/** @throws when its TLS options are not supported; whether it is a URL is checked elsewhere */
export function asDatabaseUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const { searchParams } = new URL(text);
  const mode = searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode))
    throw new InvalidSetting(
      'has an unsupported sslmode: verify-full checks the server (sslrootcert=<file> names a CA of your own), no-verify only encrypts, disable does neither',
    );
  const authorities = searchParams.get('sslrootcert');
  if (authorities !== null) authoritiesIn(authorities, 'has an sslrootcert that');
  for (const name of ['sslcert', 'sslkey']) {
    const path = searchParams.get(name);
    if (path !== null) fileOf(path, `has an ${name} that`);
  }
  return text;
}
