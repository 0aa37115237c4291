import type { LogPosition, TopicPartition } from '../log/log-position';
import type { OffsetLedger } from './verify-store';

/** The most entries that a list of a report has; the rest is only counted. */
const MAX_LISTED = 100;

export interface UnappliedRecord extends LogPosition {
  readonly reason: string;
}

/** The first `MAX_LISTED` entries, and how many there are. */
export interface Listed<T> {
  readonly count: number;
  readonly listed: readonly T[];
}

export class ListOf<T> {
  private count = 0;
  private readonly items: T[] = [];

  add(item: T): void {
    if (++this.count <= MAX_LISTED) this.items.push(item);
  }

  addAll({ count, listed }: Listed<T>): void {
    this.items.push(...listed.slice(0, Math.max(0, MAX_LISTED - this.items.length)));
    this.count += count;
  }

  listed(): Listed<T> {
    return { count: this.count, listed: this.items };
  }
}

/** A row that differs between the log and the table. Values by column name, as `formatValue` writes them. */
export interface RowDifference {
  readonly table: string;
  /** `missing`: the log makes the row, but the table lacks it; `extra`: the table has it, but the log does not make it. */
  readonly kind: 'missing' | 'extra' | 'different';
  readonly key: ListedValues;
  /** The columns outside the key that differ; all of them where one side lacks the row. */
  readonly columns: readonly string[];
  readonly log: ListedValues | null;
  readonly stored: ListedValues | null;
}

export type ListedValues = Readonly<Record<string, string | null>>;

/** A partition whose ledgers differ in a way that compaction does not explain. */
export interface LedgerDifference extends TopicPartition {
  /** The checkpoint, which both ledgers add up to. */
  readonly next: number;
  readonly log: OffsetLedger;
  readonly stored: OffsetLedger;
}

export interface TableReport {
  readonly table: string;
  /** The number of rows that the log makes, and of rows that the table has. */
  readonly rows: number;
  readonly storedRows: number;
  readonly buckets: number;
  /** How many buckets have digests that differ. A row belongs to a bucket by the hash of its key. */
  readonly differingBuckets: number;
}

/** The rows of some of the differing buckets, compared one by one at later checkpoints. */
export interface RowComparison {
  readonly buckets: number;
  readonly rows: Listed<RowDifference>;
  /** Events that arrived since have removed the difference. */
  readonly settled: boolean;
}

interface Facts {
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
  /** ISO-8601. The verified moment is between this and the end of reading the digests. */
  readonly startedAt: string;
  readonly seconds: number;
  /** The number of records in the log up to the checkpoints. */
  readonly records: number;
  readonly recordsPerSecond: number;
  /** The most rows that were in memory at a time, and how many were spilled to disk. */
  readonly peakRows: number;
  readonly spilledRows: number;
  readonly tables: readonly TableReport[];
  /** Partitions whose offsets are not accounted for in the same way. */
  readonly offsets: readonly LedgerDifference[];
  /** Records that cannot be applied, but are not among the dead letters. */
  readonly unapplied: Listed<UnappliedRecord>;
  /** Dead letters, excluded from the comparison. */
  readonly deadLetters: Listed<LogPosition>;
  /** Those of them that could be applied now. */
  readonly replayable: Listed<LogPosition>;
  /** null when no digest differed. */
  readonly comparedRows: RowComparison | null;
}

/** What a verification found; plain JSON. */
export type VerifyReport = Facts &
  (
    | { readonly outcome: 'clean' }
    | { readonly outcome: 'differs' }
    /** Compaction may explain what differs, and may hide what does. */
    | { readonly outcome: 'indeterminate'; readonly reasons: readonly string[] }
  );

export type VerifyFacts = Facts;
