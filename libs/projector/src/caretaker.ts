import { Worker } from 'node:worker_threads';
import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { Erasures, Jobs, retireExpired, THE_LOG, type Job, type Standing } from '@app/engine-postgres';
import type { Logger, Metrics } from '@app/platform';
import type { Pool } from 'pg';
import { JOB_WORKER } from './jobs/job-worker';
import { mainModule } from './jobs/main-module';
import type { GenerationSettings } from './projector.settings';

export interface CaretakerOptions {
  readonly settings: GenerationSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Whether it looks after the erasures as well. */
  readonly erases: boolean;
}

/** The generation of a projection that is read. */
interface Serving {
  readonly id: number;
  readonly activatedAt: Date | null;
}

const TICK_MS = 1_000;
/** What is due within hours need not be asked for at every tick. */
const TICKS_BETWEEN_DUE = 10;
const HOUR_MS = 3_600_000;
/** A worker gives its job back within this time, or is ended. */
const WORKER_STOP_MS = 5_000;

/**
 * Looks after the generations of a group of projections, beside the live batches: asks for what is due (a raised
 * version, a verification), lets a thread of its own do the jobs that wait, and retires what is no longer kept.
 * Every instance of a projector has one; the database decides who does what.
 */
export class Caretaker {
  private readonly jobs: Jobs;
  private readonly verified;
  private readonly outcomes;
  private timer: NodeJS.Timeout | null = null;
  private ticks = 0;
  private worker: Worker | null = null;
  private ticking: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly pool: Pool,
    private readonly projections: readonly Projection<CatalogEvent>[],
    private readonly options: CaretakerOptions,
  ) {
    this.jobs = new Jobs(pool);
    this.verified = options.metrics.gauge({
      name: 'projection_verified_timestamp_seconds',
      help: 'When the generation that serves was last verified or, where it never was, began to serve, in seconds since 1970.',
      labelNames: ['projection'],
    });
    this.outcomes = options.metrics.gauge({
      name: 'projection_verification',
      help: '1 for the outcome of the last verification of the generation that serves: clean, differs, indeterminate or failed.',
      labelNames: ['projection', 'outcome'],
    });
  }

  /** Has what is missing built, or says how. */
  async welcome(standings: ReadonlyMap<string, Standing>): Promise<void> {
    const { settings, logger } = this.options;
    for (const projection of this.projections) {
      const standing = standings.get(projection.name);
      const { name, version } = projection;
      switch (standing?.standing) {
        case undefined:
        case 'current':
          break;
        case 'older':
          logger.warn(
            { projection: name, version, serving: standing.active.version },
            'a newer version of this projection serves: its generation of this version is kept up to date to go back to',
          );
          break;
        case 'newer':
          if (settings.builds === 'automatic' && !standing.everServed) {
            await this.jobs.request(projection, 'rebuild', `version ${version} was declared`);
            logger.info(
              { projection: name, version },
              'the version was raised: its generation is being built',
            );
          } else
            logger.warn(
              { projection: name, version, serving: standing.active.version },
              `an older version serves; build this one with "ops rebuild ${name}"`,
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
    const { worker } = this;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('stop');
    const late = setTimeout(() => void worker.terminate(), WORKER_STOP_MS);
    await ended;
    clearTimeout(late);
  }

  private get takes(): readonly Pick<Projection<CatalogEvent>, 'name' | 'version'>[] {
    return this.options.erases ? [...this.projections, THE_LOG] : this.projections;
  }

  private async tick(): Promise<void> {
    if (this.stopping) return;
    const { settings, logger } = this.options;
    try {
      if (this.ticks++ % TICKS_BETWEEN_DUE === 0) {
        await this.askForVerifications();
        if (this.options.erases) await this.askForErasures();
        await retireExpired(
          this.pool,
          this.projections.map(({ name }) => name),
          settings.graceHours * HOUR_MS,
        );
      }
      await this.jobs.endCancelled();
      if (!this.worker && (await this.jobs.isWaiting(this.takes))) this.work();
    } catch (error) {
      // The database is away, say: readiness tells of that elsewhere, and the next tick tries again.
      logger.debug({ reason: error instanceof Error ? error.message : String(error) }, 'the caretaker waits');
    }
  }

  private async askForVerifications(): Promise<void> {
    const newest = (await this.jobs.newest()).filter(({ kind }) => kind === 'verify');
    const serving = await this.serving();
    for (const projection of this.projections) {
      const last = newest.find((job) => job.projection === projection.name);
      this.report(projection.name, last, serving.get(projection.name));
      const hours = this.options.settings.verifyHours;
      if (hours === 0) continue;
      await this.jobs.requestWhenDue(projection, 'verify', 'schedule', hours * HOUR_MS);
    }
  }

  /** Of those who were asked for while one ended, and of what came since of those who were erased before. */
  private async askForErasures(): Promise<void> {
    const erasures = new Erasures(this.pool);
    const hours = this.options.settings.sweepHours;
    if ((await erasures.isWaiting()) || (hours > 0 && (await erasures.isDue(hours * HOUR_MS))))
      await this.jobs.request(THE_LOG, 'erase', 'schedule');
  }

  private async serving(): Promise<ReadonlyMap<string, Serving>> {
    const { rows } = await this.pool.query<Serving & { readonly projection: string }>(
      `SELECT projection, id, activated_at AS "activatedAt" FROM engine.generation WHERE state = 'active'`,
    );
    return new Map(rows.map((row) => [row.projection, row]));
  }

  /** A verification of a generation before the one that serves says nothing about what is read now. */
  private report(projection: string, job: Job | undefined, serving: Serving | undefined): void {
    const failed = job?.finishedAt != null && job.state !== 'succeeded';
    const counts = job?.state === 'succeeded' && job.outcome?.['generation'] === serving?.id;
    const at = counts || failed ? job.finishedAt : serving?.activatedAt;
    if (!at) return;
    this.verified.set({ projection }, at.getTime() / 1000);
    const outcome = failed ? 'failed' : counts ? job.outcome?.['outcome'] : 'none';
    for (const name of ['clean', 'differs', 'indeterminate', 'failed'])
      this.outcomes.set({ projection, outcome: name }, name === outcome ? 1 : 0);
  }

  /** In a thread: folding takes the processor for long stretches, and batches must not wait for it. */
  private work(): void {
    const { logger } = this.options;
    const worker = new Worker(mainModule(), { workerData: JOB_WORKER });
    this.worker = worker;
    worker.on('error', (error) => logger.error({ err: error }, 'the thread that does jobs failed'));
    worker.once('exit', () => (this.worker = null));
  }
}
