import type { ServerResponse } from 'node:http';
import type { ValidToken } from '../access/access';
import type { ChangeFilter } from './change';

/** Why the server ends a stream. Whoever comes again with Last-Event-ID goes on where it was. */
export const CLOSE_REASONS = ['too-slow', 'shutting-down', 'restarted', 'token-withdrawn'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** What may wait for one client, in bytes: it is held in memory. */
const MOST_WAITING = 256 * 1024;
/** How long a client that catches up may read nothing. */
const STALLED_MS = 30_000;
/** How long the last words may take to be read. */
const FAREWELL_MS = 2_000;

/** One client's stream of server-sent events, bounded in memory. */
export class StreamClient {
  private ended = false;
  private readonly gone: (() => void)[] = [];

  constructor(
    private readonly response: ServerResponse,
    readonly filter: ChangeFilter,
    readonly token: ValidToken,
  ) {
    response.once('close', () => {
      this.ended = true;
      for (const tell of this.gone) tell();
    });
    response.on('error', () => undefined);
    response.socket?.setNoDelay(true);
  }

  get isOver(): boolean {
    return this.ended;
  }

  onGone(tell: () => void): void {
    this.gone.push(tell);
  }

  /** False when the client reads too slowly for it: then nothing was sent, and it has to be closed. */
  send(text: string): boolean {
    if (this.ended) return true;
    if (this.response.writableLength > MOST_WAITING) return false;
    this.response.write(text);
    return true;
  }

  /** Until what was sent is on its way: true; false when the client is gone or reads nothing for long. */
  async drained(): Promise<boolean> {
    if (this.ended || !this.response.writableNeedDrain) return !this.ended;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const drained = (): void => resolve(true);
    const over = (): void => resolve(false);
    const stalled = setTimeout(over, STALLED_MS);
    this.response.once('drain', drained).once('close', over);
    try {
      return await promise;
    } finally {
      clearTimeout(stalled);
      this.response.off('drain', drained).off('close', over);
    }
  }

  close(reason: CloseReason): void {
    if (this.ended) return;
    this.ended = true;
    this.response.end(`event: close\ndata: ${JSON.stringify({ reason })}\n\n`);
    const farewell = setTimeout(() => this.response.destroy(), FAREWELL_MS).unref();
    this.response.once('close', () => clearTimeout(farewell));
  }
}
