import type { ProjectionDeclaration } from '../declare/projection';
import type { Committed, Fold } from '../fold/fold';
import type { Checkpoint } from '../log/checkpoint';

/** A generation that batches are applied to now. */
export interface LiveGeneration {
  readonly projection: string;
  readonly generation: number;
  /** It keeps its place in the log, but takes nothing until it is resumed. */
  readonly paused: boolean;
}

/** Everything that one batch changes in one generation: applied whole or not at all. */
export interface BatchCommit extends Fold {
  readonly projection: string;
  readonly generation: number;
}

export type CommitOutcome =
  | Committed
  /** A checkpoint is not the expected one: nothing was written. */
  | { readonly outcome: 'moved' }
  /** The generation is paused, or takes no batches any more: nothing was written. */
  | { readonly outcome: 'closed' }
  /** The store cannot hold this data, whatever is retried: nothing was written. */
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * Where the rows and checkpoints of generations live. `commit` is exactly-once: rows, tallies, dead letters and
 * the checkpoints change in one transaction that first locks and compares the checkpoints.
 *
 * A commit that erases somebody deletes that person's rows, and no commit after it makes one again, whatever it
 * holds: `withoutErased` says what is left of it.
 *
 * Faults of the infrastructure throw, and mean nothing about the data: the caller retries.
 */
export interface ProjectionStore {
  /** Which generations of these projections take batches, or would if they were not paused. */
  live(projections: readonly ProjectionDeclaration[]): Promise<readonly LiveGeneration[]>;
  /** `START` for a partition that was never read. */
  checkpoint(generation: number, topic: string, partition: number): Promise<Checkpoint>;
  commit(commit: BatchCommit): Promise<CommitOutcome>;
}
