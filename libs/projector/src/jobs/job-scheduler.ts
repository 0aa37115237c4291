import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { Erasures, Jobs, LOG_SUBJECT, retireExpired, type VersionStatus } from '@app/engine-postgres';
import type { Logger, Metrics } from '@app/platform';
import type { Pool } from 'pg';
import type { GenerationSettings } from '../projector.settings';
import type { JobThreadSettings } from './job-thread';
import { VerificationMetrics, type ServingGeneration } from './verification.metrics';

export interface JobSchedulerOptions {
  readonly settings: GenerationSettings;
  readonly thread: Omit<JobThreadSettings, 'projections'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const TICK_MS = 1_000;
/** Jobs with intervals of hours are not requested at every tick. */
const TICKS_BETWEEN_DUE = 10;
const HOUR_MS = 3_600_000;
/** How long the thread may take to release its job before it is ended. */
const THREAD_STOP_MS = 5_000;

/**
 * Requests the jobs of a group of projections that are due (a raised version, a verification, an erasure), starts a
 * thread for the jobs that wait, and retires generations that are no longer kept. Every instance of a projector has
 * one; the database decides which instance runs a job.
 */
export class JobScheduler {
  private readonly jobs: Jobs;
  private readonly verifications: VerificationMetrics;
  private timer: NodeJS.Timeout | null = null;
  private ticks = 0;
  private thread: Worker | null = null;
  private ticking: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly pool: Pool,
    private readonly projections: readonly Projection<CatalogEvent>[],
    private readonly options: JobSchedulerOptions,
  ) {
    this.jobs = new Jobs(pool);
    this.verifications = new VerificationMetrics(options.metrics);
  }

  /** Requests a build of each version that was raised, or logs how to request it. */
  async requestBuilds(statuses: ReadonlyMap<string, VersionStatus>): Promise<void> {
    const { settings, logger } = this.options;
    for (const projection of this.projections) {
      const status = statuses.get(projection.name);
      const { name, version } = projection;
      switch (status?.status) {
        case undefined:
        case 'current':
          break;
        case 'older':
          logger.warn(
            { projection: name, version, serving: status.active.version },
            'a newer version of this projection is active: the generation of this version is kept up to date for a rollback',
          );
          break;
        case 'newer':
          if (settings.builds === 'automatic' && !status.everServed) {
            await this.jobs.request(projection, 'rebuild', `version ${version} was declared`);
            logger.info(
              { projection: name, version },
              'the version was raised: its generation is being built',
            );
          } else
            logger.warn(
              { projection: name, version, serving: status.active.version },
              `an older version is active; build this one with "ops rebuild ${name}"`,
            );
          break;
      }
    }
  }

  start(): void {
    this.timer = setInterval(() => {
      this.ticking = this.ticking.then(() => this.tick());
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
    await this.ticking;
    const { thread } = this;
    if (!thread) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('stop');
    const late = setTimeout(() => void thread.terminate(), THREAD_STOP_MS);
    await ended;
    clearTimeout(late);
  }

  private async tick(): Promise<void> {
    if (this.stopping) return;
    const { settings, logger, thread } = this.options;
    try {
      if (this.ticks++ % TICKS_BETWEEN_DUE === 0) {
        await this.requestVerifications();
        if (thread.erases) await this.requestErasure();
        await retireExpired(
          this.pool,
          this.projections.map(({ name }) => name),
          settings.graceHours * HOUR_MS,
        );
      }
      await this.jobs.endCancelled();
      const subjects = thread.erases ? [...this.projections, LOG_SUBJECT] : this.projections;
      if (!this.thread && (await this.jobs.isWaiting(subjects))) this.startThread();
    } catch (error) {
      // When the database is away, readiness reports it; the next tick tries again.
      const reason = error instanceof Error ? error.message : String(error);
      logger.debug({ reason }, 'due jobs could not be requested');
    }
  }

  private async requestVerifications(): Promise<void> {
    const newest = (await this.jobs.newest()).filter(({ kind }) => kind === 'verify');
    const serving = await this.serving();
    for (const projection of this.projections) {
      const last = newest.find((job) => job.projection === projection.name);
      this.verifications.show(projection.name, last, serving.get(projection.name));
      const hours = this.options.settings.verifyHours;
      if (hours > 0) await this.jobs.requestWhenDue(projection, 'verify', 'schedule', hours * HOUR_MS);
    }
  }

  /** For erasures that were requested while another ran, and for late events of erased persons. */
  private async requestErasure(): Promise<void> {
    const erasures = new Erasures(this.pool);
    const hours = this.options.settings.sweepHours;
    if ((await erasures.isWaiting()) || (hours > 0 && (await erasures.isDue(hours * HOUR_MS))))
      await this.jobs.request(LOG_SUBJECT, 'erase', 'schedule');
  }

  private async serving(): Promise<ReadonlyMap<string, ServingGeneration>> {
    const { rows } = await this.pool.query<ServingGeneration & { readonly projection: string }>(
      `SELECT projection, id, activated_at AS "activatedAt" FROM engine.generation WHERE state = 'active'`,
    );
    return new Map(rows.map((row) => [row.projection, row]));
  }

  /** A thread of its own, since folding occupies a processor for long and live batches must not wait for it. */
  private startThread(): void {
    const { logger, thread } = this.options;
    const settings: JobThreadSettings = { ...thread, projections: this.projections.map(({ name }) => name) };
    this.thread = new Worker(join(__dirname, 'job-thread.js'), { workerData: settings });
    this.thread.on('error', (error) => logger.error({ err: error }, 'the thread that runs jobs failed'));
    this.thread.once('exit', () => (this.thread = null));
  }
}
