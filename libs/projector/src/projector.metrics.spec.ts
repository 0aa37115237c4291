import type { BatchCommit } from '@app/engine/adapters';
import { createLogger, Metrics } from '@app/platform';
import { LagReport } from './lag.metrics';
import { ProjectorReport } from './projector.metrics';

describe('trouble of a projector with the database', () => {
  const report = new ProjectorReport(new Metrics(), createLogger('test', 'silent'), ['journeys']);
  const fail = () => report.retrying('journeys', new Error('connection refused'), 1, 100);

  it('ends when the batch is committed after all', () => {
    fail();
    expect(report.trouble).toBe('journeys: connection refused');
    report.recovered('journeys');
    expect(report.trouble).toBeNull();
  });

  it('ends when the batch is given up together with its partition', () => {
    fail();
    report.abandoned('journeys');
    expect(report.trouble).toBeNull();
  });
});

describe('the metrics of a projector', () => {
  const range = { topic: 'jimo.engagement', partition: 3, expected: 0, next: 9, gaps: 1, lastKey: null };
  const commit: BatchCommit = {
    projection: 'journeys',
    generation: 1,
    rows: new Map(),
    ranges: [{ ...range, applied: 5, skipped: { 'no handler': 1, tombstone: 1 }, deadLettered: 1 }],
    deadLetters: [],
    countIn: () => ({ unchanged: [], erased: [] }),
  };

  it('count every record by its outcome, and measure how long the oldest event waited to be readable', async () => {
    const metrics = new Metrics();
    const report = new ProjectorReport(metrics, createLogger('test', 'silent'), ['journeys']);
    const done = { outcome: 'committed', unchanged: [2], erased: [1] } as const;
    report.committed(commit, done, 0.02, Date.now() - 20_000);
    report.committed(commit, done, 0.02, Date.now() + 5_000);
    report.committed(commit, done, 0.02, null);
    const text = await metrics.registry.metrics();
    for (const [outcome, count] of Object.entries({ changed: 6, unchanged: 6, erased: 3, skipped: 6 }))
      expect(text).toContain(`projector_records_total{projection="journeys",outcome="${outcome}"} ${count}`);
    const within = (le: string) => `projector_event_latency_seconds_bucket{le="${le}",projection="journeys"}`;
    // A clock that is ahead must not lead to a negative time.
    expect(text).toContain(`${within('0.025')} 1`);
    expect(text).toContain(`${within('10')} 1`);
    expect(text).toContain(`${within('30')} 2`);
    expect(text).toContain('projector_event_latency_seconds_count{projection="journeys"} 2');
  });

  it('start at an explicit zero, without which Prometheus would not see the first increase', async () => {
    const metrics = new Metrics();
    new ProjectorReport(metrics, createLogger('test', 'silent'), ['journeys', 'surveys']);
    const text = await metrics.registry.metrics();
    for (const projection of ['journeys', 'surveys']) {
      expect(text).toContain(`projector_records_total{projection="${projection}",outcome="dead-lettered"} 0`);
      expect(text).toContain(`projector_retries_total{projection="${projection}"} 0`);
    }
  });

  it('report the lag of its own partitions only', async () => {
    const metrics = new Metrics();
    const report = new LagReport(metrics, 'journey-projector_journeys-v1');
    const lag = (partition: number) => ({ topic: 'jimo.feedback', partition, applied: 40, end: 42 });
    await report.update(() => Promise.resolve([lag(1), lag(2)]));
    await report.update(() => Promise.resolve([lag(2)]));
    await report.update(() => Promise.reject(new Error('Kafka is away')));
    const text = await metrics.registry.metrics();
    const place = 'consumergroup="journey-projector_journeys-v1",topic="jimo.feedback",partition="2"';
    expect(text).toContain(`kafka_consumergroup_lag{${place}} 2`);
    expect(text).toContain(`kafka_consumergroup_current_offset{${place}} 40`);
    expect(text).toContain('kafka_topic_partition_current_offset{topic="jimo.feedback",partition="2"} 42');
    expect(text).not.toContain('partition="1"');
  });
});
