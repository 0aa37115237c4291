import { setImmediate as nextTurn } from 'node:timers/promises';
import { partitionKey, type LogPosition } from '@app/engine';
import type { PlacedRecord } from '@app/engine-kafka';
import { bytesOf, Chunk, Lane, type ScanRange } from './scan-lane';

export interface ScanLimits {
  /** Records that one scan reads, and their bytes. */
  readonly records: number;
  readonly bytes: number;
  /** After so long it reads no more. */
  readonly milliseconds: number;
  /** Records in memory at once. */
  readonly buffered: number;
  /** Bytes of them, for all partitions together. */
  readonly bufferedBytes: number;
}

export interface ScanParts<T> {
  /** The records from these positions on, as many as an answer holds: at least one of each that has any. */
  readonly from: (positions: readonly LogPosition[], bytes: number) => Promise<readonly PlacedRecord[]>;
  /** The records at these positions, in any order; without those that the log does not hold. */
  readonly at: (positions: readonly LogPosition[]) => Promise<readonly PlacedRecord[]>;
  /** What is wanted of the records, in their order; null for what is not. */
  readonly select: (records: readonly PlacedRecord[]) => Promise<readonly (T | null)[]>;
  readonly limits: ScanLimits;
  readonly signal: AbortSignal;
}

/** Room for one record, where nothing is known of how large they are. */
const RECORD_BYTES = 2_048;
const LEAST_BYTES = 16 * 1024;
const MOST_BYTES = 1 << 20;
const SELECTED_AT_ONCE = 500;
/** Records of a partition that are read at once: larger chunks take longer for each record. */
const LARGEST_CHUNK = 2_000;

/**
 * Reads ranges of partitions together, newest first: of one partition in falling order of offset, and of several the
 * record next that was appended last. Kafka reads only forwards, so each range is read in chunks that begin further
 * and further back. It stops where its limits are reached; `offsets` then says where another scan goes on.
 */
export class BackwardScan<T> {
  /** Records that were read. */
  scanned = 0;
  private bytes = 0;
  private readonly began = performance.now();
  private readonly lanes: readonly Lane<T>[];
  private oldest: number | null = null;

  /** @param firstChunk records of each range that are read first; later chunks are larger */
  constructor(
    ranges: readonly ScanRange[],
    private readonly parts: ScanParts<T>,
    firstChunk: number,
  ) {
    const share = Math.floor(parts.limits.buffered / Math.max(1, ranges.length));
    const most = Math.max(1, Math.min(share, LARGEST_CHUNK));
    this.lanes = ranges.map((range) => new Lane<T>(range, firstChunk, most));
  }

  /** Per range, in their order: everything from here on has been passed. */
  get offsets(): readonly number[] {
    return this.lanes.map(({ at }) => at);
  }

  /** When the record was appended that was passed last; null before the first. */
  get passedTo(): number | null {
    return this.oldest;
  }

  /** Records that are not passed yet, at most. */
  get remaining(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.remaining, 0);
  }

  /**
   * The next that is wanted; null when all is read, or as much as the limits allow.
   *
   * @throws what reading throws, and the signal's reason once it is aborted
   */
  async next(): Promise<T | null> {
    for (;;) {
      this.skip();
      if (this.lanes.some(({ isEmpty }) => isEmpty)) {
        if (this.isAtLimit) return null;
        await this.refill();
        continue;
      }
      const lane = this.newest();
      return lane ? this.pass(lane) : null;
    }
  }

  /** Passes what is buffered and not wanted. */
  skip(): void {
    while (!this.lanes.some(({ isEmpty }) => isEmpty)) {
      const lane = this.newest();
      if (!lane || lane.next!.wanted !== null) return;
      this.pass(lane);
    }
  }

  private get isAtLimit(): boolean {
    const { records, bytes, milliseconds } = this.parts.limits;
    const isLate = performance.now() - this.began >= milliseconds;
    return this.scanned >= records || this.bytes >= bytes || isLate;
  }

  private newest(): Lane<T> | null {
    let newest: Lane<T> | null = null;
    for (const lane of this.lanes)
      if (lane.next && (!newest || lane.next.timestamp > newest.next!.timestamp)) newest = lane;
    return newest;
  }

  private pass(lane: Lane<T>): T | null {
    const { wanted, timestamp } = lane.pass();
    this.oldest = timestamp;
    return wanted;
  }

  private async refill(): Promise<void> {
    // Those that will be empty soon are filled on the way: partitions run out one after the other.
    const low = this.lanes.filter(({ isLow }) => isLow);
    const [listed, ranges] = [true, false].map((isListed) =>
      low.filter((lane) => lane.isListed === isListed),
    );
    for (const { lane, records, from } of [
      ...(await this.readListed(listed!)),
      ...(await this.readRanges(ranges!)),
    ]) {
      const wanted = await this.select(records);
      const read = records.map(({ record: { offset, timestamp } }, i) => ({
        offset,
        timestamp,
        wanted: wanted[i]!,
      }));
      lane.fill(read, from);
    }
  }

  private async select(records: readonly PlacedRecord[]): Promise<(T | null)[]> {
    const wanted: (T | null)[] = [];
    for (let at = 0; at < records.length; at += SELECTED_AT_ONCE) {
      // Other requests are served between.
      if (at > 0) await nextTurn();
      this.parts.signal.throwIfAborted();
      wanted.push(...(await this.parts.select(records.slice(at, at + SELECTED_AT_ONCE))));
    }
    return wanted;
  }

  private async readListed(lanes: readonly Lane<T>[]): Promise<Read<T>[]> {
    if (lanes.length === 0) return [];
    this.parts.signal.throwIfAborted();
    const asked = lanes.map((lane) => ({ lane, ...lane.takeListed() }));
    const found = await this.parts.at(asked.flatMap(({ positions }) => positions));
    this.count(found);
    const byLane = Map.groupBy(found, partitionKey);
    return asked.map(({ lane, from }) => {
      const records = byLane.get(partitionKey(lane)) ?? [];
      return { lane, from, records: records.toSorted((a, b) => a.record.offset - b.record.offset) };
    });
  }

  /** The next chunk of each lane; shorter than wanted where it has more bytes than there is room for. */
  private async readRanges(lanes: readonly Lane<T>[]): Promise<Read<T>[]> {
    const room = this.parts.limits.bufferedBytes / this.lanes.length;
    const average = this.scanned > 0 ? this.bytes / this.scanned : RECORD_BYTES;
    const chunks = lanes.map((lane) => ({ lane, chunk: new Chunk(lane, lane.nextChunk, room) }));
    for (;;) {
      const open = chunks.map(({ chunk }) => chunk).filter(({ isWhole }) => !isWhole);
      if (open.length === 0)
        return chunks.map(({ lane, chunk: { records, from } }) => ({ lane, records, from }));
      this.parts.signal.throwIfAborted();
      const widest = Math.max(...open.map(({ offset, to }) => to - offset));
      const bytes = Math.min(Math.max(widest * average * 1.25, LEAST_BYTES), MOST_BYTES);
      const found = Map.groupBy(await this.parts.from(open, Math.ceil(bytes)), partitionKey);
      for (const chunk of open) this.count(chunk.take(found.get(partitionKey(chunk)) ?? []));
    }
  }

  private count(read: readonly PlacedRecord[]): void {
    this.scanned += read.length;
    for (const placed of read) this.bytes += bytesOf(placed);
  }
}

interface Read<T> {
  readonly lane: Lane<T>;
  readonly records: readonly PlacedRecord[];
  /** From here on, up to what was read before, no other record is wanted. */
  readonly from: number;
}
