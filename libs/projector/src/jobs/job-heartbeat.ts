import { BuildLost } from '@app/engine/adapters';
import type { ClaimedJob } from '@app/engine-postgres';
import type { JobReport } from './job';

/** The job makes no progress; another instance or a new thread may do better. */
export class JobStalled extends Error {
  override readonly name = 'JobStalled';
}

export class JobCancelled extends Error {
  override readonly name = 'JobCancelled';
}

const BEAT_MS = 1_000;

/** Keeps the claim on a job while it is worked on, and aborts the work when it must end. */
export class JobHeartbeat {
  /** Rejects when the job stalls: the work may not react to its signal. */
  readonly stalled: Promise<never>;
  private readonly control = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly rejectStalled: (reason: JobStalled) => void;
  private lastSign = performance.now();
  private progress: JobReport | null = null;

  /**
   * @param isAtWork whether the database executes a statement of the job, which may take hours without progress
   * @param stalledAfter milliseconds without a sign of progress
   */
  constructor(
    private readonly claim: ClaimedJob,
    private readonly isAtWork: () => boolean,
    private readonly stalledAfter: number,
  ) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.stalled = promise;
    this.rejectStalled = reject;
    this.timer = setInterval(() => this.beat(), BEAT_MS);
  }

  /** Aborted with `JobCancelled`, `BuildLost` or `JobStalled`. */
  get signal(): AbortSignal {
    return this.control.signal;
  }

  report(progress: JobReport): void {
    this.progress = progress;
    this.lastSign = performance.now();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    const { id } = this.claim.job;
    const now = performance.now();
    if (this.isAtWork()) this.lastSign = now;
    if (now - this.lastSign > this.stalledAfter) {
      const seconds = Math.round((now - this.lastSign) / 1000);
      const stalled = new JobStalled(`job ${id} made no progress for ${seconds} s`);
      this.control.abort(stalled);
      return this.rejectStalled(stalled);
    }
    const { progress } = this;
    this.progress = null;
    this.claim.heartbeat(progress).then(
      (answer) => {
        if (answer === 'cancel') this.control.abort(new JobCancelled(`job ${id} was cancelled`));
        if (answer === 'lost') this.control.abort(new BuildLost(`job ${id} was claimed by another instance`));
      },
      // If this continues, another instance may claim the job, and every write here will notice.
      () => undefined,
    );
  }
}
