import type { Admin } from 'kafkajs';
import { CheckpointOutOfRange } from './batch-source';

interface Range {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/** What a topic's log holds, by offsets. */
export class LogRange {
  private constructor(
    private readonly topic: string,
    private readonly ranges: readonly Range[],
  ) {}

  static async of(admin: Admin, topic: string): Promise<LogRange> {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new LogRange(
      topic,
      offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) })),
    );
  }

  get partitions(): readonly number[] {
    return this.ranges.map(({ partition }) => partition);
  }

  /** @throws {CheckpointOutOfRange} when reading from the position would skip records, or is impossible */
  assertHolds(partition: number, position: number): void {
    const range = this.ranges.find((candidate) => candidate.partition === partition);
    if (!range) return;
    const { low, high } = range;
    // A partition that was never read begins wherever its log begins.
    if ((position !== 0 && position < low) || position > high)
      throw new CheckpointOutOfRange(this.topic, partition, position, low, high);
  }
}
