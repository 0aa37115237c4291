import { writeSync } from 'node:fs';

import type { DestinationStream } from 'pino';

const BUSY_MS = 10;
/** A reader that is behind is waited for at most so long per line; a log that blocks for longer stops the app. */
const MOST_TRIES = 100;

/**
 * Standard output as a log's destination that may fail: on a full disk, or after its reader has gone, lines are lost
 * and the app goes on; lines are written again once that is possible. pino's own destination ends the process on
 * ENOSPC, and waits for room for ever, with the event loop held, when it is flushed.
 */
export function standardOutput(descriptor = 1): DestinationStream {
  return { write: (line) => void writeLine(descriptor, line) };
}

/** Writes all of the text, or gives up: a line that was written in part ends there. */
function writeLine(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  for (let tries = 0; rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const isBusy = (error as NodeJS.ErrnoException).code === 'EAGAIN' && ++tries < MOST_TRIES;
      if (!isBusy) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
    }
  }
}
