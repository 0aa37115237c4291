import type { OffsetRange } from '@app/engine';
import { verify, SummingPart, type DividedRefold, type SummedPart } from '@app/engine/adapters';
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
  const { projection, pool, source, kafka, report, signal } = job;
  const rate = new ProgressRate();
  const verdict = await verify({
    projection,
    source,
    store: new PostgresVerify(pool, projection),
    minCompactionLagMs: await withAdmin(kafka, (admin) => minCompactionLagOf(admin, projection.topics)),
    maxRows: ROWS_IN_MEMORY,
    divide: (ranges, buckets) => amongThreads(job, ranges, buckets),
    report: ({ phase, done, total }) =>
      report({ phase, step: null, done, total, ...rate.of(phase, done, total) }),
    signal,
  });
  return { ...verdict };
}

/** Each thread refolds partitions of its own. This thread takes a share, too. */
function amongThreads(
  { projection, source, threads }: ProjectionJob,
  ranges: readonly OffsetRange[],
  buckets: number,
): DividedRefold<SummedPart>['parts'] {
  const [own, ...others] = divideLog(ranges, 1 + (threads?.atMost ?? 0));
  const part = { ...threads!, projection: projection.name };
  return [
    { part: new SummingPart(projection, source, postgresRowCodec, buckets), ranges: own! },
    ...others.map((share) => ({ part: new ThreadedRefold(part, buckets), ranges: share })),
  ];
}
