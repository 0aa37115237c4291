import { setTimeout as sleep } from 'node:timers/promises';
import { Jobs, migrateEngine, retireExpired, type Job } from '@app/engine-postgres';
import { PROJECTIONS } from '@app/projections';

import { numberedIds } from './ids';
import { projectionNamed } from './jobs';
import { outcomeOf } from './outcome';
import { DAY_MS, progressLine, say, table } from './output';
import { withPool, type Where } from './with-pool';

/** The number of ended jobs listed beside the running ones. */
const LISTED = 20;
/** A job whose worker does not respond is ended without it within 20 s. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 500;
/** Drops what a cancelled build leaves, but keeps generations on standby. */
const KEEP_STANDBYS_MS = 10 * 365 * DAY_MS;

export function listJobs(options: Where & { readonly json: boolean }): Promise<number> {
  return withPool(options, async (pool) => {
    const jobs = await new Jobs(pool).list(LISTED);
    if (options.json) process.stdout.write(`${JSON.stringify({ items: jobs }, null, 2)}\n`);
    else if (jobs.length === 0) process.stdout.write('There are no jobs.\n');
    else process.stdout.write(`${table([HEAD, ...jobs.map(cellsOf)])}\n`);
    return 0;
  });
}

export function showJob(id: string, options: Where): Promise<number> {
  const [known] = numberedIds([id], 'job');
  return withPool(options, async (pool) => {
    const job = await new Jobs(pool).get(known!);
    if (job) process.stdout.write(`${JSON.stringify(job, null, 2)}\n`);
    else say(unknown(id));
    return job ? 0 : 1;
  });
}

/**
 * Cancels jobs of any kind and waits until they have ended, with their worker or without it.
 * @returns the exit code: 0 once all of them are cancelled or ended otherwise
 */
export function cancelJobs(ids: readonly string[], options: Where): Promise<number> {
  const known = numberedIds(ids, 'job');
  return withPool(options, async (pool, url) => {
    await migrateEngine(pool, url);
    const jobs = new Jobs(pool);
    let code = 0;
    for (const id of known) {
      const job = await cancelled(jobs, id);
      if (job === null) say(unknown(id));
      else {
        const when = job.cancelRequestedAt === null ? ' had ended before' : '';
        process.stdout.write(`job ${id} (${subjectOf(job)})${when}: ${outcomeOf(job)}\n`);
      }
      if (!job?.finishedAt) code = 1;
    }
    await retireExpired(
      pool,
      PROJECTIONS.map(({ name }) => name),
      KEEP_STANDBYS_MS,
    );
    return code;
  });
}

/** Cancels a running rebuild, whichever process runs it. @returns the exit code */
export function cancelRebuild(name: string, options: Where): Promise<number> {
  projectionNamed(name);
  return withPool(options, async (pool, url) => {
    await migrateEngine(pool, url);
    const jobs = new Jobs(pool);
    const underWay = await jobs.underWay(name, 'rebuild');
    if (!underWay) {
      say(`${name}: no rebuild is under way`);
      return 1;
    }
    const job = await cancelled(jobs, underWay.id);
    if (job?.state === 'cancelled') {
      await retireExpired(pool, [name], KEEP_STANDBYS_MS);
      process.stdout.write(`${name}: the rebuild was cancelled\n`);
      return 0;
    }
    say(`${name}: the rebuild was not cancelled in time, or had ended already`);
    return 1;
  });
}

/** @returns the ended job, or its state at the time limit; null if the id does not exist */
async function cancelled(jobs: Jobs, id: string): Promise<Job | null> {
  let told = false;
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(LOOK_MS)) {
    const job = await jobs.cancel(id);
    if (job === null || job.finishedAt || Date.now() > deadline) return job;
    if (!told) say(`job ${id}: waiting for ${job.instance ?? 'its worker'} to give it up, for up to 20 s`);
    told = true;
  }
}

const HEAD = ['id', 'job', 'state', 'requested by', 'requested at', 'worker', 'progress or outcome'];

function cellsOf(job: Job): string[] {
  const { id, state, requestedBy, requestedAt, instance, progress, finishedAt, cancelRequestedAt } = job;
  const told = finishedAt
    ? outcomeOf(job)
    : [cancelRequestedAt ? 'to be cancelled' : '', progress ? progressLine(progress) : ''];
  return [
    ...[id, subjectOf(job), state, requestedBy, requestedAt.toISOString(), instance ?? ''],
    [told].flat().filter(Boolean).join('; '),
  ];
}

const subjectOf = ({ kind, projection }: Job): string => `${kind} ${projection}`;

const unknown = (id: string): string =>
  `There is no job ${id}: "ops jobs list" shows those that there are; only the last 50 of a kind are kept.`;
