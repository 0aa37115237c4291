import type { TopicPartition } from '@app/engine';
import type { Admin } from 'kafkajs';
import { boundsOf } from '../admin';

export interface PartitionLag extends TopicPartition {
  /** The checkpoint: the next offset to apply. */
  readonly applied: number;
  /** The offset that the next record of the log gets. */
  readonly end: number;
}

/** How far positions are behind the ends of their partitions, as Kafka has them now. */
export async function lagOf(
  admin: Admin,
  positions: readonly (TopicPartition & { readonly applied: number })[],
): Promise<readonly PartitionLag[]> {
  const lags: PartitionLag[] = [];
  for (const [topic, places] of Map.groupBy(positions, (position) => position.topic)) {
    const ends = new Map((await boundsOf(admin, topic)).map(({ partition, high }) => [partition, high]));
    for (const { partition, applied } of places) {
      const end = ends.get(partition);
      // What was applied while Kafka was asked is beyond its answer.
      if (end !== undefined) lags.push({ topic, partition, applied, end: Math.max(end, applied) });
    }
  }
  return lags;
}
