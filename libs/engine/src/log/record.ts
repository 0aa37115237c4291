/** The headers of a record. Their text is decoded when it is asked for: of most records few are read. */
export interface LogHeaders {
  /** undefined when there is no header of that name, or it has no value; of several, all with commas between. */
  text(name: string): string | undefined;
}

/** Headers that are texts already. */
export function textHeaders(texts: Readonly<Record<string, string | undefined>>): LogHeaders {
  return { text: (name) => texts[name] };
}

export const NO_HEADERS = textHeaders({});

/** A record as it stands in the log. */
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
 * Records of one partition in order of offset. Compaction leaves gaps, so the batch says itself which
 * offsets it accounts for: every record with `fromOffset` ≤ offset < `nextOffset` that exists is in it.
 */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly nextOffset: number;
  readonly records: readonly LogRecord[];
}
