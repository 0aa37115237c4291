import { randomUUID } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import {
  LOG_SUBJECT,
  migrateEngine,
  openGenerations,
  workPool,
  type Job,
  type JobKind,
} from '@app/engine-postgres';
import { PROJECTIONS, PROJECTIONS_FILE } from '@app/projections';
import { JobRunner } from '@app/projector';

import { connection, quiet } from './connection';

export class UnknownProjection extends Error {
  override readonly name = 'UnknownProjection';
}

/** A job of the kind is under way that somebody asked for with other parameters. */
export class AnotherJob extends Error {
  override readonly name = 'AnotherJob';
}

/** @throws {UnknownProjection} naming the existing ones */
export function projectionNamed(name: string): Projection<CatalogEvent> {
  const found = PROJECTIONS.find((projection) => projection.name === name);
  if (found) return found;
  const known = PROJECTIONS.map((projection) => projection.name).join(', ');
  throw new UnknownProjection(`There is no projection ${name}. There are: ${known}.`);
}

export interface Waiting {
  readonly dataDir: string;
  /** Called with new progress of the job. */
  readonly tell: (job: Job) => void;
}

const LOOK_MS = 500;
/** Each thread takes some 300 MB. */
const MOST_THREADS = 3;

/**
 * Runs a job in this process, or waits for the process that already has it. If interrupted, this process returns the job
 * to the queue, and a projector continues it.
 * @returns the ended job
 * @throws {AnotherJob} when one is under way that does something else
 */
export async function doJob(
  subject: Projection<CatalogEvent> | typeof LOG_SUBJECT,
  kind: JobKind,
  { dataDir, tell }: Waiting,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<Job> {
  const { kafka, database } = connection(dataDir);
  const projections = 'tables' in subject ? [subject] : [];
  await provision(database.url, projections);
  const runner = new JobRunner({
    instance: `ops-${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    databaseUrl: database.url,
    kafka: kafka.connection,
    projections,
    erases: true,
    logger: quiet(),
    threads: {
      atMost: Math.min(availableParallelism(), MOST_THREADS) - 1,
      projectionsFile: PROJECTIONS_FILE,
    },
  });
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted: a projector goes on with the job'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    const { job, isAsAsked } = await runner.jobs.request(subject, kind, 'ops', parameters);
    // An erasure is of everybody who waits for one; its parameters only count what its requester found.
    if (!isAsAsked && kind !== 'erase')
      throw new AnotherJob(`${subject.name}: another ${kind} is under way (job ${job.id}): try again`);
    const done = new AbortController();
    const telling = follow(runner, job.id, tell, done.signal);
    try {
      for (;;) {
        const claim = await runner.jobs.claim([subject], `ops-${process.pid}`, job.id);
        if (claim) await runner.run(claim, interrupted.signal);
        interrupted.signal.throwIfAborted();
        const now = await runner.jobs.get(job.id);
        if (!now) throw new Error(`job ${job.id} is gone`);
        if (now.finishedAt) return now;
        await sleep(LOOK_MS, undefined, { signal: interrupted.signal });
      }
    } finally {
      done.abort();
      await telling;
    }
  } finally {
    await runner.close();
  }
}

async function provision(url: string, projections: readonly Projection<CatalogEvent>[]): Promise<void> {
  const pool = workPool(url, 'ops', 2);
  try {
    await migrateEngine(pool, url);
    await openGenerations(pool, projections);
  } finally {
    await pool.end();
  }
}

async function follow(
  runner: JobRunner,
  id: string,
  tell: (job: Job) => void,
  until: AbortSignal,
): Promise<void> {
  let told = '';
  while (!until.aborted) {
    const job = await runner.jobs.get(id).catch(() => null);
    const now = JSON.stringify(job?.progress);
    if (job && now !== told && job.progress) tell(job);
    told = now;
    await sleep(LOOK_MS, undefined, { signal: until }).catch(() => undefined);
  }
}
