/** The headers of a record. They are decoded on demand, since only few are read of most records. */
export interface LogHeaders {
  /** undefined when there is no such header or it has no value; several values are joined by commas. */
  text(name: string): string | undefined;
}

/** Headers whose values are texts already. */
export function textHeaders(texts: Readonly<Record<string, string | undefined>>): LogHeaders {
  return { text: (name) => texts[name] };
}

export const NO_HEADERS = textHeaders({});

/** A record of the log. */
export interface LogRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  /** null is a tombstone. */
  readonly value: Buffer | null;
  readonly headers: LogHeaders;
  /** Record timestamp in epoch milliseconds. */
  readonly timestamp: number;
}

/**
 * Records of one partition in order of offset. Since compaction leaves gaps, the batch says which offsets it covers: it
 * holds every existing record with `fromOffset` ≤ offset < `nextOffset`.
 */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly nextOffset: number;
  readonly records: readonly LogRecord[];
}
