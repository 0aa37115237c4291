import type { ExitInfo } from './child';

/** A running process or container. */
export interface Running {
  readonly pid: number;
  /** Resolves when it has ended; never rejects. */
  readonly exited: Promise<ExitInfo>;
  lastLines(): string;
  stop(): Promise<ExitInfo>;
}
