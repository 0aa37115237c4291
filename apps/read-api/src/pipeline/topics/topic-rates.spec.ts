import { ALL_TOPICS } from '@app/catalog';
import { textHeaders, type LogPosition, type LogRecord } from '@app/engine';
import type { TopicSettingsState } from '@app/engine-kafka';
import { createLogger } from '@app/platform';
import { TopicRates } from './topic-rates';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** A log of one partition per topic, whose records have the times given. */
class FakeLog {
  readonly times = new Map<string, number[]>(ALL_TOPICS.map((topic) => [topic, []]));
  asked = 0;
  readonly read: string[] = [];
  fails = false;

  async offsets(topics: readonly string[], ...at: readonly ('start' | 'end' | number)[]) {
    this.asked++;
    if (this.fails) throw new Error('away');
    return at.map((when) =>
      topics.map((topic): LogPosition => {
        const times = this.times.get(topic)!;
        const since = typeof when === 'number' ? times.findIndex((time) => time >= when) : -1;
        return { topic, partition: 0, offset: when === 'start' ? 0 : since < 0 ? times.length : since };
      }),
    );
  }

  async recordsAt(positions: readonly LogPosition[]): Promise<LogRecord[]> {
    return positions.map(({ topic, offset }) => {
      this.read.push(topic);
      return {
        offset,
        key: null,
        value: null,
        headers: textHeaders({}),
        timestamp: this.times.get(topic)![offset]!,
      };
    });
  }
}

function open() {
  const log = new FakeLog();
  let now = NOW;
  const settings = {
    state: { differences: null as TopicSettingsState['differences'], trouble: null },
    start: () => undefined,
    stop: () => undefined,
  };
  const rates = new TopicRates(log, createLogger('test', 'silent'), settings, () => now);
  const topic = async (name: string) => (await rates.list()).find((each) => each.name === name)!;
  return { log, rates, settings, topic, pass: (ms: number) => (now += ms) };
}

describe('how the topics stand', () => {
  it('is records, rates of the last minute and ten, and the time of the newest', async () => {
    const { log, topic } = open();
    log.times.set('jimo.engagement', [NOW - 700_000, NOW - 5 * MINUTE, NOW - 3_000, NOW - 2_000]);
    expect(await topic('jimo.engagement')).toEqual({
      name: 'jimo.engagement',
      partitions: [{ partition: 0, startOffset: 0, endOffset: 4 }],
      records: 4,
      recordsPerSecond: { lastMinute: 2 / 60, last10Minutes: 3 / 600 },
      newestAt: new Date(NOW - 2_000).toISOString(),
      settingDifferences: null,
    });
    expect(await topic('jimo.feedback')).toMatchObject({ records: 0, newestAt: null });
  });

  it('is read once for all who ask within seconds', async () => {
    const { log, rates, pass } = open();
    await Promise.all(Array.from({ length: 20 }, () => rates.list()));
    pass(4_999);
    await rates.list();
    expect(log.asked).toBe(1);
    pass(1);
    await rates.list();
    expect(log.asked).toBe(2);
  });

  it('costs no record where nothing came since', async () => {
    const { log, topic, pass } = open();
    log.times.get('jimo.feedback')!.push(NOW - 1);
    await topic('jimo.feedback');
    pass(5_000);
    log.times.get('jimo.lifecycle')!.push(NOW + 1);
    expect(await topic('jimo.feedback')).toMatchObject({ newestAt: new Date(NOW - 1).toISOString() });
    expect(log.read).toEqual(['jimo.feedback', 'jimo.lifecycle']);
  });

  it('includes the settings that are not as they must be', async () => {
    const { settings, topic, pass } = open();
    const difference = { setting: 'cleanup.policy', found: 'delete', wanted: 'compact' };
    settings.state.differences = [{ topic: 'jimo.feedback', ...difference }];
    expect(await topic('jimo.feedback')).toMatchObject({ settingDifferences: [difference] });
    pass(5_000);
    expect(await topic('jimo.engagement')).toMatchObject({ settingDifferences: [] });
  });

  it('is a 503 while Kafka is away, and asked for again at once', async () => {
    const { log, rates } = open();
    log.fails = true;
    await expect(rates.list()).rejects.toMatchObject({ status: 503 });
    log.fails = false;
    expect(await rates.list()).toHaveLength(ALL_TOPICS.length);
  });
});
