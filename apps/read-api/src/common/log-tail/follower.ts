import {
  partitionKey,
  type LogPosition,
  type OffsetRange,
  type RecordBatch,
  type TopicPartition,
} from '@app/engine';

/** A follower of the log. It knows what was handed over to it, and whether it is with the tail. */
export class Follower {
  /** The next offset to hand over, by partition. */
  private readonly at: Map<string, number>;
  private busy: Promise<void> | null = null;
  /** Ends its time with the tail; null while it reads for itself. */
  private leave: (() => void) | null = null;
  private reads = 0;
  private joining: Promise<void> | null = null;
  private settle: () => void = () => undefined;
  /** Whether the tail was compared with the log since it began to follow. */
  isAtHome = false;
  isRefused = false;
  refusal: unknown;

  constructor(
    private readonly from: readonly LogPosition[],
    private readonly take: (batch: RecordBatch) => Promise<void>,
  ) {
    this.at = new Map(from.map((position) => [partitionKey(position), position.offset]));
  }

  /** @throws when the log has not all that it follows */
  assertIn(bounds: readonly TopicPartition[]): void {
    const known = new Set(bounds.map(partitionKey));
    const lacking = this.from.map(partitionKey).filter((key) => !known.has(key));
    if (lacking.length > 0) throw new Error(`the log has no ${lacking.join(', ')}`);
  }

  /** What it has to read for itself to be where the tail is. */
  missing(tail: ReadonlyMap<string, OffsetRange>): OffsetRange[] {
    return this.from.flatMap(({ topic, partition }) => {
      const key = partitionKey({ topic, partition });
      const [from, to] = [this.at.get(key)!, tail.get(key)?.from ?? 0];
      return from < to ? [{ topic, partition, from, to }] : [];
    });
  }

  /** It begins to read for itself: the second such read and later ones are short. */
  behind(): void {
    this.settled();
    if (this.reads++ === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    [this.joining, this.settle] = [promise, resolve];
  }

  /**
   * Settles once its short read has brought it to the tail, or has not: it reads once more, has failed or has left.
   * Null where there is no such read, or it was given before: the others do not wait for one that takes its time.
   */
  arrival(): Promise<void> | null {
    const { joining } = this;
    this.joining = null;
    return joining;
  }

  /** The tail has to wait for it no longer. */
  settled(): void {
    this.settle();
  }

  /** With the tail, from this turn on, until it falls behind. */
  async live(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.reads = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.leave = resolve;
    this.settled();
    const leave = (): void => this.fall();
    signal.addEventListener('abort', leave);
    await promise;
    signal.removeEventListener('abort', leave);
    await this.busy;
  }

  fall(): void {
    this.settled();
    this.leave?.();
    this.leave = null;
  }

  /** A batch of the tail; null when it is not with the tail, or is so no more since it takes one still. */
  tell(batch: RecordBatch): Promise<void> | null {
    if (!this.leave || !this.at.has(partitionKey(batch))) return null;
    if (this.busy) {
      this.fall();
      return null;
    }
    this.busy = this.hand(batch)
      .catch(() => this.fall())
      .finally(() => (this.busy = null));
    return this.busy;
  }

  /** @throws what `take` throws, which is kept as the refusal */
  async hand(batch: RecordBatch): Promise<void> {
    const key = partitionKey(batch);
    const at = this.at.get(key)!;
    if (batch.nextOffset <= at) return;
    const isWhole = batch.fromOffset === at;
    const records = isWhole ? batch.records : batch.records.filter(({ offset }) => offset >= at);
    try {
      await this.take({ ...batch, fromOffset: at, records });
    } catch (error) {
      [this.isRefused, this.refusal] = [true, error];
      throw error;
    }
    this.at.set(key, batch.nextOffset);
  }
}
