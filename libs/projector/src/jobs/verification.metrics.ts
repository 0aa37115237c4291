import type { Job } from '@app/engine-postgres';
import type { Metrics } from '@app/platform';

/** The active generation of a projection. */
export interface ServingGeneration {
  readonly id: number;
  readonly activatedAt: Date | null;
}

/** Metrics of the last verification of each projection. */
export class VerificationMetrics {
  private readonly at;
  private readonly outcome;

  constructor(metrics: Metrics) {
    this.at = metrics.gauge({
      name: 'projection_verified_timestamp_seconds',
      help: 'When the generation that serves was last verified or, where it never was, began to serve, in seconds since 1970.',
      labelNames: ['projection'],
    });
    this.outcome = metrics.gauge({
      name: 'projection_verification',
      help: '1 for the outcome of the last verification of the generation that serves: clean, differs, indeterminate or failed.',
      labelNames: ['projection', 'outcome'],
    });
  }

  /** @param last the newest verification; one of an earlier generation says nothing about the active one */
  show(projection: string, last: Job | undefined, serving: ServingGeneration | undefined): void {
    const failed = last?.finishedAt != null && last.state !== 'succeeded';
    const counts = last?.state === 'succeeded' && last.outcome?.['generation'] === serving?.id;
    const at = counts || failed ? last.finishedAt : serving?.activatedAt;
    if (!at) return;
    this.at.set({ projection }, at.getTime() / 1000);
    const outcome = failed ? 'failed' : counts ? last.outcome?.['outcome'] : 'none';
    for (const name of ['clean', 'differs', 'indeterminate', 'failed'])
      this.outcome.set({ projection, outcome: name }, name === outcome ? 1 : 0);
  }
}
