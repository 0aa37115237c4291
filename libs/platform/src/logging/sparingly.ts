import type { Logger } from './logger';

const LINES = 20;
const WINDOW_MS = 10_000;

/**
 * Limits lines about single events, of which there may be thousands a second when a sender changes: a number of lines in
 * ten seconds, then only how many were left out.
 */
export class Sparingly {
  private until = 0;
  private left = 0;
  private omitted = 0;

  constructor(
    private readonly logger: Logger,
    private readonly clock: () => number = Date.now,
  ) {}

  write(level: 'info' | 'warn' | 'error', fields: object, message: string): void {
    if (this.takes()) this.logger[level](fields, message);
  }

  /** Whether a line would be written now; counts it as written. */
  private takes(): boolean {
    const now = this.clock();
    if (now >= this.until) {
      if (this.omitted > 0)
        this.logger.warn({ omitted: this.omitted }, 'lines like those before were left out');
      this.until = now + WINDOW_MS;
      this.left = LINES;
      this.omitted = 0;
    }
    if (this.left > 0) return this.left-- > 0;
    this.omitted++;
    return false;
  }
}
