import { Kafka, logLevel, type KafkaConfig } from 'kafkajs';

/** A record as Kafka has it. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch milliseconds, by Kafka's clock. */
  readonly timestamp: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** null is a tombstone. */
  readonly value: string | null;
}

export const TOPICS = [
  'jimo.lifecycle',
  'jimo.engagement',
  'jimo.feedback',
  'jimo.unrecognized',
  'jimo.quarantine',
] as const;

export const positionOf = ({ topic, partition, offset }: LogRecord): string =>
  `${topic}/${partition}@${offset}`;

/** Tells where the log was cut off. */
class LogUnreadable extends Error {
  override readonly name = 'LogUnreadable';
}

/**
 * Reads all topics from their beginning to where they end now, with a plain consumer, and hands on every record.
 * Within a partition in order of offset.
 *
 * @returns how many records each topic has
 * @throws when that is not done in time
 */
export async function readLog(
  reach: Pick<KafkaConfig, 'brokers' | 'socketFactory' | 'ssl' | 'sasl'>,
  take: (record: LogRecord) => void,
  deadlineMs = 300_000,
): Promise<ReadonlyMap<string, number>> {
  const kafka = new Kafka({ ...reach, clientId: 'chaos-oracle', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const ends = new Map<string, number>();
  await admin.connect();
  try {
    for (const topic of TOPICS)
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (Number(high) > Number(low)) ends.set(`${topic}/${partition}`, Number(high));
  } finally {
    await admin.disconnect();
  }
  const counts = new Map<string, number>(TOPICS.map((topic) => [topic, 0]));
  if (ends.size === 0) return counts;

  const consumer = kafka.consumer({ groupId: `chaos-oracle-${process.pid}-${Date.now()}` });
  const left = new Map(ends);
  const finished = Promise.withResolvers<void>();
  const overdue = setTimeout(
    () => finished.reject(new LogUnreadable(`not read to its end: ${[...left.keys()].join(', ')}`)),
    deadlineMs,
  );
  consumer.on('consumer.crash', ({ payload }) => finished.reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...TOPICS], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const slot = `${batch.topic}/${batch.partition}`;
        const end = ends.get(slot) ?? 0;
        for (const { offset, timestamp, key, headers, value } of batch.messages) {
          // What came in meanwhile is not of this reading; nor is what kafkajs reads again after a fault.
          if (Number(offset) >= end || !left.has(slot)) continue;
          counts.set(batch.topic, counts.get(batch.topic)! + 1);
          take({
            ...{ topic: batch.topic, partition: batch.partition, offset: Number(offset) },
            timestamp: Number(timestamp),
            key: key?.toString() ?? '',
            headers: Object.fromEntries(
              Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]),
            ),
            value: value?.toString() ?? null,
          });
        }
        if (Number(batch.lastOffset()) + 1 >= end) left.delete(slot);
        if (left.size === 0) finished.resolve();
      },
    });
    await finished.promise;
  } finally {
    clearTimeout(overdue);
    await consumer.disconnect();
  }
  return counts;
}
