import { partitionKey, type LogPosition, type OffsetRange, type RecordBatch } from '@app/engine';

/** Whoever follows the log: what was handed over to it, and whether it is with the tail. */
export class Follower {
  /** The next offset to hand over, by partition. */
  private readonly at: Map<string, number>;
  private busy: Promise<void> | null = null;
  /** Ends its time with the tail; null while it reads for itself. */
  private leave: (() => void) | null = null;
  private reads = 0;
  /** Settles once it has read the rest that it is behind; null while it has more to read, or nothing. */
  joining: Promise<void> | null = null;
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

  /** What it has to read for itself to be where the tail is. */
  missing(tail: ReadonlyMap<string, OffsetRange>): OffsetRange[] {
    return this.from.flatMap(({ topic, partition }) => {
      const key = partitionKey({ topic, partition });
      const [from, to] = [this.at.get(key)!, tail.get(key)?.from ?? 0];
      return from < to ? [{ topic, partition, from, to }] : [];
    });
  }

  /** Waits for what it reads for itself. The tail waits for the second such read and later ones, which are short. */
  async join(reading: Promise<void>): Promise<void> {
    if (this.reads++ > 0) this.joining = reading.catch(() => undefined);
    try {
      await reading;
    } finally {
      this.joining = null;
    }
  }

  /** With the tail, from this turn on, until it falls behind. */
  async live(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.reads = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.leave = resolve;
    const leave = (): void => this.fall();
    signal.addEventListener('abort', leave);
    await promise;
    signal.removeEventListener('abort', leave);
    await this.busy;
  }

  fall(): void {
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
