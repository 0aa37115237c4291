import { createLogger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { Health } from './health';
import { TopicSettingsReport } from './topic-settings-report';

const DIFFERENCES = [
  { topic: 'jimo.engagement', setting: 'cleanup.policy', found: 'delete', wanted: 'compact' },
  { topic: 'jimo.engagement', setting: 'retention.ms', found: '604800000', wanted: '-1' },
];

function open() {
  const health = new Health();
  const metrics = new Metrics();
  const report = new TopicSettingsReport(health, metrics, createLogger('spec', 'silent'));
  const series = async () =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('kafka_topic_setting_'));
  return { report, readiness: () => health.readiness(), series };
}

describe('topic settings that changed while the system runs', () => {
  it('are named in readiness, which stays ready, and in a metric', async () => {
    const { report, readiness, series } = open();
    report.show({ differences: [], trouble: null });
    expect(await readiness()).toEqual({ ready: true, checks: { topics: { ok: true } } });
    report.show({ differences: DIFFERENCES, trouble: null });
    expect(await readiness()).toEqual({
      ready: true,
      checks: {
        topics: {
          ok: true,
          note: 'the log may lose records: topic jimo.engagement: cleanup.policy is delete, must be compact; topic jimo.engagement: retention.ms is 604800000, must be -1',
        },
      },
    });
    expect(await series()).toEqual([
      'kafka_topic_setting_differs{topic="jimo.engagement",setting="cleanup.policy"} 1',
      'kafka_topic_setting_differs{topic="jimo.engagement",setting="retention.ms"} 1',
    ]);
  });

  it('keep alerting while Kafka does not answer, and stop once they are corrected', async () => {
    const { report, readiness, series } = open();
    report.show({ differences: DIFFERENCES.slice(1), trouble: 'no broker answers' });
    expect((await readiness()).checks['topics']).toMatchObject({
      note: expect.stringContaining('retention.ms') as string,
    });
    report.show({ differences: [], trouble: null });
    expect((await readiness()).checks).toEqual({ topics: { ok: true } });
    expect(await series()).toEqual([]);
  });

  it('are reported as unchecked when Kafka cannot tell them', async () => {
    const { report, readiness } = open();
    report.show({ differences: null, trouble: 'Topic authorization failed' });
    expect(await readiness()).toMatchObject({
      ready: true,
      checks: {
        topics: { note: 'the settings of the topics cannot be checked: Topic authorization failed' },
      },
    });
  });
});
