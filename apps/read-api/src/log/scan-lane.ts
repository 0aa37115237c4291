import type { LogPosition, OffsetRange, TopicPartition } from '@app/engine';
import type { PlacedRecord } from '@app/engine-kafka';

/** A range of a partition that is searched. */
export interface ScanRange extends OffsetRange {
  /** Where the wanted records are below an offset, in order: no other is read there. */
  readonly known?: { readonly below: number; readonly offsets: readonly number[] } | undefined;
}

interface Buffered<T> {
  readonly offset: number;
  readonly timestamp: number;
  readonly wanted: T | null;
}

/** A range that is read from its end to its beginning: what is buffered of it, and what is read next. */
export class Lane<T> implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** Everything from here on has been passed. */
  at: number;
  private readonly from: number;
  /** Below it only the listed offsets are read. */
  private readonly floor: number;
  private readonly listed: readonly number[];
  /** Listed offsets that are not buffered yet are the first so many. */
  private unread: number;
  /** Everything from here up to `at` is buffered. */
  private bufferedFrom: number;
  /** In order of offset: the last comes next. */
  private readonly buffered: Buffered<T>[] = [];
  private lastFill = 0;
  /** Of the offsets that were read last, how many have a record: compaction leaves gaps. */
  private density = 1;

  constructor(
    { topic, partition, from, to, known }: ScanRange,
    /** Records to read next. */
    private chunk: number,
    /** Records to read at once. */
    private readonly most: number,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.from = from;
    this.at = this.bufferedFrom = Math.max(from, to);
    this.floor = Math.min(Math.max(known?.below ?? from, from), this.at);
    this.listed = known?.offsets.filter((offset) => offset >= from && offset < this.floor) ?? [];
    this.unread = this.listed.length;
    if (this.floor === this.at) this.endIfRead();
  }

  /** Nothing is buffered of it, and there is more to read. */
  get isEmpty(): boolean {
    return this.buffered.length === 0 && this.bufferedFrom > this.from;
  }

  /** There is more to read, and little is buffered. */
  get isLow(): boolean {
    return this.bufferedFrom > this.from && this.buffered.length <= this.lastFill / 4;
  }

  /** What is read next are listed offsets. */
  get isListed(): boolean {
    return this.bufferedFrom <= this.floor && this.floor > this.from;
  }

  get remaining(): number {
    return Math.max(0, this.at - this.floor) + this.listed.filter((offset) => offset < this.at).length;
  }

  get next(): Buffered<T> | undefined {
    return this.buffered.at(-1);
  }

  pass(): Buffered<T> {
    const passed = this.buffered.pop()!;
    const next = this.buffered.at(-1);
    this.at = next ? next.offset + 1 : this.bufferedFrom;
    return passed;
  }

  /** The offsets to read next, of a lane that is not listed there. */
  get nextChunk(): { readonly from: number; readonly to: number } {
    const width = Math.ceil(Math.min(this.chunk, this.most) / this.density);
    return { from: Math.max(this.floor, this.bufferedFrom - width), to: this.bufferedFrom };
  }

  /** The listed positions to read next. */
  takeListed(): { readonly positions: readonly LogPosition[]; readonly from: number } {
    const first = Math.max(0, this.unread - Math.min(this.chunk, this.most));
    const offsets = this.listed.slice(first, this.unread);
    this.unread = first;
    const { topic, partition } = this;
    return {
      positions: offsets.map((offset) => ({ topic, partition, offset })),
      from: first === 0 ? this.from : offsets[0]!,
    };
  }

  /** @param read in order of offset: all that is wanted from here on, up to what was read before */
  fill(read: readonly Buffered<T>[], from: number): void {
    if (!this.isListed) this.density = Math.max(read.length / (this.bufferedFrom - from), 1 / 1_000);
    this.buffered.unshift(...read);
    this.bufferedFrom = from;
    this.lastFill = this.buffered.length;
    this.chunk = Math.max(2 * read.length, this.chunk);
    if (this.bufferedFrom === this.floor) this.endIfRead();
    if (this.buffered.length === 0) this.at = this.bufferedFrom;
  }

  private endIfRead(): void {
    if (this.unread === 0) this.bufferedFrom = this.from;
    if (this.buffered.length === 0) this.at = this.bufferedFrom;
  }
}

/** A part of a partition that is being read forwards, of which the last records count. */
export class Chunk implements LogPosition {
  readonly topic: string;
  readonly partition: number;
  /** In order of offset. */
  readonly records: PlacedRecord[] = [];
  /** From here on every record is in it. */
  from: number;
  readonly to: number;
  /** What to read next. */
  offset: number;
  private size = 0;

  constructor(
    { topic, partition }: TopicPartition,
    { from, to }: { readonly from: number; readonly to: number },
    /** Bytes that it may have. */
    private readonly room: number,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.from = this.offset = from;
    this.to = to;
  }

  get isWhole(): boolean {
    return this.offset >= this.to;
  }

  /**
   * @param answered the records from `offset` on that Kafka gave; none when it has none there
   * @returns those that are in the chunk
   */
  take(answered: readonly PlacedRecord[]): readonly PlacedRecord[] {
    const last = answered.at(-1);
    this.offset = last ? Math.min(last.record.offset + 1, this.to) : this.to;
    const taken = answered.filter(({ record }) => record.offset < this.to);
    this.records.push(...taken);
    for (const placed of taken) this.size += bytesOf(placed);
    // The first of them are read once more by a later chunk.
    let dropped = 0;
    for (; this.size > this.room && this.records.length - dropped > 1; dropped++) {
      this.size -= bytesOf(this.records[dropped]!);
      this.from = this.records[dropped]!.record.offset + 1;
    }
    this.records.splice(0, dropped);
    return taken;
  }
}

/** Of a record's key and value. */
export const bytesOf = ({ record: { key, value } }: PlacedRecord): number =>
  (key?.length ?? 0) + (value?.length ?? 0);
