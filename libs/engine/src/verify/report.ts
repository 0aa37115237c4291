import type { LogPosition, TopicPartition } from '../log/log-position';
import type { OffsetLedger } from './verify-store';

/** What a report names; the rest is counted. */
const MAX_LISTED = 100;

export interface UnappliedRecord extends LogPosition {
  readonly reason: string;
}

/** At most `MAX_LISTED` of them, and how many there are. */
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

/** A row of which the log and the table say something else. Values by column name, as `shown` writes them. */
export interface RowDifference {
  readonly table: string;
  /** `missing`: the log makes it, the table has it not; `extra`: the table has it, the log does not make it. */
  readonly kind: 'missing' | 'extra' | 'different';
  readonly key: ShownValues;
  /** What differs besides the key; all columns of a row that one side has not. */
  readonly columns: readonly string[];
  readonly log: ShownValues | null;
  readonly stored: ShownValues | null;
}

export type ShownValues = Readonly<Record<string, string | null>>;

/** The account of a partition that compaction does not explain. */
export interface LedgerDifference extends TopicPartition {
  /** The checkpoint, which both add up to. */
  readonly next: number;
  readonly log: OffsetLedger;
  readonly stored: OffsetLedger;
}

export interface TableReport {
  readonly table: string;
  /** Rows that the log makes, and rows that the table has. */
  readonly rows: number;
  readonly storedRows: number;
  readonly buckets: number;
  /** Buckets of rows, by the hash of their key, whose digests differ. */
  readonly differingBuckets: number;
}

/** Some of the buckets that differed, looked at once more, row by row, at later checkpoints. */
export interface SecondLook {
  readonly buckets: number;
  readonly rows: Listed<RowDifference>;
  /** What differed has been made right by events that came since. */
  readonly settled: boolean;
}

interface Facts {
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
  /** ISO-8601; the moment that was verified lies between it and the end of reading the digests. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Of the log, up to the checkpoints. */
  readonly records: number;
  readonly recordsPerSecond: number;
  /** The most rows that were in memory at a time, and how many were written to the spill. */
  readonly peakRows: number;
  readonly spilledRows: number;
  readonly tables: readonly TableReport[];
  readonly accounts: readonly LedgerDifference[];
  /** Records that the log's own rules cannot apply, which yet are not among the dead letters. */
  readonly unapplied: Listed<UnappliedRecord>;
  /** Dead letters, excluded from the comparison. */
  readonly setAside: Listed<LogPosition>;
  /** Those of them that could be applied now. */
  readonly replayable: Listed<LogPosition>;
  /** null when no digest differed. */
  readonly secondLook: SecondLook | null;
}

/** What a verification found; plain JSON. */
export type VerifyReport = Facts &
  (
    | { readonly outcome: 'clean' }
    | { readonly outcome: 'differs' }
    /** Whether something differed or not, it may be compaction's doing. */
    | { readonly outcome: 'indeterminate'; readonly reasons: readonly string[] }
  );

export type VerifyFacts = Facts;
