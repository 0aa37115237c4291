import { setTimeout as sleep } from 'node:timers/promises';
import { decodeEvent, type CatalogEvent } from '@app/catalog';
import { CheckpointOutOfRange, type Projection } from '@app/engine';
import { BuildLost } from '@app/engine/adapters';
import { createKafka, KafkaLogReader, type KafkaReach } from '@app/engine-kafka';
import {
  cancelBuild,
  GenerationMismatch,
  isRefusedForGood,
  Jobs,
  LOG_SUBJECT,
  PostgresStore,
  sqlState,
  workPool,
  writePool,
  type ClaimedJob,
} from '@app/engine-postgres';
import type { Logger } from '@app/platform';
import type { SessionPool, WatchTimes } from '@app/postgres';
import type { JobReport, JobTools } from './job';
import { JobCancelled, JobHeartbeat, JobStalled } from './job-heartbeat';
import { runJob } from './run-job';

export interface JobRunnerOptions {
  readonly instance: string;
  readonly databaseUrl: string;
  readonly kafka: KafkaReach;
  readonly projections: readonly Projection<CatalogEvent>[];
  readonly logger: Logger;
  /** More threads for parts of a job, which import the projections from a file; null for none. */
  readonly threads: { readonly atMost: number; readonly projectionsFile: string } | null;
  /** Whether it also runs jobs on the log itself, which are erasures. */
  readonly erases: boolean;
  /** Milliseconds without progress before a job is released. Default: ten minutes. */
  readonly stalledAfter?: number;
  /** How long a statement may be without a response before its state is checked. */
  readonly watch?: WatchTimes;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** A job without progress for this long counts as stalled. */
const STALLED_MS = 600_000;
/** How often a job is retried after an error that does not look like a fault of the infrastructure. */
const ATTEMPTS_DESPITE_BUGS = 3;

/** Claims jobs and runs them. */
export class JobRunner {
  readonly jobs: Jobs;
  private readonly work: SessionPool;
  private readonly write: SessionPool;
  private readonly tools: JobTools;

  constructor(private readonly options: JobRunnerOptions) {
    const { databaseUrl, instance, kafka, logger, projections, threads } = options;
    // Two more than the job's own transactions: the heartbeat, and a connection that ends their statements.
    this.work = workPool(databaseUrl, instance, 5, options.watch);
    this.write = writePool(databaseUrl, instance, 2);
    this.jobs = new Jobs(this.work);
    const client = createKafka(kafka, instance, logger);
    this.tools = {
      pool: this.work,
      store: new PostgresStore(this.write, projections),
      source: { log: new KafkaLogReader(client), decode: decodeEvent },
      kafka: client,
      threads: threads && { ...threads, instance, databaseUrl, kafka },
    };
  }

  /** @returns whether there was a job */
  async runNext(signal: AbortSignal): Promise<boolean> {
    const { erases, instance, projections } = this.options;
    const claim = await this.jobs.claim(erases ? [...projections, LOG_SUBJECT] : projections, instance);
    if (!claim) return false;
    await this.run(claim, signal);
    return true;
  }

  /**
   * Works on a job until it is done, is cancelled, or is claimed by another instance. When `signal` is aborted, the job is
   * released.
   *
   * @throws {JobStalled} when the job was released because it made no progress
   */
  async run(claim: ClaimedJob, signal: AbortSignal): Promise<void> {
    const { logger, stalledAfter = STALLED_MS } = this.options;
    const { id, projection, kind } = claim.job;
    logger.info({ job: id, projection, kind }, 'working on a job');
    const heartbeat = new JobHeartbeat(claim, () => this.work.isAtWork, stalledAfter);
    try {
      const working = this.runAgainAfterFaults(claim, heartbeat, signal);
      const outcome = await Promise.race([working, heartbeat.stalled]);
      await claim.finish('succeeded', outcome);
      logger.info({ job: id, projection, kind, outcome: withoutRows(outcome) }, 'the job is done');
    } catch (error) {
      heartbeat.stop();
      if (heartbeat.signal.reason instanceof JobCancelled) return await this.cancel(claim);
      if (signal.aborted) return await claim.release();
      if (error instanceof JobStalled) {
        logger.error({ job: id, projection, kind, reason: error.message }, 'the job is given back');
        await claim.release();
        throw error;
      }
      if (!(error instanceof BuildLost)) await this.fail(claim, error);
    } finally {
      heartbeat.stop();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.work.end(), this.write.end()]);
  }

  private async runAgainAfterFaults(
    claim: ClaimedJob,
    heartbeat: JobHeartbeat,
    stop: AbortSignal,
  ): Promise<JobReport> {
    const signal = AbortSignal.any([stop, heartbeat.signal]);
    const report = (progress: JobReport): void => heartbeat.report(progress);
    for (let bugs = 0, pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await runJob(claim, this.tools, this.options.projections, report, signal);
      } catch (error) {
        signal.throwIfAborted();
        const isFinal =
          error instanceof BuildLost ||
          error instanceof CheckpointOutOfRange ||
          error instanceof GenerationMismatch;
        if (isFinal || (looksLikeBug(error) && ++bugs >= ATTEMPTS_DESPITE_BUGS)) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        this.options.logger.warn({ job: claim.job.id, reason, retryInMs: pause }, 'the job is tried again');
        report({ phase: 'waiting', step: reason, done: 0, total: 0 });
        await sleep(pause, undefined, { signal });
      }
    }
  }

  private async cancel(claim: ClaimedJob): Promise<void> {
    const { id, kind, projection } = claim.job;
    try {
      if (kind === 'rebuild') await cancelBuild(this.work, projection, claim);
      await claim.finish('cancelled', {});
    } catch (error) {
      // This took so long that the job was ended without this instance.
      if (!(error instanceof BuildLost)) throw error;
    }
    this.options.logger.info({ job: id, projection }, 'the job was cancelled');
  }

  private async fail(claim: ClaimedJob, error: unknown): Promise<void> {
    this.options.logger.error({ job: claim.job.id, err: error }, 'the job failed');
    await claim.finish('failed', { reason: reasonOf(error) });
  }
}

/** Whether the next attempt will fail in the same way: a bug, or a statement that Postgres refuses. */
function looksLikeBug(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
    return true;
  return isRefusedForGood(error);
}

/** Why a job failed, for people. With the SQLSTATE they can search Postgres's manual. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const state = sqlState(error);
  return state === null ? message : `the database refuses it: ${message} (SQLSTATE ${state})`;
}

/** The outcome without listed rows, since the log must not contain personal data. */
function withoutRows(outcome: JobReport): JobReport {
  return Object.fromEntries(Object.entries(outcome).filter(([, value]) => typeof value !== 'object'));
}
