import type { LogRecord } from './read-log';

/** A record that is no tombstone. */
export interface StandingRecord extends LogRecord {
  readonly value: string;
}

/** The log as compaction will leave it: a record that a tombstone of its key follows in its partition is gone. */
export class StandingLog {
  private readonly records = new Map<string, StandingRecord[]>();
  /** What is gone. */
  readonly removed: StandingRecord[] = [];

  /** Of a partition in the order of its offsets. */
  add(record: LogRecord): void {
    const place = `${record.topic}/${record.partition} ${record.key}`;
    const others = this.records.get(place) ?? [];
    if (hasValue(record)) this.records.set(place, [...others, record]);
    else {
      this.removed.push(...others);
      this.records.delete(place);
    }
  }

  *[Symbol.iterator](): Iterator<StandingRecord> {
    for (const records of this.records.values()) yield* records;
  }
}

const hasValue = (record: LogRecord): record is StandingRecord => record.value !== null;
