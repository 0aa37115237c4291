// tsyringe, which @peculiar/x509 is made with, needs it first.
import 'reflect-metadata';

import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { Extension, Name } from '@peculiar/x509';

/** PEM texts. */
export interface Certified {
  readonly certificate: string;
  /** PKCS #8, not encrypted. */
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** A clock that is a little behind accepts a new certificate all the same. */
const BEFORE_MS = DAY_MS;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Loaded by what makes certificates alone: it takes as long as the rest of a command. */
const x509 = () => import('@peculiar/x509');

/** Node's type of keys names usages that the library's, which is that of browsers, does not have. */
type Key = webcrypto.CryptoKey & { usages: ('sign' | 'verify')[] };

const newKeys = () =>
  webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']) as Promise<
    Record<'publicKey' | 'privateKey', Key>
  >;

const keyText = (key: Key): string => KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }) as string;

interface Subject {
  readonly name: Name;
  readonly days: number;
  readonly publicKey: Key;
  readonly extensions: readonly Extension[];
}

interface Issuer {
  readonly name: Name;
  /** Of its key, in hex, as its certificate has it: there are several ways to make one of a key. */
  readonly keyId: string;
  readonly key: Key;
}

async function certify({ name, days, publicKey, extensions }: Subject, issuer: Issuer): Promise<string> {
  const { X509CertificateGenerator, AuthorityKeyIdentifierExtension } = await x509();
  const now = Date.now();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(15).toString('hex')}`,
    subject: name,
    issuer: issuer.name,
    notBefore: new Date(now - BEFORE_MS),
    notAfter: new Date(now + days * DAY_MS),
    signingAlgorithm: ECDSA,
    publicKey,
    signingKey: issuer.key,
    extensions: [...extensions, await keyIdOf(publicKey), new AuthorityKeyIdentifierExtension(issuer.keyId)],
  });
  return `${certificate.toString('pem')}\n`;
}

async function keyIdOf(publicKey: Key) {
  const { SubjectKeyIdentifierExtension } = await x509();
  return SubjectKeyIdentifierExtension.create(publicKey);
}

/** A certificate authority of one's own: what trusts its certificate trusts what it signs. */
export async function createAuthority(commonName: string, days: number): Promise<Certified> {
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, Name } = await x509();
  const { publicKey, privateKey } = await newKeys();
  const name = new Name([{ CN: [commonName] }]);
  const extensions = [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
  const issuer = { name, keyId: (await keyIdOf(publicKey)).keyId, key: privateKey };
  return {
    certificate: await certify({ name, days, publicKey, extensions }, issuer),
    key: keyText(privateKey),
  };
}

/**
 * A certificate for a server (or for a client that shows one) with a new key.
 *
 * @param name its common name
 * @param hosts names and addresses that it is reached by
 */
export async function issue(
  authority: Certified,
  { name, hosts, days }: { readonly name: string; readonly hosts: readonly string[]; readonly days: number },
): Promise<Certified> {
  const library = await x509();
  const { ExtendedKeyUsage, KeyUsageFlags } = library;
  const { publicKey, privateKey } = await newKeys();
  const extensions = [
    new library.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new library.ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new library.SubjectAlternativeNameExtension(
      hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
    ),
  ];
  const signer = new library.X509Certificate(authority.certificate);
  const issuer = {
    name: signer.subjectName,
    keyId: signer.getExtension(library.SubjectKeyIdentifierExtension)!.keyId,
    key: createPrivateKey(authority.key).toCryptoKey(ECDSA, false, ['sign']) as Key,
  };
  const subject = { name: new library.Name([{ CN: [name] }]), days, publicKey, extensions };
  return { certificate: await certify(subject, issuer), key: keyText(privateKey) };
}
