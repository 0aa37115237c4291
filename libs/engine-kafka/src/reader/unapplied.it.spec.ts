import { formatPosition } from '@app/engine';
import { createTopic, testBrokers, uniqueTopic } from '@app/testing';
import type { Admin, Kafka } from 'kafkajs';
import { createKafka } from '../kafka-client';
import { Arrivals } from './arrivals';
import { KafkaLogReader } from './kafka-log-reader';
import { OldestUnapplied } from './unapplied';

const silent = { warn: () => undefined, debug: () => undefined };
const NOON = Date.UTC(2026, 10, 30, 12);
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

let kafka: Kafka;
let admin: Admin;
let log: KafkaLogReader;

beforeAll(async () => {
  kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'spec', silent);
  log = new KafkaLogReader(kafka, 20_000);
  admin = kafka.admin();
  await admin.connect();
});

afterAll(async () => {
  await log?.close();
  await admin?.disconnect();
});

interface Sent {
  readonly partition: number;
  /** The sender, `-` for nobody. */
  readonly value: string;
  readonly time: number;
}

async function topicWith(partitions: number, sent: readonly Sent[]): Promise<string> {
  const topic = uniqueTopic('unapplied');
  await createTopic(admin, { topic, numPartitions: partitions });
  await append(topic, sent);
  return topic;
}

async function append(topic: string, sent: readonly Sent[]): Promise<void> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  for (const { partition, value, time } of sent)
    await producer.send({ topic, messages: [{ partition, value, timestamp: String(time) }] });
  await producer.disconnect();
}

describe('the oldest record that is not applied', () => {
  it('is found for several checkpoints of one partition, and for each partition', async () => {
    const topic = await topicWith(2, [
      ...[0, 1, 2].map((n) => ({ partition: 0, value: `${n}`, time: NOON + n })),
      { partition: 1, value: 'x', time: NOON + 9 },
    ]);
    const places = [
      { topic, partition: 0, offset: 0 },
      { topic, partition: 0, offset: 2 },
      { topic, partition: 1, offset: 0 },
    ];
    const times = await new OldestUnapplied(log).times(places);
    expect(places.map((place) => times.get(formatPosition(place))! - NOON)).toEqual([0, 2, 9]);
  });

  it('is the next one that is left where the record at the checkpoint is gone', async () => {
    const topic = await topicWith(
      1,
      [0, 1, 2].map((n) => ({ partition: 0, value: `${n}`, time: NOON + n })),
    );
    // As after compaction: offsets without a record.
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    const place = { topic, partition: 0, offset: 1 };
    expect((await new OldestUnapplied(log).times([place])).get(formatPosition(place))).toBe(NOON + 1);
  });

  it('is not looked up again while the checkpoint is where it was', async () => {
    const topic = await topicWith(1, [{ partition: 0, value: 'a', time: NOON }]);
    let requests = 0;
    const counted: Pick<KafkaLogReader, 'recordsFrom'> = {
      recordsFrom: (positions, bytes) => {
        requests++;
        return log.recordsFrom(positions, bytes);
      },
    };
    const oldest = new OldestUnapplied(counted);
    const place = { topic, partition: 0, offset: 0 };
    for (let i = 0; i < 3; i++) expect((await oldest.times([place])).size).toBe(1);
    expect(requests).toBe(1);
  });

  it('is not known where Kafka does not answer', async () => {
    const nobody: Pick<KafkaLogReader, 'recordsFrom'> = {
      recordsFrom: () => Promise.reject(new Error('away')),
    };
    const times = await new OldestUnapplied(nobody).times([{ topic: 'any', partition: 0, offset: 0 }]);
    expect(times.size).toBe(0);
  });
});

describe('what arrived', () => {
  const arrivals = (topic: string) =>
    new Arrivals(log, [topic], ({ value }) => (String(value) === '-' ? null : String(value)));

  it('last is known by sender, behind records that nobody sent as well', async () => {
    const topic = await topicWith(2, [
      { partition: 0, value: 'a', time: NOON },
      { partition: 1, value: 'b', time: NOON + 1 },
      { partition: 1, value: '-', time: NOON + 2 },
    ]);
    const watched = arrivals(topic);
    const first = await watched.newest();
    expect([first.isEmpty, [...first.bySender].sort()]).toEqual([
      false,
      [
        ['a', NOON],
        ['b', NOON + 1],
      ],
    ]);
    await append(topic, [{ partition: 0, value: 'b', time: NOON + 5 }]);
    expect([...(await watched.newest()).bySender].sort()).toEqual([
      ['a', NOON],
      ['b', NOON + 5],
    ]);
  });

  it('of a log without records is nothing', async () => {
    const { isEmpty, bySender } = await arrivals(await topicWith(1, [])).newest();
    expect([isEmpty, bySender.size]).toEqual([true, 0]);
  });

  it('in the same stretch a week before is counted by sender; a day before where the log is younger', async () => {
    const week = await topicWith(1, [
      { partition: 0, value: 'a', time: NOON - 8 * DAY },
      ...[1, 2, 30].map((n) => ({ partition: 0, value: 'a', time: NOON - 7 * DAY + n * MINUTE })),
      { partition: 0, value: 'a', time: NOON },
    ]);
    const silence = { from: NOON, now: NOON + 10 * MINUTE };
    const before = async (topic: string) => arrivals(topic).before(silence.from, silence.now);
    expect(await before(week)).toEqual({ days: 7, bySender: new Map([['a', 2]]) });

    const young = await topicWith(1, [
      { partition: 0, value: 'a', time: NOON - 2 * DAY },
      { partition: 0, value: 'b', time: NOON - DAY + MINUTE },
      { partition: 0, value: 'a', time: NOON },
    ]);
    expect(await before(young)).toEqual({ days: 1, bySender: new Map([['b', 1]]) });
    expect(await before(await topicWith(1, [{ partition: 0, value: 'a', time: NOON }]))).toBeNull();
  });
});
