import type { OffsetRange, VerifyReport } from '@app/engine';
import {
  type DividedRefold,
  type SummedPart,
  SummingPart,
  verify,
  type VerifyStore,
} from '@app/engine/adapters';
import { minCompactionLagOf, withAdmin } from '@app/engine-kafka';
import { postgresRowCodec, PostgresVerify } from '@app/engine-postgres';
import type { JobReport, ProjectionJob } from '../jobs/job';
import { ProgressRate } from '../jobs/progress-rate';
import { divideLog } from '../threads/divide-log';
import { ThreadedRefold } from './threaded-refold';

/** How many rows all threads of a verification keep in memory: some 100 MB. More are spilled to files. */
const ROWS_IN_MEMORY = 150_000;

/** Proves the active generation equal to the log, or names the rows that differ. */
export async function verifyGeneration(job: ProjectionJob): Promise<JobReport> {
  return { ...(await compareWithLog(job, new PostgresVerify(job.pool, job.projection))) };
}

/** @param store of the generation that is verified */
export async function compareWithLog(job: ProjectionJob, store: VerifyStore): Promise<VerifyReport> {
  const { projection, source, kafka, report, signal } = job;
  const rate = new ProgressRate();
  return verify({
    projection,
    source,
    store,
    minCompactionLagMs: await withAdmin(kafka, (admin) => minCompactionLagOf(admin, projection.topics)),
    maxRows: ROWS_IN_MEMORY,
    divide: (ranges, buckets) => amongThreads(job, ranges, buckets),
    report: ({ phase, done, total }) =>
      report({ phase, step: null, done, total, ...rate.of(phase, done, total) }),
    signal,
  });
}

/** Each thread refolds partitions of its own. This thread takes a share, too. */
function amongThreads(
  { projection, source, until, threads }: ProjectionJob,
  ranges: readonly OffsetRange[],
  buckets: number,
): DividedRefold<SummedPart>['parts'] {
  const [own, ...others] = divideLog(ranges, 1 + (threads?.atMost ?? 0));
  const part = { ...threads!, projection: projection.name, until };
  return [
    { part: new SummingPart(projection, source, postgresRowCodec, buckets), ranges: own! },
    ...others.map((share) => ({ part: new ThreadedRefold(part, buckets), ranges: share })),
  ];
}
