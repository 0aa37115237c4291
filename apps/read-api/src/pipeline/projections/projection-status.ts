import { assertHolds, CheckpointOutOfRange } from '@app/engine';
import type { Ends } from '../../common/kafka/log-ends';

/** How far a generation is in a partition. */
export interface CheckedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read. */
  readonly checkpoint: number;
}

export const PROJECTION_STATES = [
  'not-built',
  /** A checkpoint does not belong to this log, so nothing is applied. */
  'stopped',
  'paused',
  /** A new generation is being built beside the active one. */
  'rebuilding',
  'active',
] as const;
export type ProjectionState = (typeof PROJECTION_STATES)[number];

/** The first state that applies, in their order. */
export function stateOf(
  facts: Readonly<Record<Exclude<ProjectionState, 'active'>, boolean>>,
): ProjectionState {
  return PROJECTION_STATES.find((state) => state !== 'active' && facts[state]) ?? 'active';
}

/**
 * Why a projector cannot continue, and what to do; null if it can.
 *
 * @param ends fetched after the checkpoints; otherwise a checkpoint that has moved meanwhile seems to be beyond the end
 */
export function troubleOf(partitions: readonly CheckedPartition[], ends: Ends): string | null {
  const found = partitions.flatMap((partition) => outOfRange(partition, ends) ?? []);
  const [first, ...others] = found;
  if (!first) return null;
  return others.length === 0 ? first : `${first} The same applies to ${others.length} other partitions.`;
}

function outOfRange(checked: CheckedPartition, ends: Ends): string | null {
  const { topic, partition, checkpoint } = checked;
  const bounds = ends.get(topic)?.get(partition);
  if (!bounds)
    return checkpoint === 0
      ? null
      : new CheckpointOutOfRange(checked, checkpoint, 'Kafka has no such partition').message;
  try {
    assertHolds({ topic, partition, ...bounds }, checkpoint);
    return null;
  } catch (error) {
    if (error instanceof CheckpointOutOfRange) return error.message;
    throw error;
  }
}
