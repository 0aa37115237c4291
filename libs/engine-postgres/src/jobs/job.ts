export const JOB_KINDS = [
  'rebuild',
  'verify',
  'replay',
  'erase',
  'rollback',
  'snapshot',
  'verify-snapshot',
  'repair',
] as const;
export type JobKind = (typeof JOB_KINDS)[number];
export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Used in place of a projection by jobs on the log itself. */
export const LOG_SUBJECT = { name: 'log', version: 1 } as const;

/** Long work on a projection or on the log: anyone may request it, one instance does it, and everyone can see it. */
export interface Job {
  readonly id: string;
  readonly projection: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** The version of the declaration that the job is for. */
  readonly version: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly cancelRequestedAt: Date | null;
  /** The instance that works on it, or did last. */
  readonly instance: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly progress: Readonly<Record<string, unknown>> | null;
  readonly outcome: Readonly<Record<string, unknown>> | null;
}
