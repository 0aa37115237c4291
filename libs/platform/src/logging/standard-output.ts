import { writeSync } from 'node:fs';

import type { DestinationStream } from 'pino';

const BUSY_MS = 10;
/** How long a line waits for a slow reader. A log that blocks for longer would stop the app. */
const MOST_TRIES = 100;

/**
 * Standard output as a log destination that may fail: on a full disk, or without a reader, lines are lost and the app
 * continues; lines are written again once that is possible. pino's own destination ends the process on ENOSPC, and blocks
 * the event loop forever when it is flushed without room.
 */
export function standardOutput(descriptor = 1): DestinationStream {
  return { write: (line) => void writeLine(descriptor, line) };
}

/** Writes the text, or gives up; a line that was written in part ends there. */
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
