import { join } from 'node:path';
import type { OffsetRange } from '@app/engine';
import { BuildSteps, concurrently, writeBulk, type BuildProgress } from '@app/engine/adapters';
import { PostgresBuild } from '@app/engine-postgres';
import type { JobReport, ProjectionJob } from '../jobs/job';
import { ProgressRate } from '../jobs/progress-rate';
import { divideLog } from '../threads/divide-log';
import { ThreadPool } from '../threads/thread-pool';
import type * as BulkLoader from './bulk-loader';

/** How many rows all threads of a build fold before they write them: some 150 MB. */
const ROWS_PER_WRITE = 150_000;

/**
 * Builds a new generation of a projection from the log, beside the active one, and switches to it. A rebuild that was
 * killed continues where it stopped, because every step finds out what is left to do.
 */
export async function rebuild(job: ProjectionJob): Promise<JobReport> {
  const { projection, claim, pool, source, store, signal } = job;
  const started = performance.now();
  const rate = new ProgressRate();
  const report = (progress: BuildProgress): void =>
    job.report({ ...progress, ...rate.of(progress.phase, progress.done, progress.total) });

  // Open the tables of the unfinished build, or create new ones without indexes.
  const generation = await PostgresBuild.open(pool, projection, claim, signal);
  const steps = new BuildSteps({ projection, source, store, generation, report, signal });

  // Find out what is left to load from the log, which must be the one that the build began with.
  const ranges = await steps.toLoad();

  if (ranges !== null) {
    // Load it: each thread reads, folds and copies partitions of its own.
    await load(job, generation, ranges, (offsets) => steps.loaded(offsets));
    // Merge keys that several folds wrote, remove erased persons, make indexes and tallies.
    await steps.finish();
  }

  // Apply what was appended meanwhile like live batches. Once nothing is missing, switch the views.
  const offsets = await steps.catchUp();

  const seconds = (performance.now() - started) / 1000;
  return { generation: generation.id, offsets, seconds: Math.round(seconds * 10) / 10 };
}

/** Each thread loads partitions of its own, so none waits for another's checkpoint. This thread takes a share, too. */
export async function load(
  { claim: { job, attempt }, projection, source, until, threads, signal }: ProjectionJob,
  generation: PostgresBuild,
  ranges: readonly OffsetRange[],
  wrote: (offsets: number) => void,
): Promise<void> {
  const [own, ...others] = divideLog(ranges, 1 + (threads?.atMost ?? 0));
  const rowsPerWrite = Math.ceil(ROWS_PER_WRITE / (1 + others.length));
  const loadOwn = (stop: AbortSignal) =>
    writeBulk({ projection, source, writer: generation, rowsPerWrite, ranges: own!, wrote, signal: stop });
  if (!threads || others.length === 0) return loadOwn(signal);

  const pool = new ThreadPool<typeof BulkLoader>(join(__dirname, 'bulk-loader.js'), others.length);
  const part = { ...threads, projection: projection.name, until };
  const loadOther = (share: readonly OffsetRange[]) => (stop: AbortSignal) => {
    const task = { part, claim: { job, attempt }, generation: generation.of, rowsPerWrite, ranges: share };
    return pool.run('load', task, stop, wrote);
  };
  try {
    await concurrently([loadOwn, ...others.map(loadOther)], signal);
  } finally {
    await pool.close();
  }
}
