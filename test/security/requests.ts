import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** The whole answer to bytes as they are sent; what came of it when the connection breaks. */
export async function answerTo(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(bytes);
  return text(socket).catch((error: unknown) => String(error));
}

export const head = (line: string, ...headers: readonly string[]): string =>
  [line, 'host: a', 'connection: close', ...headers, '', ''].join('\r\n');

/** Requests that something is wrong with, each with a secret wherever there is room for one. */
export function badRequests(token: string, basic: string): string[] {
  const bearer = `authorization: Bearer ${token}`;
  const json = 'content-type: application/json';
  const post = (path: string, body: string, ...headers: readonly string[]): string =>
    head(`POST ${path} HTTP/1.1`, json, `content-length: ${Buffer.byteLength(body)}`, ...headers) + body;
  return [
    head(`GET /webhooks/jimo?token=${token} HTTP/1.1`),
    head(`GET /webhooks/%zz?token=${token} HTTP/1.1`, bearer),
    head(`GET http://x/%ff?token=${token} HTTP/1.1`, bearer),
    head(`GET /${token} HTTP/1.1`, bearer),
    head(`GET /v1/jimers?token=${token} HTTP/1.1`, `cookie: ${token}`),
    head(`GET /v1/jimers?limit=${token} HTTP/1.1`, bearer),
    head(`GET /v1/jimers?cursor=${token} HTTP/1.1`, bearer),
    head(`GET /v1/jimers/${token} HTTP/1.1`, bearer),
    head(`GET /v1/jimers HTTP/1.1`, bearer, `read-after: ${token}`),
    head(`GET /v1/stream HTTP/1.1`, bearer, `last-event-id: ${token}!`),
    head(`GET /v1/projections/${token} HTTP/1.1`, bearer),
    head(`PATCH /v1/feedback/${token} HTTP/1.1`, bearer, json, 'content-length: 2', `if-match: ${token}`) +
      '{}',
    head(`GET /docs/..%2f${token} HTTP/1.1`),
    head(`PROPFIND /v1/jimers?token=${token} HTTP/1.1`, bearer),
    head(`${token} / HTTP/1.1`),
    `${token} ${token}\r\n\r\n`,
    head(`GET / HTTP/1.1`, token),
    head(`GET / HTTP/1.1`, `x: ${token}${'x'.repeat(20_000)}`),
    head(`GET /?token=${token}${'x'.repeat(20_000)} HTTP/1.1`),
    post(`/webhooks/jimo?token=${token}`, '{"event":'),
    post('/webhooks/jimo', '[]', bearer),
    post('/webhooks/jimo', '{}', basic),
    post('/webhooks/jimo', `{"__proto__":{"token":"x"},"event":1}`, bearer),
    post('/webhooks/jimo/batch', '[', basic),
    post(`/webhooks/elsewhere?token=${token}`, '{}', basic),
    head(`POST /webhooks/jimo?token=${token} HTTP/1.1`, 'content-type: text/plain', 'content-length: 1') +
      'x',
    head(`POST /webhooks/jimo?token=${token} HTTP/1.1`, json, 'content-length: 999999999'),
    head(`POST /webhooks/jimo?token=${token} HTTP/1.1`, json, 'content-encoding: gzip', 'content-length: 1') +
      'x',
    head(`POST /webhooks/jimo?token=${token} HTTP/1.1`, json, 'transfer-encoding: chunked') + 'zz\r\n',
  ];
}
