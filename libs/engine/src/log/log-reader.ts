import type { Decode, EngineEvent } from './event';
import type { LogPosition, TopicPartition } from './log-position';
import type { LogRecord, RecordBatch } from './record';

/** Offsets of a partition: `from` inclusive, `to` exclusive. */
export interface OffsetRange extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

/** What a partition holds: offsets from `low` up to, but not including, `high`. */
export interface LogBounds extends TopicPartition {
  readonly low: number;
  readonly high: number;
}

/** Reads ranges of the log, outside any consumer group and as often as needed. */
export interface LogReader {
  /** Every partition of the topics. @throws when a topic does not exist or the log does not answer */
  bounds(topics: readonly string[]): Promise<readonly LogBounds[]>;
  /**
   * Hands over every record of the ranges, those of one range in order of offset, several ranges at the same time. The
   * batches of a range are consecutive and end exactly at its `to`. The next batch follows once `take` has resolved.
   *
   * @throws what `take` throws, the signal's reason once it is aborted, and an error when the log does not answer
   */
  read(
    ranges: readonly OffsetRange[],
    take: (batch: RecordBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Single records of the log. */
export interface RecordFinder {
  /**
   * The records at these positions, in their order; null for one that the log does not hold: compacted away,
   * deleted, or not written yet. Meant for some hundreds at a time.
   *
   * @throws when the log does not answer
   */
  recordsAt(positions: readonly LogPosition[]): Promise<readonly (LogRecord | null)[]>;
}

/** The log, and how its records become events. */
export interface Source<E extends EngineEvent> {
  readonly log: LogReader;
  readonly decode: Decode<E>;
}
