import type { LogBounds } from '@app/engine';
import type { Admin } from 'kafkajs';

/** What every partition of a topic holds now, by number: Kafka answers in any order. */
export async function boundsOf(admin: Admin, topic: string): Promise<LogBounds[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ topic, partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}
