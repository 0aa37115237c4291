import type { ApplyOutcome, BatchLease, RecordBatch } from '@app/engine';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Who takes the batches of a consumer: a projector. */
export interface BatchHandler {
  readonly topics: readonly string[];
  /** Partitions may have changed hands: what was believed of positions no longer holds. */
  forgetPositions(): void;
  /** Where to read a partition from. May fail while the store does not answer. */
  position(topic: string, partition: number): Promise<number>;
  apply(batch: RecordBatch, lease: BatchLease): Promise<ApplyOutcome>;
}

/** The partition was lost, or the consumer stops: what is in hand is dropped and read again by whoever is next. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * A checkpoint lies outside what the log holds: the topic was truncated or made anew, or the database is of
 * another cluster. Reading on from anywhere else would make the read models silently wrong.
 */
export class CheckpointOutOfRange extends Error {
  override readonly name = 'CheckpointOutOfRange';

  constructor(topic: string, partition: number, position: number, low: number, high: number) {
    super(
      `${topic}/${partition}: the checkpoint is at offset ${position}, but the log holds ${low} to ${high}. ` +
        'The topic was truncated or created anew, or DATABASE_URL and KAFKA_BROKERS do not belong together. ' +
        'Nothing was read: bring the log back, or rebuild the projections from the log that is there.',
    );
  }
}
