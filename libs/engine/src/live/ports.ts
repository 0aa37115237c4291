import type { Decode, EngineEvent, RecordBatch } from '../log/event';
import type { Committed, Fold } from '../fold/fold';
import type { TopicPartition } from '../log/log-position';
import type { Projection } from '../declare/projection';

/** What a store has to know of a projection to keep its tables; any projection satisfies it. */
export type ProjectionDeclaration = Pick<
  Projection<never>,
  'name' | 'version' | 'topics' | 'tables' | 'tallies' | 'erased'
>;

/** Offsets of a partition: `from` inclusive, `to` exclusive. */
export interface OffsetRange extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

/** A generation that batches are applied to now. */
export interface LiveGeneration {
  readonly projection: string;
  readonly generation: number;
  /** It keeps its place in the log, but takes nothing until it is resumed. */
  readonly paused: boolean;
}

/** Where a generation stands in a partition. */
export interface Checkpoint {
  /** The next offset to read: everything before it is accounted for. */
  readonly next: number;
  /** CRC-32 of the key of the record at `next - 1`; null when there was none to remember. */
  readonly lastKey: number | null;
}

export interface PlacedCheckpoint extends TopicPartition {
  readonly checkpoint: Checkpoint;
}

export const START: Checkpoint = { next: 0, lastKey: null };

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

/** What a partition's log holds now: offsets from `low` up to, not including, `high`. */
export interface LogBounds extends TopicPartition {
  readonly low: number;
  readonly high: number;
}

/** The log, read by ranges: outside any consumer group, and as often as one likes. */
export interface LogReader {
  /** Every partition of the topics. @throws when a topic does not exist or the log does not answer */
  bounds(topics: readonly string[]): Promise<readonly LogBounds[]>;
  /**
   * Hands over every record of the ranges: those of one range in order of offset, ranges side by side. The
   * batches of a range join without a hole and end exactly at its `to`. The next batch comes after `take` has
   * resolved.
   *
   * @throws what `take` throws; the signal's reason once it is aborted; when the log does not answer
   */
  read(
    ranges: readonly OffsetRange[],
    take: (batch: RecordBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Which stage a build has reached: rows are being written in bulk, or it is whole and takes live batches. */
export type BuildStage = 'bulk' | 'live';

export type ActivateOutcome =
  | { readonly outcome: 'activated' }
  /** The generation that serves is ahead of this one: readers would go back in time. */
  | { readonly outcome: 'behind' };

/** Where the bulk of a build is written: by several at once, each with partitions of its own. */
export interface BulkTarget {
  readonly generation: number;
  /** Writes rows whose keys may have been written before: exactly once, with the checkpoints of the ranges. */
  write(commit: BatchCommit): Promise<CommitOutcome>;
}

/**
 * A new generation while it is built. Everything in it survives a crash of the builder, which goes on where the
 * checkpoints say.
 *
 * @throws {BuildLost} from every method once another builder has taken over, or the build was cancelled
 */
export interface BuildTarget extends BulkTarget {
  stage(): Promise<BuildStage>;
  /** Where it stands in the partitions of which it has read anything. */
  checkpoints(): Promise<readonly PlacedCheckpoint[]>;
  /**
   * Makes it whole: merges what was written more than once, builds indexes and tallies. From then on it takes
   * live batches. Called again after a crash it goes on.
   */
  finish(tell: (step: string) => void): Promise<void>;
  /** Checkpoints of the generation that serves. */
  serving(): Promise<readonly PlacedCheckpoint[]>;
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

/** What turns records into events, for whoever reads the log by himself. */
export interface Source<E extends EngineEvent> {
  readonly log: LogReader;
  readonly decode: Decode<E>;
}
