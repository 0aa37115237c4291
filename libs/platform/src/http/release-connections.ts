import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Requests under way get this long to end when the app stops; then their connections are cut. */
const DRAIN_MS = 8_000;
/** A client that has just connected gets this long to send something. */
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
  // A connection whose request ends meanwhile would be kept for the next one.
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done();
  });
  fastify.addHook('preClose', (done) => {
    stopping = true;
    setTimeout(() => {
      // Browsers and proxies open some ahead. Node takes them for busy, as their first request may be on its way.
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    }, SILENT_MS).unref();
    // Reset and not closed: what is cut off must not look whole (broken-off.ts).
    setTimeout(() => open.forEach((socket) => socket.resetAndDestroy()), DRAIN_MS).unref();
    done();
  });
}
