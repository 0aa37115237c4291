import type { ProjectionDeclaration } from '../declare/projection';
import type { Committed, Fold } from '../fold/fold';
import type { Checkpoint } from '../log/checkpoint';

/** A generation that takes batches of the log: it is catching up, active or on standby. */
export interface LiveGeneration {
  readonly projection: string;
  readonly generation: number;
  /** It keeps its checkpoints, but takes nothing until it is resumed. */
  readonly paused: boolean;
}

/** Everything that one batch changes in one generation; committed completely or not at all. */
export interface BatchCommit extends Fold {
  readonly projection: string;
  readonly generation: number;
}

export type CommitOutcome =
  | Committed
  /** A checkpoint is not the expected one. Nothing was written. */
  | { readonly outcome: 'moved' }
  /** The generation is paused or no longer takes batches. Nothing was written. */
  | { readonly outcome: 'closed' }
  /** The store can never hold this data. Nothing was written. */
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * Holds the rows and checkpoints of generations. `commit` applies exactly once: rows, tallies, dead letters and
 * checkpoints change in one transaction that first locks and compares the checkpoints.
 *
 * A commit that erases a person deletes that person's rows, and no later commit makes one again: `withoutErased` says
 * what is left of a commit.
 *
 * Faults of the infrastructure throw and say nothing about the data: the caller retries.
 */
export interface ProjectionStore {
  /** The live generations of these projections, including paused ones. */
  live(projections: readonly ProjectionDeclaration[]): Promise<readonly LiveGeneration[]>;
  /** `START` for a partition that was never read. */
  checkpoint(generation: number, topic: string, partition: number): Promise<Checkpoint>;
  commit(commit: BatchCommit): Promise<CommitOutcome>;
}
