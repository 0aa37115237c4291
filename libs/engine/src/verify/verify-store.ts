import type { ErasedPerson } from '../erasure/erased-persons';
import type { Checkpoint } from '../log/checkpoint';
import type { LogPosition, TopicPartition } from '../log/log-position';
import type { RowCodec } from './row-codec';
import type { BucketDigest } from './row-digest';

/** Counts what happened to the offsets before a checkpoint; the counts add up to it. */
export interface OffsetLedger {
  /** Whether they changed a row or not. */
  readonly applied: number;
  readonly skipped: number;
  /** Left out because they belong to a person who is erased. */
  readonly erased: number;
  /** Including those that were replayed later. */
  readonly deadLettered: number;
  /** Offsets without a record. */
  readonly gaps: number;
}

export interface LedgerCheckpoint extends TopicPartition {
  readonly checkpoint: Checkpoint;
  readonly ledger: OffsetLedger;
}

/** A record that the generation could not apply when it arrived. */
export interface StoredDeadLetter extends LogPosition {
  /** Only a replayed record has contributed to the tables. */
  readonly state: 'set-aside' | 'replayed' | 'discarded';
}

/** The state of one generation at one moment. */
export interface GenerationSnapshot {
  readonly generation: number;
  readonly checkpoints: readonly LedgerCheckpoint[];
  readonly deadLetters: readonly StoredDeadLetter[];
  /** From the table of erased persons, which is verified like any other. */
  readonly erased: readonly ErasedPerson[];
}

/** Digests per table and tally, by name; a bucket without rows may be left out. */
export type RelationDigests = ReadonlyMap<string, readonly BucketDigest[]>;

/** A stored row, to be compared and listed. */
export interface StoredRow {
  /** Its key's bytes in hexadecimal (`RowDigester.key`). */
  readonly key: string;
  readonly digest: bigint;
  /** Per column in order of declaration, as `formatValue` writes it. */
  readonly values: readonly (string | null)[];
}

/** Buckets per table and tally, by name. */
export type BucketSelection = ReadonlyMap<string, readonly number[]>;

/**
 * The part of a store that a verification needs. Each result is of one moment, and takes no lock that a projector, a
 * build or a reader could wait for.
 *
 * A sharded table has one row per key here, merged over its shards. A tally has the sums over its shards, without
 * groups whose counts are all zero.
 */
export interface VerifyStore {
  /** How the store writes the rows that it digests. */
  readonly codec: RowCodec;
  /**
   * Digests of the generation that is verified: the one that the store was opened for, or the active one.
   *
   * @param buckets a power of two
   */
  digests(
    buckets: number,
    signal: AbortSignal,
  ): Promise<GenerationSnapshot & { readonly digests: RelationDigests }>;
  rows(
    generation: number,
    buckets: number,
    selection: BucketSelection,
    signal: AbortSignal,
  ): Promise<GenerationSnapshot & { readonly rows: ReadonlyMap<string, readonly StoredRow[]> }>;
}
