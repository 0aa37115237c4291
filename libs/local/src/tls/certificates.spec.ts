import { createPrivateKey, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';

import { type Certified, createAuthority, issue } from './certificates';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

describe('certificates of an authority of our own', () => {
  let authority: Certified;
  let server: Certified;
  beforeAll(async () => {
    authority = await createAuthority('a test authority', 2);
    server = await issue(authority, { name: 'kafka-1', hosts: ['kafka-1', '127.0.0.1', '::1'], days: 1 });
  });

  it('are signed by it, for the names that were asked for', () => {
    const ca = new X509Certificate(authority.certificate);
    const certificate = new X509Certificate(server.certificate);
    expect(ca.ca).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkIssued(ca)).toBe(true);
    expect(certificate.checkHost('kafka-1')).toBe('kafka-1');
    expect(certificate.checkHost('kafka-2')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
    expect(certificate.validToDate.getTime() - Date.now()).toBeLessThan(86_400_000);
  });

  it('name the key of an authority as its own certificate does, however that was made', async () => {
    // As earlier versions made it, and openssl may: another digest than SHA-1 of the bare key.
    const keys = await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
    const { X509CertificateGenerator, BasicConstraintsExtension, SubjectKeyIdentifierExtension } =
      await import('@peculiar/x509');
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: ['an earlier authority'] }],
      keys,
      signingAlgorithm: ECDSA,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new SubjectKeyIdentifierExtension('aa'.repeat(20)),
      ],
    });
    const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string;
    const earlier = { certificate: certificate.toString('pem'), key };
    const issued = await issue(earlier, { name: 'kafka-1', hosts: ['kafka-1'], days: 1 });
    const ca = new X509Certificate(earlier.certificate);
    expect(new X509Certificate(issued.certificate).checkIssued(ca)).toBe(true);
    expect(new X509Certificate(issued.certificate).verify(ca.publicKey)).toBe(true);
  });

  it('let a client in that trusts the authority, and no other', async () => {
    const listening = createServer({ key: server.key, cert: server.certificate }, (socket) => socket.end());
    listening.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    try {
      const trusting = connect({ host: '127.0.0.1', port, ca: authority.certificate });
      await once(trusting, 'secureConnect');
      trusting.destroy();
      const other = (await createAuthority('a test authority', 2)).certificate;
      await expect(once(connect({ host: '127.0.0.1', port, ca: other }), 'secureConnect')).rejects.toThrow(
        /certificate|signature/,
      );
    } finally {
      listening.close();
    }
  });
});
