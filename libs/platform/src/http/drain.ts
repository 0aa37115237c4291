import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How much of a refused request's body is read and discarded, and how long its sender may pause meanwhile. */
const MOST_BYTES = 32 * 1024 * 1024;
const PAUSE_MS = 500;
const LONGEST_MS = 10_000;

/**
 * Lets clients that write their whole request before they read still get the response. When a connection is closed while
 * bytes of the request are unread, the system resets it, and the response is lost. Therefore a response that was decided
 * before the body arrived waits until the body was read and discarded, within bounds.
 */
export function drainRefusedBodies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    const { readableEnded, complete } = request.raw;
    if (readableEnded || complete || !mayHaveBody(request)) return done(null, payload);
    drain(request, () => done(null, payload));
  });
}

/** A body that is announced beyond the bound would be cut off in any case, so its sender gets the response immediately. */
function mayHaveBody({ raw: { headers } }: FastifyRequest): boolean {
  const length = Number(headers['content-length'] ?? 0);
  return headers['transfer-encoding'] !== undefined || (length > 0 && length <= MOST_BYTES);
}

function drain({ raw }: FastifyRequest, done: () => void): void {
  let bytes = 0;
  const over = (): void => {
    clearTimeout(pause);
    clearTimeout(longest);
    raw.off('data', count).off('end', over).off('close', over).off('error', over);
    // The rest is discarded until the connection ends.
    raw.resume();
    done();
  };
  const count = (chunk: Buffer): void => {
    pause.refresh();
    if ((bytes += chunk.length) > MOST_BYTES) over();
  };
  const pause = setTimeout(over, PAUSE_MS);
  const longest = setTimeout(over, LONGEST_MS);
  raw.on('data', count).once('end', over).once('close', over).once('error', over);
}
