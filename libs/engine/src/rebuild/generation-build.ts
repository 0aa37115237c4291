import type { BatchCommit, CommitOutcome } from '../live/projection-store';
import type { PartitionCheckpoint } from '../log/checkpoint';

/** Which stage a build has reached: rows are being written in bulk, or it is whole and takes live batches. */
export type BuildStage = 'bulk' | 'live';

export type ActivateOutcome =
  | { readonly outcome: 'activated' }
  /** The generation that serves is ahead of this one: readers would go back in time. */
  | { readonly outcome: 'behind' };

/** Where the bulk of a build is written: by several at once, each with partitions of its own. */
export interface BulkWriter {
  readonly id: number;
  /** Writes rows whose keys may have been written before: exactly once, with the checkpoints of the ranges. */
  write(commit: BatchCommit): Promise<CommitOutcome>;
}

/**
 * A new generation while it is built. Everything in it survives a crash of the builder, which goes on where the
 * checkpoints say.
 *
 * @throws {BuildLost} from every method once another builder has taken over, or the build was cancelled
 */
export interface GenerationBuild extends BulkWriter {
  stage(): Promise<BuildStage>;
  /** Where it stands in the partitions of which it has read anything. */
  checkpoints(): Promise<readonly PartitionCheckpoint[]>;
  /**
   * Makes it whole: merges what was written more than once, builds indexes and tallies. From then on it takes
   * live batches. Called again after a crash it goes on.
   */
  finish(report: (step: string) => void): Promise<void>;
  /** Checkpoints of the generation that serves. */
  serving(): Promise<readonly PartitionCheckpoint[]>;
  /**
   * Lets readers see this generation instead of the one that serves, in one step.
   *
   * @param ofAnotherLog the one that serves was filled from a log that is gone: it cannot be compared with, nor
   * gone back to
   */
  activate(ofAnotherLog: boolean): Promise<ActivateOutcome>;
}

/** The build is no longer this builder's: another has taken over, or it was cancelled. */
export class BuildLost extends Error {
  override readonly name = 'BuildLost';
}
