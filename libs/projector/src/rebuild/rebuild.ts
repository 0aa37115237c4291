import { join } from 'node:path';
import type { CatalogEvent } from '@app/catalog';
import { build, together, writeBulk, type BulkOptions } from '@app/engine';
import { PostgresBuild } from '@app/engine-postgres';
import type { JobReport, ProjectionJob } from '../jobs/job';
import { ProgressRate } from '../jobs/progress-rate';
import { divideLog } from '../threads/divide-log';
import { ThreadPool } from '../threads/thread-pool';
import type * as BulkLoader from './bulk-loader';

/** Rows that the threads of a build fold, together, before they write them: some 150 MB. */
const ROWS_PER_WRITE = 150_000;

/** Builds a new generation of a projection from the log and switches to it. */
export async function rebuild(job: ProjectionJob): Promise<JobReport> {
  const { projection, claim, pool, source, store, report, signal } = job;
  const started = performance.now();
  const target = await PostgresBuild.open(pool, projection, claim, signal);
  const rate = new ProgressRate();
  let last: { readonly total: number } = { total: 0 };
  await build({
    projection,
    source,
    target,
    store,
    rowsPerWrite: ROWS_PER_WRITE,
    tell: (progress) => {
      last = progress;
      report({ ...progress, ...rate.of(progress.phase, progress.done, progress.total) });
    },
    signal,
    bulk: (options) => loadInThreads(options, target, job),
  });
  const seconds = (performance.now() - started) / 1000;
  return { generation: target.generation, offsets: last.total, seconds: Math.round(seconds * 10) / 10 };
}

/** Each thread loads partitions of its own, so none waits for another's checkpoint. */
async function loadInThreads(
  options: BulkOptions<CatalogEvent>,
  { of: generation }: PostgresBuild,
  { claim: { job, attempt }, projection, threads }: ProjectionJob,
): Promise<void> {
  const [own, ...others] = divideLog(options.ranges, 1 + (threads?.atMost ?? 0));
  const rowsPerWrite = Math.ceil(options.rowsPerWrite / (1 + others.length));
  if (!threads || others.length === 0) return writeBulk(options);
  const pool = new ThreadPool<typeof BulkLoader>(join(__dirname, 'bulk-loader.js'), others.length);
  const part = { ...threads, projection: projection.name };
  try {
    await together(
      [
        (signal) => writeBulk({ ...options, ranges: own!, rowsPerWrite, signal }),
        ...others.map((ranges) => (signal: AbortSignal) => {
          const task = { part, claim: { job, attempt }, generation, rowsPerWrite, ranges };
          return pool.run('load', task, signal, options.wrote);
        }),
      ],
      options.signal,
    );
  } finally {
    await pool.close();
  }
}
