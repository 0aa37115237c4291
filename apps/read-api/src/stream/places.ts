import { TOPICS } from '@app/catalog';
import { partitionKey, type TopicPartition } from '@app/engine';
import type { PartitionCounts } from '../common/parameters/offset-vector';

/** What the stream tells of. What was set aside is for administrators, and in lists of its own. */
export const STREAMED_TOPICS = [TOPICS.lifecycle, TOPICS.engagement, TOPICS.feedback] as const;

/** The kind of a change is that of its topic. */
export const CHANGE_KINDS = ['lifecycle', 'engagement', 'feedback'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Every partition of the streamed topics by its index in a vector. */
export class Places {
  readonly all: readonly TopicPartition[];
  private readonly indexes: ReadonlyMap<string, number>;

  constructor(readonly counts: PartitionCounts) {
    this.all = STREAMED_TOPICS.flatMap((topic, i) =>
      Array.from({ length: counts[i]! }, (_none, partition) => ({ topic, partition })),
    );
    this.indexes = new Map(this.all.map((place, i) => [partitionKey(place), i]));
  }

  indexOf(topic: string, partition: number): number | undefined {
    return this.indexes.get(partitionKey({ topic, partition }));
  }
}
