import type { BatchCommit, CommitOutcome } from '../live/projection-store';
import type { PartitionCheckpoint } from '../log/checkpoint';

/** The stage of a build: rows are still written in bulk, or it is complete and takes live batches. */
export type BuildStage = 'bulk' | 'live';

export type ActivateOutcome =
  | { readonly outcome: 'activated' }
  /** The active generation is ahead of this one: readers would go back in time. */
  | { readonly outcome: 'behind' };

/** Writes the bulk of a build. Several may do so at once, each for partitions of its own. */
export interface BulkWriter {
  readonly id: number;
  /** Writes rows, whose keys may have been written before, together with the checkpoints of the ranges. */
  write(commit: BatchCommit): Promise<CommitOutcome>;
}

/**
 * A new generation while it is built. Everything in it survives a crash of the builder, which continues from the
 * checkpoints.
 *
 * @throws {BuildLost} from every method once another builder has taken over, or the build was cancelled
 */
export interface GenerationBuild extends BulkWriter {
  stage(): Promise<BuildStage>;
  /** The checkpoints of the partitions that it has read from. */
  checkpoints(): Promise<readonly PartitionCheckpoint[]>;
  /**
   * Completes it: merges keys that were written more than once, builds indexes and tallies. From then on it takes live
   * batches. Called again after a crash, it continues.
   */
  finish(report: (step: string) => void): Promise<void>;
  /** Checkpoints of the active generation. */
  serving(): Promise<readonly PartitionCheckpoint[]>;
  /**
   * Makes this the active generation, in one step.
   *
   * @param ofAnotherLog whether the active generation was filled from a log that no longer exists, so that it cannot be
   * compared with this one or rolled back to
   */
  activate(ofAnotherLog: boolean): Promise<ActivateOutcome>;
}

/** Another builder has taken over the build, or it was cancelled. */
export class BuildLost extends Error {
  override readonly name = 'BuildLost';
}
