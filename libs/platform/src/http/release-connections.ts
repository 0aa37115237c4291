import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long requests may take to end when the app stops, before their connections are cut. */
const DRAIN_MS = 8_000;
/** How long a client that has just connected may take to send something. */
const SILENT_MS = 500;

/** Keeps clients from holding up a stop: the server closes once the last connection is closed. */
export function releaseConnections(fastify: FastifyInstance): void {
  const { server } = fastify;
  const open = new Set<Socket>();
  let stopping = false;
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  // Otherwise a connection whose request ends meanwhile would be kept for the next one.
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done();
  });
  fastify.addHook('preClose', (done) => {
    stopping = true;
    setTimeout(() => {
      // Browsers and proxies open connections in advance. Node counts them as busy, since a request may be on its way.
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    }, SILENT_MS).unref();
    // Reset instead of closed, since a truncated response must not look complete (broken-off.ts).
    setTimeout(() => open.forEach((socket) => socket.resetAndDestroy()), DRAIN_MS).unref();
    done();
  });
}
