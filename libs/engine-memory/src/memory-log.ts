import {
  partitionKey,
  type LogBounds,
  type LogPosition,
  type LogReader,
  type LogRecord,
  type OffsetRange,
  type RecordBatch,
  type RecordFinder,
} from '@app/engine';

/** A log in memory. Offsets without a record are like those that compaction leaves. */
export class MemoryLog implements LogReader, RecordFinder {
  private readonly records = new Map<string, Map<number, LogRecord[]>>();

  /** @param partitions how many each topic has, numbered from 0 */
  constructor(
    topics: readonly string[],
    partitions: number,
    /** How many records a read hands over at a time. */
    private readonly batchSize = 3,
  ) {
    for (const topic of topics)
      this.records.set(topic, new Map(Array.from({ length: partitions }, (_, i) => [i, []])));
  }

  /** @returns its offset */
  append(topic: string, partition: number, record: Omit<LogRecord, 'offset'>): number {
    const log = this.of(topic, partition);
    const offset = (log.at(-1)?.offset ?? -1) + 1;
    log.push({ ...record, offset });
    return offset;
  }

  addTopic(topic: string): void {
    this.records.set(topic, new Map());
  }

  addPartition(topic: string): void {
    const partitions = this.records.get(topic)!;
    partitions.set(partitions.size, []);
  }

  batch({ topic, partition, from, to }: OffsetRange): RecordBatch {
    const records = this.of(topic, partition).filter(({ offset }) => offset >= from && offset < to);
    return { topic, partition, fromOffset: from, nextOffset: to, records };
  }

  bounds(topics: readonly string[]): Promise<readonly LogBounds[]> {
    return Promise.resolve(
      topics.flatMap((topic) =>
        [...this.records.get(topic)!].map(([partition, log]) => ({
          topic,
          partition,
          low: 0,
          high: (log.at(-1)?.offset ?? -1) + 1,
        })),
      ),
    );
  }

  /** The first offset of every partition whose record is of this time or later; its end when there is none. */
  async offsets(topics: readonly string[], time: number): Promise<LogPosition[][]> {
    const bounds = await this.bounds(topics);
    return [
      bounds.map(({ topic, partition, high }) => ({
        ...{ topic, partition },
        offset: this.of(topic, partition).find(({ timestamp }) => timestamp >= time)?.offset ?? high,
      })),
    ];
  }

  async read(
    ranges: readonly OffsetRange[],
    take: (batch: RecordBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const range of ranges)
      for (let from = range.from; from < range.to; from += this.batchSize) {
        signal.throwIfAborted();
        await take(this.batch({ ...range, from, to: Math.min(from + this.batchSize, range.to) }));
      }
  }

  recordsAt(positions: readonly LogPosition[]): Promise<readonly (LogRecord | null)[]> {
    return Promise.resolve(
      positions.map(({ topic, partition, offset }) => {
        const log = this.records.get(topic)?.get(partition);
        return log?.find((record) => record.offset === offset) ?? null;
      }),
    );
  }

  private of(topic: string, partition: number): LogRecord[] {
    const log = this.records.get(topic)?.get(partition);
    if (!log) throw new Error(`there is no partition ${partitionKey({ topic, partition })}`);
    return log;
  }
}
