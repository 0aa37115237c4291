import { type CatalogTopic, TOPICS } from '../topics';

/** The part that an object plays in an event. A post plays the part of the experience. */
export type Role =
  | 'experience'
  | 'user'
  | 'jimer'
  | 'cta'
  | 'step'
  | 'survey'
  | 'answer'
  | 'task'
  | 'comment'
  | 'request'
  | 'project';

/**
 * Decides between contributions of the same time: what a team did to an experience outweighs what a jimer
 * saw of it, and a later station of its life outweighs an earlier one (contract: "on a tie of times").
 */
export const RANK = { engagement: 0, created: 1, published: 2, statusChanged: 3, deleted: 4 } as const;

/**
 * Which events of one second come first in a timeline: what has to have happened before the others could. Nothing that
 * is merged depends on it. A task that is skipped and completed in one second is completed (contract).
 */
export const SEQUENCE = { seen: 0, started: 1, skipped: 2, during: 3, completed: 4, dismissed: 5 } as const;
type Sequence = (typeof SEQUENCE)[keyof typeof SEQUENCE];

export interface EventDefinition<N extends string = string, T extends object = object> {
  readonly name: N;
  /** The class that validates it. */
  readonly type: new () => T;
  readonly topic: CatalogTopic;
  /** The object whose uid chooses the partition. */
  readonly partitionBy: 'experience' | 'jimer' | 'request';
  /** The objects that identify an occurrence, and that the event must carry. */
  readonly objects: readonly Role[];
  readonly rank: number;
  /** Place among the events of one second in a jimer's timeline: the lower one is earlier. null: never in one. */
  readonly sequence: Sequence | null;
}

/** An event that a member of the customer's team causes. */
export function lifecycle<const N extends string, T extends object>(
  name: N,
  type: new () => T,
  rank: number,
): EventDefinition<N, T> {
  const objects: readonly Role[] = ['experience', 'user'];
  return { name, type, topic: TOPICS.lifecycle, partitionBy: 'experience', objects, rank, sequence: null };
}

/** Something that a jimer does with an experience, and the further objects that identify it. */
export function engagement<const N extends string, T extends object>(
  name: N,
  type: new () => T,
  sequence: Sequence,
  ...further: readonly Role[]
): EventDefinition<N, T> {
  const objects: readonly Role[] = ['experience', 'jimer', ...further];
  const rank = RANK.engagement;
  return { name, type, topic: TOPICS.engagement, partitionBy: 'jimer', objects, rank, sequence };
}

/** Submitted feedback. */
export function feedback<const N extends string, T extends object>(
  name: N,
  type: new () => T,
): EventDefinition<N, T> {
  const objects: readonly Role[] = ['request', 'jimer', 'project'];
  const [rank, sequence] = [RANK.engagement, SEQUENCE.during];
  return { name, type, topic: TOPICS.feedback, partitionBy: 'request', objects, rank, sequence };
}
