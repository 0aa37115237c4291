import type { SetAside, SkipReason } from './fold';
import type { AnyReadModel } from './read-model';
import type { Row } from './row';

/** Everything that one batch changes in one projection: applied whole or not at all. */
export interface BatchCommit {
  readonly projection: string;
  readonly topic: string;
  readonly partition: number;
  /** The checkpoint that the batch was folded from; anything else in the store means another was here. */
  readonly expected: number;
  /** The checkpoint after the batch. */
  readonly next: number;
  /** At most one row per key. */
  readonly rows: ReadonlyMap<AnyReadModel, readonly Row[]>;
  readonly deadLetters: readonly SetAside[];
  readonly applied: number;
  readonly skipped: Readonly<Record<SkipReason, number>>;
}

export type CommitOutcome =
  | { readonly outcome: 'committed' }
  /** The checkpoint is not the expected one: nothing was written. */
  | { readonly outcome: 'moved'; readonly position: number }
  /** The store cannot hold this data, whatever is retried: nothing was written. */
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * Where a projection's rows and checkpoints live. `commit` is exactly-once: rows, tallies, dead letters and
 * the checkpoint change in one transaction that first locks and compares the checkpoint.
 *
 * Faults of the infrastructure throw, and mean nothing about the data: the caller retries.
 */
export interface ProjectionStore {
  /** The next offset to read; 0 for a partition that was never read. */
  position(projection: string, topic: string, partition: number): Promise<number>;
  commit(commit: BatchCommit): Promise<CommitOutcome>;
}
