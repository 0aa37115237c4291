/** The entry of the threads that load a part of the log into a generation under construction. */
import type { OffsetRange } from '@app/engine';
import { writeBulk } from '@app/engine/adapters';
import { ClaimedJob, PostgresBuild, workPool, type Generation, type Job } from '@app/engine-postgres';
import { projectionOf, sourceOf, type JobPart } from '../threads/job-part';
import { threadTask } from '../threads/thread-task';

interface LoadTask {
  readonly part: JobPart;
  readonly claim: { readonly job: Job; readonly attempt: number };
  readonly generation: Generation;
  readonly rowsPerWrite: number;
  readonly ranges: readonly OffsetRange[];
}

export const load = threadTask<LoadTask, void>(
  async ({ part, claim: { job, attempt }, generation, rowsPerWrite, ranges }, { progress, signal }) => {
    const projection = await projectionOf(part);
    // One connection writes; the other can end its statement.
    const pool = workPool(part.databaseUrl, part.instance, 2);
    try {
      const claim = new ClaimedJob(pool, job, attempt);
      const target = PostgresBuild.writer(pool, projection, claim, generation, signal);
      const source = sourceOf(part, projection);
      await writeBulk({ projection, source, writer: target, rowsPerWrite, ranges, wrote: progress, signal });
    } finally {
      await pool.end();
    }
  },
);
