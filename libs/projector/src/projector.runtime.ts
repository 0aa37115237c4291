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

/** How many groups of partitions are applied at once; each uses one connection. */
const CONCURRENCY = 2;
/** How many partitions may have a batch in hand, to be grouped. */
const PARTITIONS_IN_HAND = 64;
/** A fetch makes several groups, so that one is folded while another is written. */
const RECORDS_PER_GROUP = { minRecords: 500, maxRecords: 7_000 };
const HEARTBEAT_MS = 1_000;
const RETRY_MS = 1_000;

interface ProjectorRuntimeOptions {
  /** The name of the app and of its consumer group. */
  readonly name: string;
  readonly projections: readonly Projection<CatalogEvent>[];
  readonly databaseUrl: string;
  readonly kafka: Kafka;
  /** The required settings of topics. */
  readonly topics: TopicRequirements;
  readonly jobs: Pick<JobSchedulerOptions, 'settings' | 'thread'>;
  /** null if nothing is traced. */
  readonly tracing: Tracing | null;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  /** Called when the consumer has failed for good, so that the process has to end. */
  readonly onFatal: (error: Error) => void;
}

/** What the start still waits for; null once each is available. */
interface Opening {
  database: string | null;
  kafka: string | null;
}

interface Running {
  readonly consumer: BatchConsumer;
  readonly heartbeat: NodeJS.Timeout;
}

/** One projector, which applies its group of projections from Kafka to Postgres. */
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
    // More than the batches need: for positions, heartbeats, and waiting for the lock while provisioning.
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
   * Creates the engine's tables, the group's generations and the topics where they are missing. Waits for a database or a
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

  /** Ends everything else after the consumer has stopped. */
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

  /** Retries after temporary faults, until it succeeds or the app stops. */
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
        // Written immediately, so that readers need not wait for the next heartbeat.
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
    // This is how it learns of builds, switches and pauses.
    await this.projector.refresh().catch(() => undefined);
  }

  private async assign(): Promise<void> {
    if (this.stopped || this.fatal || !this.running) return;
    const { consumer } = this.running;
    // A consumer that waits for the store does not keep anything up to date either.
    if (consumer.notReady !== null || consumer.storeTrouble !== null) return;
    try {
      await this.assignments.heartbeat(consumer.partitions);
    } catch (error) {
      this.options.logger.debug({ reason: String(error) }, 'the heartbeat was not written');
    }
  }
}

/**
 * Processes with another version of a projection apply other generations and must not share its partitions, so each set
 * of versions has its own consumer group.
 */
function groupOf(name: string, projections: readonly Pick<Projection, 'name' | 'version'>[]): string {
  return [name, ...projections.map((projection) => `${projection.name}-v${projection.version}`)].join('_');
}

function topicsOf(projections: readonly Pick<Projection, 'topics'>[]): string[] {
  return [...new Set(projections.flatMap(({ topics }) => topics))];
}

function result(reason: string | null): CheckResult {
  return reason === null ? READY : notReady(reason);
}
