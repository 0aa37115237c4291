import { setTimeout as pause } from 'node:timers/promises';

import { describeExit, type Running } from '@app/local';

import { Backoff } from './backoff';

export interface PartEvents {
  started(part: Part, pid: number): void;
  /** It ended or failed to start, and is restarted after the pause. */
  down(part: Part, reason: string, pauseMs: number): void;
}

/**
 * A process that is kept running: it is restarted after a pause that grows with repeated failures.
 * Only the loop starts the process; `stop` ends the loop.
 */
export class Part {
  private readonly backoff = new Backoff();
  private readonly stopping = new AbortController();
  private current: Running | undefined;
  private loop: Promise<void> | undefined;
  private healthySince: number | undefined;
  /** Counts failures since it was last healthy. */
  failures = 0;
  restarts = 0;

  constructor(
    readonly name: string,
    private readonly launch: (signal: AbortSignal) => Promise<Running>,
    private readonly events: PartEvents,
  ) {}

  get pid(): number | undefined {
    return this.current?.pid;
  }

  lastLines(): string {
    return this.last?.lastLines() ?? '';
  }
  private last: Running | undefined;

  /**
   * Starts the process and keeps it running.
   * @throws if the first start fails
   */
  async start(): Promise<void> {
    const first = await this.launch(this.stopping.signal);
    this.begin(first);
    this.loop = this.keepRunning(first);
  }

  /** Called when the process became healthy, after which its end is no longer a failed start. */
  healthy(): void {
    this.healthySince ??= Date.now();
    this.failures = 0;
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error(`${this.name} is being stopped`));
    await this.current?.stop();
    await this.loop;
  }

  private begin(running: Running): void {
    this.current = running;
    this.last = running;
    this.healthySince = undefined;
    this.events.started(this, running.pid);
  }

  private async keepRunning(first: Running): Promise<void> {
    let running: Running | undefined = first;
    while (!this.stopping.signal.aborted) {
      let reason: string;
      if (running !== undefined) {
        const exit = await running.exited;
        reason = `ended (${describeExit(exit)})`;
      } else {
        try {
          running = await this.launch(this.stopping.signal);
          this.begin(running);
          continue;
        } catch (error) {
          reason = `did not start: ${(error as Error).message}`;
        }
      }
      this.current = undefined;
      running = undefined;
      if (this.stopping.signal.aborted) return;
      const pauseMs = this.backoff.pauseAfter(
        this.healthySince === undefined ? 0 : Date.now() - this.healthySince,
      );
      this.healthySince = undefined;
      this.failures += 1;
      this.restarts += 1;
      this.events.down(this, reason, pauseMs);
      await pause(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
    // Stopped in the middle of a start.
    await running?.stop();
  }
}
