import { setTimeout as sleep } from 'node:timers/promises';
import {
  partitionKey,
  type LogPosition,
  type LogReader,
  type OffsetRange,
  type RecordBatch,
} from '@app/engine';
import type { Logger } from '@app/platform';
import { Follower } from './follower';

const RETRY_MS = 1_000;
/** How long the others wait for a follower that takes a batch, or that is about to join them. */
const PATIENCE_MS = 1_000;

/**
 * Reads the end of the log once for all who follow it, while anybody does. Whoever begins earlier, or takes longer
 * than the others, reads for himself up to where the tail is, and joins it there.
 */
export class LogTail {
  /** The next offset that the tail hands over, by partition. */
  private at = new Map<string, OffsetRange>();
  private reading: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null;
  private opening: Promise<void> = Promise.resolve();
  private readonly followers = new Set<Follower>();

  constructor(
    private readonly log: LogReader,
    private readonly topics: readonly string[],
    private readonly logger: Logger,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /**
   * Hands over everything from these positions on, in batches that join, one at a time. It resolves once the signal is
   * aborted, and waits for a log that does not answer.
   *
   * @param from a position of each partition that is followed
   * @throws what `take` throws
   */
  async follow(
    from: readonly LogPosition[],
    take: (batch: RecordBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const follower = new Follower(from, take);
    this.followers.add(follower);
    while (!signal.aborted && !follower.isRefused) await this.advance(follower, signal);
    this.followers.delete(follower);
    follower.settled();
    if (this.followers.size === 0) await this.stop();
    if (follower.isRefused) throw follower.refusal;
  }

  /** Until the follower has fallen behind the tail, or has to be asked again. */
  private async advance(follower: Follower, signal: AbortSignal): Promise<void> {
    try {
      await unlessAborted(this.reachTo(follower), signal);
      const missing = follower.missing(this.at);
      if (missing.length === 0) return await follower.live(signal);
      follower.behind();
      await this.log.read(missing, (batch) => follower.hand(batch), signal);
    } catch (error) {
      follower.settled();
      if (signal.aborted || follower.isRefused) return;
      this.logger.warn({ reason: String(error) }, 'the log does not answer those who follow it');
      await sleep(RETRY_MS, null, { signal }).catch(() => undefined);
    }
  }

  /** Begins the tail, and again where it cannot reach what the follower asks for: new partitions, or another log. */
  private reachTo(follower: Follower): Promise<void> {
    return (this.opening = this.opening
      .catch(() => undefined)
      .then(async () => {
        if (this.reading && follower.isAtHome) return;
        const before = new Map(this.at);
        const bounds = await this.log.bounds(this.topics);
        follower.assertIn(bounds);
        follower.isAtHome = true;
        const isReached = bounds.every(
          (each) => (before.get(partitionKey(each))?.from ?? Infinity) <= each.high,
        );
        if (this.reading && isReached) return;
        await this.stop();
        if (this.followers.size === 0) return;
        this.at = new Map(
          bounds.map(({ topic, partition, high }) => [
            partitionKey({ topic, partition }),
            { topic, partition, from: high, to: Number.MAX_SAFE_INTEGER },
          ]),
        );
        const stop = new AbortController();
        this.reading = { stop, ended: this.read(stop.signal) };
      }));
  }

  private async read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted)
      try {
        await this.log.read([...this.at.values()], (batch) => this.take(batch), signal);
      } catch (error) {
        if (signal.aborted) return;
        this.logger.warn({ reason: String(error) }, 'the tail of the log is lost, and looked for');
        await sleep(RETRY_MS, null, { signal }).catch(() => undefined);
      }
  }

  private async take(batch: RecordBatch): Promise<void> {
    // Otherwise, followers that have nearly caught up would find that the tail has moved on each time.
    await this.inTime([...this.followers].map((follower) => follower.arrival()));
    const key = partitionKey(batch);
    this.at.set(key, { ...this.at.get(key)!, from: batch.nextOffset });
    await this.inTime([...this.followers].map((follower) => follower.tell(batch)));
  }

  private async inTime(work: readonly (Promise<void> | null)[]): Promise<void> {
    const awaited = work.filter((each) => each !== null);
    if (awaited.length === 0) return;
    const late = new AbortController();
    await Promise.race([
      Promise.allSettled(awaited),
      sleep(this.patienceMs, null, { signal: late.signal, ref: false }).catch(() => undefined),
    ]);
    late.abort();
  }

  private async stop(): Promise<void> {
    const { reading } = this;
    this.reading = null;
    for (const follower of this.followers) follower.fall();
    reading?.stop.abort();
    await reading?.ended;
  }
}

/** Waits no longer than the signal lets it. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const abort = (): void => resolve();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
