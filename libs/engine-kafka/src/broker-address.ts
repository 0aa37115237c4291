import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/**
 * kafkajs takes what is before the first colon of `host:port` for the host, so an IPv6 address reaches it under a name
 * without colons, and becomes an address again where a connection is opened.
 */
const PREFIX = 'ipv6.';
const KEEPALIVE_MS = 60_000;

/** @param broker `host:port`, with an IPv6 address in brackets */
export function kafkajsBroker(broker: string): string {
  const [, address, port] = /^\[(.+)\]:(\d+)$/.exec(broker) ?? [];
  return address === undefined ? broker : `${PREFIX}${address.replaceAll(':', '_')}:${port}`;
}

/** The host that stands behind what kafkajs calls one. */
export function hostBehind(host: string): string {
  return host.startsWith(PREFIX) ? host.slice(PREFIX.length).replaceAll('_', ':') : host;
}

/** For log lines: `[address]:port` again. */
export function readableBroker(broker: unknown): unknown {
  if (typeof broker !== 'string' || !broker.startsWith(PREFIX)) return broker;
  const colon = broker.lastIndexOf(':');
  return `[${hostBehind(broker.slice(0, colon))}]${broker.slice(colon)}`;
}

/** As kafkajs opens connections by itself, but to IPv6 addresses as well. */
export const socketFactory: ISocketFactory = ({ host: named, port, ssl, onConnect }): Socket => {
  const host = hostBehind(named);
  // An address is no name for SNI; the certificate is compared with the host all the same.
  const sni = isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl
    ? connectTls({ host, port, ...sni, ...ssl }, onConnect)
    : connectPlain({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEPALIVE_MS);
  return socket;
};
