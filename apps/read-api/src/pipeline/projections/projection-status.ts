import { assertHolds, CheckpointOutOfRange } from '@app/engine';
import type { Ends } from '../../common/kafka/log-ends';

/** How far a generation is in a partition. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read. */
  readonly checkpoint: number;
}

export const PROJECTION_STATES = [
  'not-built',
  /** A checkpoint does not belong to the log that is there: nothing is applied. */
  'stopped',
  'paused',
  /** A build is under way beside the generation that serves. */
  'rebuilding',
  'active',
] as const;
export type ProjectionState = (typeof PROJECTION_STATES)[number];

/** The first that holds, in their order. */
export function stateOf(
  facts: Readonly<Record<Exclude<ProjectionState, 'active'>, boolean>>,
): ProjectionState {
  return PROJECTION_STATES.find((state) => state !== 'active' && facts[state]) ?? 'active';
}

/**
 * What keeps a projector from reading on, in words that say what was seen and what to do; null when nothing does.
 *
 * @param ends fetched after the checkpoints, or one that has moved on meanwhile looks as if it were beyond the end
 */
export function troubleOf(places: readonly Place[], ends: Ends): string | null {
  const found = places.flatMap((place) => outOfRange(place, ends) ?? []);
  const [first, ...others] = found;
  if (!first) return null;
  return others.length === 0 ? first : `${first} It is so in ${others.length} other partitions as well.`;
}

function outOfRange(place: Place, ends: Ends): string | null {
  const { topic, partition, checkpoint } = place;
  const bounds = ends.get(topic)?.get(partition);
  if (!bounds)
    return checkpoint === 0
      ? null
      : new CheckpointOutOfRange(place, checkpoint, 'Kafka has no such partition').message;
  try {
    assertHolds({ topic, partition, ...bounds }, checkpoint);
    return null;
  } catch (error) {
    if (error instanceof CheckpointOutOfRange) return error.message;
    throw error;
  }
}
