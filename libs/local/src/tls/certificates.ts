import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';

import { bits, explicit, implicit, integer, octets, oid, sequence, setOf, time, utf8, yes } from './der';

/** PEM texts. */
export interface Certified {
  readonly certificate: string;
  /** PKCS #8, not encrypted. */
  readonly key: string;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
/** A clock that is a little behind must take a new certificate all the same. */
const BEFORE_MS = DAY_MS;

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;

const nameOf = (commonName: string): Buffer => sequence(setOf(sequence(oid('2.5.4.3'), utf8(commonName))));

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [yes()] : []), octets(value));

const keyId = (publicKey: KeyObject): Buffer =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);

interface Subject {
  readonly name: string;
  readonly days: number;
  readonly extensions: readonly Buffer[];
}

function certify(
  subject: Subject,
  publicKey: KeyObject,
  issuer: { readonly name: string; readonly key: KeyObject; readonly publicKey: KeyObject },
): string {
  const now = Date.now();
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    sequence(time(new Date(now - BEFORE_MS)), time(new Date(now + subject.days * DAY_MS))),
    nameOf(subject.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(
      3,
      sequence(
        ...subject.extensions,
        extension('2.5.29.14', octets(keyId(publicKey))),
        extension('2.5.29.35', sequence(implicit(0, keyId(issuer.publicKey)))),
      ),
    ),
  );
  const signature = sign('sha256', content, issuer.key);
  return pem('CERTIFICATE', sequence(content, ECDSA_WITH_SHA256, bits(signature)));
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyText = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;

/** A certificate authority of one's own: whoever trusts its certificate trusts what it signs. */
export function createAuthority(name: string, days: number): Certified {
  const { publicKey, privateKey } = newKeys();
  const extensions = [
    extension('2.5.29.19', sequence(yes()), true),
    // keyCertSign and cRLSign.
    extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
  ];
  const issuer = { name, key: privateKey, publicKey };
  return { certificate: certify({ name, days, extensions }, publicKey, issuer), key: keyText(privateKey) };
}

/**
 * A certificate for a server (or for a client that shows one) with a new key.
 *
 * @param name its common name
 * @param hosts names and addresses that it is reached by
 */
export function issue(
  authority: Certified,
  { name, hosts, days }: { readonly name: string; readonly hosts: readonly string[]; readonly days: number },
): Certified {
  const { publicKey, privateKey } = newKeys();
  const extensions = [
    // digitalSignature.
    extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
    // serverAuth and clientAuth.
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.17', sequence(...hosts.map(alternative))),
  ];
  const signer = new X509Certificate(authority.certificate);
  const issuer = {
    name: signer.subject.replace(/^CN=/, ''),
    key: createPrivateKey(authority.key),
    publicKey: signer.publicKey,
  };
  return { certificate: certify({ name, days, extensions }, publicKey, issuer), key: keyText(privateKey) };
}

function alternative(host: string): Buffer {
  switch (isIP(host)) {
    case 4:
      return implicit(7, Buffer.from(host.split('.').map(Number)));
    case 6:
      throw new Error(`${host}: certificates are made for names and IPv4 addresses only`);
    default:
      return implicit(2, Buffer.from(host));
  }
}
