import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import type { Source } from '@app/engine/adapters';
import type { ClaimedJob, PostgresStore } from '@app/engine-postgres';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import type { JobPart } from '../threads/job-part';

/** The progress or outcome of a job, as it is stored. */
export type JobReport = Readonly<Record<string, unknown>>;

/** The resources that jobs use. */
export interface JobTools {
  readonly pool: Pool;
  readonly store: PostgresStore;
  readonly source: Source<CatalogEvent>;
  readonly kafka: Kafka;
  /** More threads for parts of a job; null if this thread does everything. */
  readonly threads: (Omit<JobPart, 'projection' | 'until'> & { readonly atMost: number }) | null;
}

/** A job on a projection while it runs. */
export interface ProjectionJob extends JobTools {
  readonly projection: Projection<CatalogEvent>;
  readonly claim: ClaimedJob;
  /** Up to which time of the log its records count, epoch milliseconds; null: all of them. The source is cut there. */
  readonly until: number | null;
  readonly report: (progress: JobReport) => void;
  readonly signal: AbortSignal;
}
