import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';

/**
 * Resets the connection when a streamed response fails over HTTP/1.0, which nginx uses towards its upstream by default.
 * There a response without a length ends with its connection: if it were closed in an orderly way, half of an export
 * would look complete. Over HTTP/1.1 the missing last chunk reveals it.
 */
export function resetBrokenOff(fastify: FastifyInstance): void {
  fastify.addHook('onSend', ({ raw }, reply, payload, done) => {
    if (raw.httpVersionMinor === 0 && payload instanceof Readable) {
      const reset = (): void => void raw.socket.resetAndDestroy();
      payload.prependOnceListener('error', reset);
      // The client no longer reads it.
      reply.raw.once('timeout', reset);
    }
    done(null, payload);
  });
}
