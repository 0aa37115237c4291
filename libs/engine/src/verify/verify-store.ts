import type { ErasedPerson } from '../erasure/erased-persons';
import type { Checkpoint } from '../log/checkpoint';
import type { LogPosition, TopicPartition } from '../log/log-position';
import type { RowCodec } from './row-codec';
import type { BucketDigest } from './row-digest';

/** What became of the offsets before a checkpoint; all together they are it. */
export interface OffsetLedger {
  /** Whether they changed a row or not. */
  readonly applied: number;
  readonly skipped: number;
  /** Passed over since they are of a person who is erased. */
  readonly erased: number;
  /** Those that were replayed since included. */
  readonly setAside: number;
  /** Offsets without a record. */
  readonly gaps: number;
}

export interface LedgerCheckpoint extends TopicPartition {
  readonly checkpoint: Checkpoint;
  readonly ledger: OffsetLedger;
}

/** A record that the generation could not apply when it came. */
export interface StoredDeadLetter extends LogPosition {
  /** Only one that was replayed is in the tables. */
  readonly state: 'set-aside' | 'replayed' | 'discarded';
}

/** How one generation stood at one moment. */
export interface GenerationSnapshot {
  readonly generation: number;
  readonly checkpoints: readonly LedgerCheckpoint[];
  readonly deadLetters: readonly StoredDeadLetter[];
  /** As its table says, whose rows are verified like any other's. */
  readonly erased: readonly ErasedPerson[];
}

/** Digests per table and tally, by name; a bucket without rows may be left out. */
export type RelationDigests = ReadonlyMap<string, readonly BucketDigest[]>;

/** A row as it stands in a table, to be compared and shown. */
export interface StoredRow {
  /** Its key's bytes in hexadecimal (`RowDigester.key`). */
  readonly key: string;
  readonly digest: bigint;
  /** Per column in order of declaration, as `shown` writes it. */
  readonly values: readonly (string | null)[];
}

/** Buckets per table and tally, by name. */
export type BucketSelection = ReadonlyMap<string, readonly number[]>;

/**
 * What a verification asks of the place where rows and checkpoints live. Each answer is of one moment, and is
 * had without a lock that a projector, a build or a reader could wait for.
 *
 * A sharded table has one row per key here, merged over its shards; a tally has the sums over its shards, groups
 * that are all zero left out.
 */
export interface VerifyStore {
  /** The form of the rows that it digests. */
  readonly codec: RowCodec;
  /**
   * Of the generation that is verified: the one that this was opened for, or the one that serves.
   *
   * @param buckets a power of two
   */
  digests(
    buckets: number,
    signal: AbortSignal,
  ): Promise<GenerationSnapshot & { readonly digests: RelationDigests }>;
  /** The rows of some buckets. */
  rows(
    generation: number,
    buckets: number,
    selection: BucketSelection,
    signal: AbortSignal,
  ): Promise<GenerationSnapshot & { readonly rows: ReadonlyMap<string, readonly StoredRow[]> }>;
}
