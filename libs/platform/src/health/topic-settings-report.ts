import type { Gauge } from 'prom-client';
import type { Logger } from '../logging/logger';
import type { Metrics } from '../metrics/metrics';
import { type Health, READY } from './health';

/** A setting of a topic that differs from what is required. */
interface TopicDifference {
  readonly topic: string;
  readonly setting: string;
  readonly found: string;
  readonly wanted: string;
}

interface TopicSettingsState {
  readonly differences: readonly TopicDifference[] | null;
  readonly trouble: string | null;
}

/**
 * Reports topic settings that changed while the system runs: in readiness (check `topics`), in the metric
 * `kafka_topic_setting_differs` and in the log. The app stays ready, since refusing events would lose more than storing
 * them under wrong settings for a while.
 */
export class TopicSettingsReport {
  private readonly differs: Gauge<'topic' | 'setting'>;
  private note: string | null = null;

  constructor(
    health: Health,
    metrics: Metrics,
    private readonly logger: Logger,
  ) {
    this.differs = metrics.gauge({
      name: 'kafka_topic_setting_differs',
      help: '1 for each setting of a topic that is not as it must be; no series while all are.',
      labelNames: ['topic', 'setting'],
    });
    health.register('topics', () => (this.note === null ? READY : { ok: true, note: this.note }));
  }

  show({ differences, trouble }: TopicSettingsState): void {
    this.differs.reset();
    for (const { topic, setting } of differences ?? []) this.differs.set({ topic, setting }, 1);
    const found = (differences ?? []).map(
      ({ topic, setting, found: is, wanted }) => `topic ${topic}: ${setting} is ${is}, must be ${wanted}`,
    );
    const before = this.note;
    this.note =
      found.length > 0
        ? `the log may lose records: ${found.join('; ')}`
        : trouble === null
          ? null
          : `the settings of the topics cannot be checked: ${trouble}`;
    if (this.note === before) return;
    if (this.note === null) this.logger.info('the settings of the topics are correct again');
    else if (found.length > 0) this.logger.error({ differences }, 'the log may lose records');
    else this.logger.warn({ reason: trouble }, 'the settings of the topics cannot be checked');
  }
}
