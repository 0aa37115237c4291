import { setTimeout as sleep } from 'node:timers/promises';
import { decodeEvent, type CatalogEvent } from '@app/catalog';
import { BuildLost, CheckpointOutOfRange, type Projection, type Source } from '@app/engine';
import { createKafka, KafkaLogReader, type KafkaReach } from '@app/engine-kafka';
import {
  cancelBuild,
  GenerationMismatch,
  isRefusedForGood,
  Jobs,
  PostgresStore,
  sqlState,
  THE_LOG,
  workPool,
  writePool,
  type ClaimedJob,
} from '@app/engine-postgres';
import type { Logger } from '@app/platform';
import type { SessionPool, WatchTimes } from '@app/postgres';
import { HelperThread } from './helper-thread';
import { runJob, type JobContext } from './run-job';

export interface JobDeskOptions {
  readonly instance: string;
  readonly databaseUrl: string;
  readonly kafka: KafkaReach;
  readonly projections: readonly Projection<CatalogEvent>[];
  readonly logger: Logger;
  /** Threads that may help this one with a job. */
  readonly helpers: number;
  /** Whether it takes jobs on the log itself as well: erasures. */
  readonly erases: boolean;
  /** Milliseconds without a sign of getting on before a job is given back; ten minutes unless given. */
  readonly stalledAfter?: number;
  /** When a statement is looked into that has no answer yet. */
  readonly watch?: WatchTimes;
}

/** A job got no further: somebody else, or a thread of its own, may do better. */
export class JobStalled extends Error {
  override readonly name = 'JobStalled';
}

const HEARTBEAT_MS = 1_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** A job that shows no sign of getting on for this long is given back: what it waits for will not come. */
const STALLED_MS = 600_000;
/** How often a fault is tried again that does not look like one of the infrastructure. */
const PATIENCE_WITH_BUGS = 3;

/** Claims jobs and does them. */
export class JobDesk {
  readonly jobs: Jobs;
  private readonly work: SessionPool;
  private readonly write: SessionPool;
  private readonly context: JobContext;

  constructor(private readonly options: JobDeskOptions) {
    const { databaseUrl, helpers, instance, kafka, logger, projections } = options;
    // Beside the job's own transactions: its heartbeat, and one that ends their statements.
    this.work = workPool(databaseUrl, instance, 5, options.watch);
    this.write = writePool(databaseUrl, instance, 2);
    this.jobs = new Jobs(this.work);
    const client = createKafka(kafka, instance, logger);
    const source: Source<CatalogEvent> = {
      log: new KafkaLogReader(client, `job-${projections.map(({ name }) => name).join('-')}`),
      decode: decodeEvent,
    };
    this.context = {
      pool: this.work,
      store: new PostgresStore(this.write, projections),
      source,
      kafka: client,
      projections,
      helpers: {
        atMost: helpers,
        start: ({ job, attempt }) =>
          new HelperThread({
            ...{ instance, databaseUrl, kafka, projection: job.projection, claim: { job, attempt } },
          }),
      },
    };
  }

  private get takes(): readonly Pick<Projection<CatalogEvent>, 'name' | 'version'>[] {
    const { erases, projections } = this.options;
    return erases ? [...projections, THE_LOG] : projections;
  }

  /** @returns whether there was a job */
  async workOnNext(signal: AbortSignal): Promise<boolean> {
    const claim = await this.jobs.claim(this.takes, this.options.instance);
    if (!claim) return false;
    await this.workOn(claim, signal);
    return true;
  }

  /** Works on a job until it is done, is cancelled, is another's, or `signal` ends it: then it is given back. */
  async workOn(claim: ClaimedJob, signal: AbortSignal): Promise<void> {
    const { logger } = this.options;
    const { id, projection, kind } = claim.job;
    logger.info({ job: id, projection, kind }, 'working on a job');
    const control = new AbortController();
    const giveUp = (): void => control.abort(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    let progress: Readonly<Record<string, unknown>> | null = null;
    let cancelled = false;
    const stalled = Promise.withResolvers<never>();
    const pulse = new Pulse(this.options.stalledAfter ?? STALLED_MS);
    const beating = setInterval(() => {
      // A statement of hours is a sign of life as long as the server works on it, which `work` looks after.
      if (this.work.isAtWork) pulse.beat();
      if (pulse.isGone) {
        const reason = new JobStalled(`job ${id} got no further for ${pulse.seconds} s`);
        control.abort(reason);
        return stalled.reject(reason);
      }
      const told = progress;
      progress = null;
      claim.heartbeat(told).then(
        (answer) => {
          cancelled ||= answer === 'cancel';
          if (answer === 'cancel') control.abort(new Error('cancelled'));
          if (answer === 'lost') control.abort(new BuildLost(`job ${id} is another's now`));
        },
        // Not written: when that goes on for long, another may claim the job, and every write here finds out.
        () => undefined,
      );
    }, HEARTBEAT_MS);
    try {
      const working = this.persistently(claim, control.signal, (told) => {
        progress = told;
        pulse.beat();
      });
      const outcome = await Promise.race([working, stalled.promise]);
      await claim.finish('succeeded', outcome);
      logger.info({ job: id, projection, kind, outcome: plainOf(outcome) }, 'the job is done');
    } catch (error) {
      clearInterval(beating);
      if (cancelled) await this.cancel(claim);
      else if (signal.aborted) await claim.release();
      else if (error instanceof JobStalled) {
        logger.error({ job: id, projection, kind, reason: error.message }, 'the job is given back');
        await claim.release();
        throw error;
      } else if (!(error instanceof BuildLost)) await this.fail(claim, error);
    } finally {
      clearInterval(beating);
      signal.removeEventListener('abort', giveUp);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.work.end(), this.write.end()]);
  }

  private async persistently(
    claim: ClaimedJob,
    signal: AbortSignal,
    tell: (progress: Readonly<Record<string, unknown>>) => void,
  ): Promise<Readonly<Record<string, unknown>>> {
    for (let bugs = 0, pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await runJob(claim, this.context, tell, signal);
      } catch (error) {
        signal.throwIfAborted();
        const settled =
          error instanceof BuildLost ||
          error instanceof CheckpointOutOfRange ||
          error instanceof GenerationMismatch;
        if (settled || (looksLikeBug(error) && ++bugs >= PATIENCE_WITH_BUGS)) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        this.options.logger.warn({ job: claim.job.id, reason, retryInMs: pause }, 'the job is tried again');
        tell({ phase: 'waiting', step: reason, done: 0, total: 0 });
        await sleep(pause, undefined, { signal });
      }
    }
  }

  private async cancel(claim: ClaimedJob): Promise<void> {
    try {
      if (claim.job.kind === 'rebuild') await cancelBuild(this.work, claim.job.projection, claim);
      await claim.finish('cancelled', {});
    } catch (error) {
      // It took so long that the job was ended without this worker.
      if (!(error instanceof BuildLost)) throw error;
    }
    this.options.logger.info(
      { job: claim.job.id, projection: claim.job.projection },
      'the job was cancelled',
    );
  }

  private async fail(claim: ClaimedJob, error: unknown): Promise<void> {
    this.options.logger.error({ job: claim.job.id, err: error }, 'the job failed');
    await claim.finish('failed', { reason: reasonOf(error) });
  }
}

/** Whether a job gets on, by the signs that it gives. */
class Pulse {
  private last = performance.now();

  constructor(private readonly patience: number) {}

  get seconds(): number {
    return Math.round((performance.now() - this.last) / 1000);
  }

  get isGone(): boolean {
    return performance.now() - this.last > this.patience;
  }

  beat(): void {
    this.last = performance.now();
  }
}

/** What would be the same tomorrow: an error of the program, or a statement that Postgres refuses for good. */
function looksLikeBug(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
    return true;
  return isRefusedForGood(error);
}

/** Why a job failed, for people: what Postgres refuses has its SQLSTATE, by which its manual is searched. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const state = sqlState(error);
  return state === null ? said : `the database refuses it: ${said} (SQLSTATE ${state})`;
}

/** For the log: the rest of a verification's outcome shows rows, and these are about persons. */
function plainOf(outcome: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(outcome).filter(([, value]) => typeof value !== 'object'));
}
