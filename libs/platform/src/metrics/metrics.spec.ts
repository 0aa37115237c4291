import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@app/local';
import { Metrics } from './metrics';
import { observePool } from './pool-metrics';

describe('the metrics of a process', () => {
  it('report an idle event loop as on time, not as late by the sampling interval', async () => {
    const metrics = new Metrics().collectProcess();
    // A busy machine delays an idle loop, too, but not forever.
    const isOnTime = async (): Promise<boolean> => {
      const { values } = await metrics.registry.getSingleMetric('nodejs_eventloop_delay_seconds')!.get();
      const median = values.find(({ labels }) => labels['quantile'] === '0.5')!;
      return median.value > 0 && median.value < 0.09;
    };
    await until('the loop to be on time', isOnTime, { everyMs: 500, deadlineMs: 100_000 });
  });

  it('report for how long the event loop was blocked', async () => {
    const metrics = new Metrics().collectProcess();
    await sleep(150);
    const end = performance.now() + 400;
    while (performance.now() < end);
    await sleep(150);
    const { values } = await metrics.registry.getSingleMetric('nodejs_eventloop_delay_seconds')!.get();
    expect(values.find(({ labels }) => labels['quantile'] === '1')!.value).toBeGreaterThan(0.25);
  });

  it('report every pool of connections by name, except those that do not exist yet', async () => {
    const metrics = new Metrics();
    const pool = { totalCount: 5, idleCount: 2, waitingCount: 7, options: { max: 10 } };
    observePool(metrics, 'reads', () => pool);
    observePool(metrics, 'later', () => null);
    const text = await metrics.registry.metrics();
    expect(text).toContain('pg_pool_connections{pool="reads",state="busy"} 3');
    expect(text).toContain('pg_pool_connections{pool="reads",state="idle"} 2');
    expect(text).toContain('pg_pool_connections_max{pool="reads"} 10');
    expect(text).toContain('pg_pool_waiting{pool="reads"} 7');
    expect(text).not.toContain('later');
  });
});
