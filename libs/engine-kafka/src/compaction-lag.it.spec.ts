import { createTopic, testBrokers, uniqueTopic } from '@app/testing';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { minCompactionLagOf } from './compaction-lag';

const HOUR = 3_600_000;

describe('the age at which a record may displace an earlier one', () => {
  let admin: Admin;
  const [short, long, deleting] = [uniqueTopic(), uniqueTopic(), uniqueTopic()];
  const config = (policy: string, lag: number) => [
    { name: 'cleanup.policy', value: policy },
    { name: 'min.compaction.lag.ms', value: String(lag) },
  ];

  beforeAll(async () => {
    admin = new Kafka({ brokers: testBrokers().split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await createTopic(admin, { topic: short, configEntries: config('compact', HOUR) });
    await createTopic(admin, { topic: long, configEntries: config('compact,delete', 5 * HOUR) });
    await createTopic(admin, { topic: deleting, configEntries: config('delete', 0) });
  });

  afterAll(() => admin?.disconnect());

  it('is the smallest of the topics that are compacted', async () => {
    expect(await minCompactionLagOf(admin, [long, short, deleting])).toBe(HOUR);
    expect(await minCompactionLagOf(admin, [long])).toBe(5 * HOUR);
  });

  it('is never reached where nothing is compacted', async () => {
    expect(await minCompactionLagOf(admin, [deleting])).toBe(Number.POSITIVE_INFINITY);
    expect(await minCompactionLagOf(admin, [])).toBe(Number.POSITIVE_INFINITY);
  });
});
