import type { RecordBatch } from '@app/engine';
import type { ApplyOutcome, BatchLease } from '@app/engine/adapters';

/** Who takes the batches of a consumer: a projector. */
export interface BatchHandler {
  readonly topics: readonly string[];
  /** Partitions may have changed hands: what was believed of positions no longer holds. */
  forgetPositions(): void;
  /** Whether batches of the topic would be taken now, as far as is known. */
  takes(topic: string): boolean;
  /** Where to read a partition from. May fail while the store does not answer. */
  position(topic: string, partition: number): Promise<number>;
  apply(batch: RecordBatch, lease: BatchLease): Promise<ApplyOutcome>;
}

/** The partition was lost, or the consumer stops: what is in hand is dropped and read again by whoever is next. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
