import type { PartitionLag } from '@app/engine-kafka';
import type { Metrics } from '@app/platform';

const EVERY_MS = 5_000;

/**
 * How far the partitions of this instance are behind, under the metric names of kafka_exporter, so that its dashboards and
 * autoscalers work. A timer updates them, so that no scrape waits for a Kafka that does not answer.
 */
export class LagReport {
  private readonly lag;
  private readonly applied;
  private readonly end;
  private timer: NodeJS.Timeout | null = null;
  private reading = false;

  constructor(
    metrics: Metrics,
    private readonly consumergroup: string,
  ) {
    const labelNames = ['consumergroup', 'topic', 'partition'] as const;
    this.lag = metrics.gauge({
      name: 'kafka_consumergroup_lag',
      help: 'Offsets between the checkpoint and the end of the partition, of partitions that this instance holds.',
      labelNames,
    });
    this.applied = metrics.gauge({
      name: 'kafka_consumergroup_current_offset',
      help: 'The next offset to apply, of partitions that this instance holds.',
      labelNames,
    });
    this.end = metrics.gauge({
      name: 'kafka_topic_partition_current_offset',
      help: 'The offset that the next record gets, of partitions that this instance holds.',
      labelNames: ['topic', 'partition'],
    });
  }

  start(read: () => Promise<readonly PartitionLag[]>): void {
    this.timer = setInterval(() => void this.update(read), EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Values that cannot be read stay as they were; readiness reports that Kafka does not answer. */
  async update(read: () => Promise<readonly PartitionLag[]>): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      this.show(await read());
    } catch {
      return;
    } finally {
      this.reading = false;
    }
  }

  private show(lags: readonly PartitionLag[]): void {
    for (const gauge of [this.lag, this.applied, this.end]) gauge.reset();
    const { consumergroup } = this;
    for (const { topic, partition, applied, end } of lags) {
      this.lag.set({ consumergroup, topic, partition }, end - applied);
      this.applied.set({ consumergroup, topic, partition }, applied);
      this.end.set({ topic, partition }, end);
    }
  }
}
