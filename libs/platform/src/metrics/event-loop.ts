import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** Sampling more often would wake an idle process more often. */
const SAMPLE_MS = 100;
const QUANTILES = { '0.5': 50, '0.9': 90, '0.99': 99, '1': 100 } as const;

/**
 * The event-loop metrics of prom-client that are left out. They report the time between two samples as the delay, so that
 * an idle process seems to be late by a whole interval.
 */
export const MISTAKEN_METRICS = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (what) => `nodejs_eventloop_lag_${what}_seconds`,
);

/** Measures how late timers are, and how busy the process's JavaScript thread is. */
export function collectEventLoop(registry: Registry): void {
  const delays = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  delays.enable();
  new Gauge({
    name: 'nodejs_eventloop_delay_seconds',
    help: 'By how much timers were late since the last scrape: the median, 90 %, 99 % and the worst.',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const [quantile, percent] of Object.entries(QUANTILES)) {
        const interval = delays.count === 0 ? SAMPLE_MS : delays.percentile(percent) / 1e6;
        this.set({ quantile }, Math.max(0, interval - SAMPLE_MS) / 1_000);
      }
      delays.reset();
    },
  });
  let last = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'The part of the time since the last scrape in which the event loop was busy, from 0 to 1.',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
  });
}
