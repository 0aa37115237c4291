import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';

/**
 * Resets the connection when a streamed answer breaks off over HTTP/1.0, which nginx speaks to what is behind it unless
 * it is told otherwise. There an answer without a length ends with its connection: closed in an orderly way, half of an
 * export would look like all of it. Over HTTP/1.1 the missing last chunk tells.
 */
export function resetBrokenOff(fastify: FastifyInstance): void {
  fastify.addHook('onSend', ({ raw }, reply, payload, done) => {
    if (raw.httpVersionMinor === 0 && payload instanceof Readable) {
      const reset = (): void => void raw.socket.resetAndDestroy();
      payload.prependOnceListener('error', reset);
      // A client that takes nothing of it any more.
      reply.raw.once('timeout', reset);
    }
    done(null, payload);
  });
}
