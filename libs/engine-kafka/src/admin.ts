import type { LogBounds } from '@app/engine';
import type { Admin, Kafka } from 'kafkajs';

/** Connects for one piece of work. */
export async function withAdmin<T>(
  kafka: Pick<Kafka, 'admin'>,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    // A client that did not get through may still hold a connection.
    await admin.disconnect().catch(() => undefined);
  }
}

/** What every partition of a topic holds now, by number: Kafka answers in any order. */
export async function boundsOf(admin: Admin, topic: string): Promise<LogBounds[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ topic, partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}
