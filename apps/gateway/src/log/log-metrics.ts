import type { Metrics } from '@app/platform';
import type { Counter, Gauge, Histogram } from 'prom-client';

interface Batch {
  readonly messages: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** The metrics of appending to the log. */
export class LogMetrics {
  private readonly messages: Histogram;
  private readonly bytes: Histogram;
  private readonly seconds: Histogram;
  private readonly interruptions: Counter;
  private readonly takes: Gauge;

  constructor(metrics: Metrics, waiting: () => { readonly messages: number; readonly bytes: number }) {
    this.messages = metrics.histogram({
      name: 'gateway_append_batch_messages',
      help: 'Events that went to Kafka in one call.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000],
    });
    this.bytes = metrics.histogram({
      name: 'gateway_append_batch_bytes',
      help: 'Bytes that went to Kafka in one call.',
      buckets: [1_000, 4_000, 16_000, 64_000, 256_000, 1_000_000],
    });
    this.seconds = metrics.histogram({
      name: 'gateway_append_duration_seconds',
      help: 'Time until Kafka acknowledged a call.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    });
    this.interruptions = metrics.counter({
      name: 'gateway_log_interruptions_total',
      help: 'How often Kafka stopped taking events.',
    });
    this.takes = metrics.gauge({ name: 'gateway_log_available', help: '1 while Kafka takes events.' });
    metrics.gauge({
      name: 'gateway_append_waiting_messages',
      help: 'Events that wait for the next call.',
      collect() {
        this.set(waiting().messages);
      },
    });
    metrics.gauge({
      name: 'gateway_append_waiting_bytes',
      help: 'Bytes that wait for the next call.',
      collect() {
        this.set(waiting().bytes);
      },
    });
  }

  appended({ messages, bytes, seconds }: Batch): void {
    this.messages.observe(messages);
    this.bytes.observe(bytes);
    this.seconds.observe(seconds);
  }

  unavailable(): void {
    this.interruptions.inc();
    this.takes.set(0);
  }

  available(): void {
    this.takes.set(1);
  }
}
