/** The entry of the thread that runs a projector's jobs, one after the other, until none waits. */
import { randomUUID } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { KafkaReach } from '@app/engine-kafka';
import { createLogger, type LogLevel } from '@app/platform';
import { projectionsIn } from '../threads/job-part';
import { JobStalled } from './job-heartbeat';
import { JobRunner } from './job-runner';

export interface JobThreadSettings {
  /** The name of the app. */
  readonly name: string;
  readonly logLevel: LogLevel;
  readonly databaseUrl: string;
  readonly kafka: KafkaReach;
  readonly projections: readonly string[];
  readonly projectionsFile: string;
  readonly erases: boolean;
}

async function runJobs(settings: JobThreadSettings): Promise<void> {
  const { name, logLevel, databaseUrl, kafka, projectionsFile, erases } = settings;
  const stop = new AbortController();
  parentPort!.once('message', () => stop.abort(new Error('the projector stops')));
  // The listener must not keep an idle thread alive.
  parentPort!.unref();
  const runner = new JobRunner({
    instance: `${name}-${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    databaseUrl,
    kafka,
    projections: (await projectionsIn(projectionsFile)).filter((each) =>
      settings.projections.includes(each.name),
    ),
    logger: createLogger(name, logLevel),
    erases,
    // Live batches get the other half of the cores.
    threads: { atMost: Math.max(0, Math.floor(availableParallelism() / 2) - 1), projectionsFile },
  });
  try {
    while (!stop.signal.aborted && (await runner.runNext(stop.signal)));
  } catch (error) {
    // The abandoned job may keep this thread alive, so the projector starts another one for the waiting jobs.
    if (error instanceof JobStalled) process.exit(1);
    throw error;
  } finally {
    await runner.close();
  }
}

void runJobs(workerData as JobThreadSettings);
