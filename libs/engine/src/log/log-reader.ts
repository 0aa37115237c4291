import type { Decode, EngineEvent } from './event';
import type { LogPosition, TopicPartition } from './log-position';
import type { LogRecord, RecordBatch } from './record';

/** Offsets of a partition: `from` inclusive, `to` exclusive. */
export interface OffsetRange extends TopicPartition {
  readonly from: number;
  readonly to: number;
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

/** What turns records into events, for whoever reads the log by himself. */
export interface Source<E extends EngineEvent> {
  readonly log: LogReader;
  readonly decode: Decode<E>;
}
