import type { ExitInfo } from './child';

/** Something that runs as a process, whatever it is behind that. */
export interface Running {
  readonly pid: number;
  /** Fulfilled when it is gone; never rejected. */
  readonly exited: Promise<ExitInfo>;
  lastLines(): string;
  stop(): Promise<ExitInfo>;
}
