import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';

import { createAuthority, issue } from './certificates';

const authority = createAuthority('a test authority', 2);
const server = issue(authority, { name: 'kafka-1', hosts: ['kafka-1', '127.0.0.1'], days: 1 });

describe('certificates of an authority of our own', () => {
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
    expect(certificate.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
    expect(certificate.validToDate.getTime() - Date.now()).toBeLessThan(86_400_000);
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
      const other = createAuthority('a test authority', 2).certificate;
      await expect(once(connect({ host: '127.0.0.1', port, ca: other }), 'secureConnect')).rejects.toThrow(
        /certificate|signature/,
      );
    } finally {
      listening.close();
    }
  });
});
