import { ALL_TOPICS, senderOf } from '@app/catalog';
import { Arrivals, type KafkaLogReader, type TopicSettingsWatch } from '@app/engine-kafka';
import {
  FINDING_LEVELS,
  HEALTH_STATUSES,
  SystemHealth,
  type CheckResult,
  type Health,
  type Logger,
  type Metrics,
  type Overview,
  type ReadGrant,
  type SystemHealthSettings,
} from '@app/platform';
import { lastEvents, waitingRejected } from '@app/shared-queries';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ReadDatabase } from '../common/database/read-database';
import type { ProjectionsQueries } from '../pipeline/projections/projections.queries';

const EVERY_MS = 15_000;
/** By then the database is connected, where it is there. */
const FIRST_MS = 1_000;
/** The watch reads for itself and shows no row of any workspace. */
const OWN: ReadGrant = { scope: 'read', workspace: null };

export interface HealthWatchParts {
  readonly settings: SystemHealthSettings;
  readonly projections: Pick<ProjectionsQueries, 'list'>;
  readonly reads: Pick<ReadDatabase, 'query'>;
  readonly log: Pick<KafkaLogReader, 'offsets' | 'recordsFrom'>;
  readonly topics: Pick<TopicSettingsWatch, 'state'>;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly logger: Logger;
}

/**
 * Judges the system for those who ask, and every 15 s for metrics and the note of readiness. A finding never makes
 * this process unready: its answers are as useful while another part is in trouble.
 */
export class HealthWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly webhookUrl: string | null;
  private readonly system: SystemHealth;
  private readonly status;
  private readonly findings;
  private readonly lag;
  private first: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reporting: Promise<void> | null = null;
  private note: CheckResult = { ok: true };

  private readonly logger: Logger;

  constructor({ settings, projections, reads, log, topics, metrics, health, logger }: HealthWatchParts) {
    this.logger = logger;
    const { gatewayUrl } = settings;
    this.webhookUrl = gatewayUrl === undefined ? null : `${gatewayUrl.replace(/\/+$/, '')}/webhooks/jimo`;
    const arrivals = new Arrivals(log, ALL_TOPICS, senderOf);
    const query = <T>(sql: string, parameters: readonly unknown[]): Promise<T[]> =>
      reads.query<T>(sql, parameters);
    this.system = new SystemHealth({
      projections: () => projections.list(OWN),
      newest: () => arrivals.newest(),
      before: (from, now) => arrivals.before(from, now),
      lastEvents: () => lastEvents(query),
      rejected: (workspace) => waitingRejected(query, workspace),
      topics: () => topics.state.differences,
      places: settings.apps,
      token: settings.token,
      idle: settings.idleWorkspaces,
    });
    this.status = metrics.gauge({
      name: 'system_health',
      help: '1 for the status of a part of the system, as GET /v1/health has it for a token of all workspaces.',
      labelNames: ['part', 'status'],
    });
    this.findings = metrics.gauge({
      name: 'system_health_findings',
      help: 'How many findings of a level there are about a part of the system.',
      labelNames: ['part', 'level'],
    });
    this.lag = metrics.gauge({
      name: 'projection_lag_seconds',
      help: 'Age of the oldest record that the projection has not applied; absent where it is not known.',
      labelNames: ['projection', 'topic', 'partition'],
    });
    // What was found last: to ask here would ask all apps, this one included, for their readiness.
    health.register('system', () => this.note);
  }

  onApplicationBootstrap(): void {
    this.first = setTimeout(() => this.reportAgain(), FIRST_MS).unref();
    this.timer = setInterval(() => this.reportAgain(), EVERY_MS).unref();
  }

  /** A report that is under way is waited for: it would connect to Kafka again after the others have left. */
  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.first);
    clearInterval(this.timer);
    await this.reporting;
  }

  overview(workspace: string | null): Promise<Overview> {
    return this.system.overview(workspace);
  }

  private reportAgain(): void {
    this.reporting ??= this.report()
      .catch((error: unknown) => this.logger.warn({ reason: String(error) }, 'the health cannot be judged'))
      .finally(() => (this.reporting = null));
  }

  /** Brings metrics and the note up to date. */
  async report(): Promise<void> {
    const { judgement, facts } = await this.overview(null);
    for (const { name: part, status, findings } of judgement.parts) {
      for (const each of HEALTH_STATUSES) this.status.set({ part, status: each }, each === status ? 1 : 0);
      for (const level of FINDING_LEVELS)
        this.findings.set({ part, level }, findings.filter((each) => each.level === level).length);
    }
    this.lag.reset();
    for (const { name, partitions } of facts.projections ?? [])
      for (const { topic, partition, lagSeconds } of partitions)
        if (lagSeconds !== null) this.lag.set({ projection: name, topic, partition }, lagSeconds);
    // Readiness is for everybody to read, so that it names no workspace.
    const unhealthy = judgement.parts.filter(({ status }) => status === 'unhealthy').map(({ name }) => name);
    this.note = {
      ok: true,
      ...(unhealthy.length > 0 && { note: `not healthy: ${unhealthy.join(', ')}; GET /v1/health says why` }),
    };
  }
}
