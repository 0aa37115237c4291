import { randomUUID } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { createLogger, loadSettings, type SettingsClass } from '@app/platform';
import type { ProjectorDuties } from '../duties';
import type { ProjectorSettings } from '../projector.settings';
import { JobDesk, JobStalled } from './job-desk';

/** What a thread is given that is to do jobs. */
export const JOB_WORKER = 'jobs';

export function isJobWorker(): boolean {
  return !isMainThread && workerData === JOB_WORKER;
}

/** Does the jobs that wait for these projections, one after the other, and ends. */
export async function runJobWorker<S extends ProjectorSettings>(
  name: string,
  type: SettingsClass<S>,
  projections: readonly Projection<CatalogEvent>[],
  { erases }: ProjectorDuties,
): Promise<void> {
  const settings = loadSettings(type, process.env);
  const logger = createLogger(name, settings.logLevel);
  const stop = new AbortController();
  parentPort?.once('message', () => stop.abort(new Error('the projector stops')));
  // The listener must not keep a thread alive that has nothing left to do.
  parentPort?.unref();
  const desk = new JobDesk({
    instance: `${name}-${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    databaseUrl: settings.database.url,
    kafka: settings.kafka.connection,
    projections,
    logger,
    erases,
    // Live batches need the other half.
    helpers: Math.max(0, Math.floor(availableParallelism() / 2) - 1),
  });
  try {
    while (!stop.signal.aborted && (await desk.workOnNext(stop.signal)));
  } catch (error) {
    // What it waits for keeps the thread alive; the projector starts another one for the jobs that wait.
    if (error instanceof JobStalled) process.exit(1);
    throw error;
  } finally {
    await desk.close();
  }
}
