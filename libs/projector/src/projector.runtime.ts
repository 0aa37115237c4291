import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeEvent, type CatalogEvent } from '@app/catalog';
import { Projector, type Projection, type TopicPartition } from '@app/engine';
import {
  ensureTopics,
  KafkaBatchServer,
  TopicMismatch,
  TopicSettingsWatch,
  withAdmin,
  type BatchConsumer,
  type BatchConsumerEvents,
  type TopicRequirements,
} from '@app/engine-kafka';
import {
  Assignments,
  GenerationMismatch,
  migrateEngine,
  openGenerations,
  PostgresStore,
  writePool,
} from '@app/engine-postgres';
import {
  databaseReason,
  notReady,
  READY,
  type CheckResult,
  type Health,
  type Logger,
  type Metrics,
  observePool,
  TopicSettingsReport,
  type Tracing,
} from '@app/platform';
import type { SessionPool } from '@app/postgres';
import type { Kafka } from 'kafkajs';
import { BatchGate } from './batch-gate';
import { JobScheduler, type JobSchedulerOptions } from './jobs/job-scheduler';
import { LagReport } from './lag.metrics';
import { ProjectorReport } from './projector.metrics';
import { TracedApplier } from './traced-applier';

/** Groups of partitions that are worked on at once; each takes one connection. */
const CONCURRENCY = 2;
/** Partitions whose batches are in hand at once, to be grouped. */
const PARTITIONS_IN_HAND = 64;
/** Of one fetch there are several groups, so that one is folded while another is written. */
const RECORDS_PER_GROUP = { minRecords: 500, maxRecords: 7_000 };
const HEARTBEAT_MS = 1_000;
const RETRY_MS = 1_000;

export interface ProjectorRuntimeOptions {
  /** Name of the app, and its consumer group. */
  readonly name: string;
  readonly projections: readonly Projection<CatalogEvent>[];
  readonly databaseUrl: string;
  readonly kafka: Kafka;
  /** What the topics must look like. */
  readonly topics: TopicRequirements;
  readonly jobs: Pick<JobSchedulerOptions, 'settings' | 'thread'>;
  /** null: nothing is traced. */
  readonly tracing: Tracing | null;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  /** The process has to end: nothing more is consumed. */
  readonly onFatal: (error: Error) => void;
}

/** What each is waited for before the consumer can start; null once it is there. */
interface Opening {
  database: string | null;
  kafka: string | null;
}

interface Running {
  readonly consumer: BatchConsumer;
  readonly heartbeat: NodeJS.Timeout;
}

/** One projector: its group of projections, from Kafka into Postgres. */
export class ProjectorRuntime {
  private readonly pool: SessionPool;
  private readonly report: ProjectorReport;
  private readonly lag: LagReport;
  private readonly assignments: Assignments;
  private readonly topics: TopicSettingsWatch;
  private readonly held: ReturnType<Metrics['gauge']>;
  private readonly projector: Projector<CatalogEvent>;
  private readonly scheduler: JobScheduler;
  /** Applies the batches. */
  readonly gate: BatchGate;
  private readonly opening: Opening = {
    database: 'not yet provisioned',
    kafka: 'not yet asked: the database comes first',
  };
  private running: Running | null = null;
  private fatal: Error | null = null;
  private stopped = false;

  constructor(private readonly options: ProjectorRuntimeOptions) {
    const { name, databaseUrl, health, metrics, logger, projections, tracing, jobs } = options;
    // Beside the batches: positions, heartbeats, and one that waits for the lock while provisioning.
    this.pool = writePool(databaseUrl, name, CONCURRENCY + 2);
    observePool(metrics, name, () => this.pool);
    this.report = new ProjectorReport(
      metrics,
      logger,
      projections.map((projection) => projection.name),
    );
    this.lag = new LagReport(metrics, groupOf(name, projections));
    const report = new TopicSettingsReport(health, metrics, logger);
    this.topics = new TopicSettingsWatch(options.kafka, topicsOf(projections), options.topics, (state) =>
      report.show(state),
    );
    this.assignments = new Assignments(
      this.pool,
      name,
      `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
      projections,
    );
    const store = new PostgresStore(this.pool, projections);
    this.projector = new Projector<CatalogEvent>(projections, decodeEvent, store, this.report);
    const applier = tracing
      ? new TracedApplier(this.projector, tracing, groupOf(name, projections))
      : this.projector;
    this.gate = new BatchGate(applier, { concurrency: CONCURRENCY, ...RECORDS_PER_GROUP });
    this.scheduler = new JobScheduler(this.pool, projections, { ...jobs, logger, metrics });
    health.register('kafka', () =>
      result(
        this.opening.kafka ??
          (this.running ? this.running.consumer.notReady : 'not yet in its consumer group'),
      ),
    );
    health.register('database', () =>
      result(
        this.opening.database ??
          this.pool.trouble ??
          this.report.trouble ??
          this.running?.consumer.storeTrouble ??
          null,
      ),
    );
    health.register('consumer', () => result(this.fatal ? this.fatal.message : null));
    this.held = metrics.gauge({ name: 'projector_partitions', help: 'Partitions that this instance holds.' });
  }

  /**
   * Brings the engine's tables, the group's generations and the topics into being; waits for a database or a
   * Kafka that does not answer.
   *
   * @returns the transport, whose consumer may start now
   * @throws {GenerationMismatch} when the tables were filled by another declaration
   * @throws {TopicMismatch} when a topic exists with other settings
   */
  async provision(): Promise<KafkaBatchServer> {
    const { projections, databaseUrl } = this.options;
    const statuses = await this.persistently('database', 'the database is not there yet', async () => {
      await migrateEngine(this.pool, databaseUrl);
      return openGenerations(this.pool, projections);
    });
    this.opening.kafka = 'not yet connected';
    await this.persistently('kafka', 'Kafka is not there yet', () => this.checkTopics());
    this.topics.start();
    await this.persistently('database', 'the generations cannot be read yet', () => this.projector.refresh());
    await this.persistently('database', 'builds cannot be requested yet', () =>
      this.scheduler.requestBuilds(statuses),
    );
    return this.transport();
  }

  private transport(): KafkaBatchServer {
    const limits = { concurrency: PARTITIONS_IN_HAND, maxBytesPerPartition: 4 << 20, maxBytes: 24 << 20 };
    const { kafka, name, projections } = this.options;
    const options = { groupId: groupOf(name, projections), ...limits };
    const server = new KafkaBatchServer(kafka, this.projector, options, this.events());
    const { consumer } = server;
    this.running = { consumer, heartbeat: setInterval(() => void this.beat(), HEARTBEAT_MS) };
    this.lag.start(() => consumer.lag());
    this.scheduler.start();
    return server;
  }

  /** Ends what is left once the consumer has stopped. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.running) clearInterval(this.running.heartbeat);
    this.lag.stop();
    this.topics.stop();
    await this.scheduler.stop();
    await this.assignments.release().catch(() => undefined);
    await this.pool.end();
    await this.options.tracing?.stop();
  }

  /** Repeats what fails for a fault that passes, until it succeeds or the app stops. */
  private async persistently<T>(
    whose: 'database' | 'kafka',
    trouble: string,
    attempt: () => Promise<T>,
  ): Promise<T> {
    for (;;) {
      try {
        const result = await attempt();
        this.opening[whose] = null;
        return result;
      } catch (error) {
        if (this.stopped || error instanceof GenerationMismatch || error instanceof TopicMismatch)
          throw error;
        const reason = databaseReason(error);
        this.opening[whose] = `${trouble}: ${reason}`;
        this.options.logger.warn({ reason }, trouble);
        await sleep(RETRY_MS);
      }
    }
  }

  private checkTopics(): Promise<void> {
    const { kafka, projections, topics } = this.options;
    return withAdmin(kafka, (admin) => ensureTopics(admin, topicsOf(projections), topics));
  }

  private events(): BatchConsumerEvents {
    const { logger, onFatal } = this.options;
    return {
      assigned: (partitions: readonly TopicPartition[]) => {
        logger.info({ partitions: partitions.length }, 'partitions assigned');
        this.held.set(partitions.length);
        // At once, so that nobody waits for the next beat to learn that someone is at work.
        setImmediate(() => void this.assign());
      },
      trouble: (what, error) => {
        logger.warn({ reason: error instanceof Error ? error.message : String(error) }, what);
      },
      fatal: (error) => {
        if (this.fatal) return;
        this.fatal = error;
        logger.fatal({ err: error }, 'the projector stops');
        onFatal(error);
      },
    };
  }

  private async beat(): Promise<void> {
    await this.assign();
    // Builds, switches and pauses are heard of here.
    await this.projector.refresh().catch(() => undefined);
  }

  private async assign(): Promise<void> {
    if (this.stopped || this.fatal || !this.running) return;
    const { consumer } = this.running;
    // A consumer that waits for the store keeps nothing up to date either.
    if (consumer.notReady !== null || consumer.storeTrouble !== null) return;
    try {
      await this.assignments.heartbeat(consumer.partitions);
    } catch (error) {
      this.options.logger.debug({ reason: String(error) }, 'the heartbeat was not written');
    }
  }
}

/**
 * Processes of another version of a projection apply other generations, so they must not share its partitions:
 * each set of versions is a consumer group.
 */
export function groupOf(name: string, projections: readonly Pick<Projection, 'name' | 'version'>[]): string {
  return [name, ...projections.map((projection) => `${projection.name}-v${projection.version}`)].join('_');
}

function topicsOf(projections: readonly Pick<Projection, 'topics'>[]): string[] {
  return [...new Set(projections.flatMap(({ topics }) => topics))];
}

function result(reason: string | null): CheckResult {
  return reason === null ? READY : notReady(reason);
}
