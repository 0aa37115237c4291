import { setTimeout as sleep } from 'node:timers/promises';
import type { LogReader, OffsetRange } from '@app/engine';
import { changeOf, frameOf, matches, type Change } from './change';
import { writeId } from './event-id';
import type { Vector } from './places';
import type { StreamClient } from './stream-client';
import type { Tail } from './tail';

export type CaughtUp =
  /** Nothing is missing: from now on it is told live. */
  | { readonly outcome: 'level' }
  /** It has left, or the log is not followed any more. */
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'too-slow' }
  /** It cannot go on where it was: it has to read anew what it shows. */
  | { readonly outcome: 'reset'; readonly reason: 'too-old' | 'another-log' };

const CHUNK = 500;
/** How long the end of the log may take to be read once more after a start. */
const PATIENCE_MS = 15_000;

/**
 * Tells a client that comes back what it has missed: from memory what is held there, else from the log itself, as
 * far as it is not too much. It reads no faster than the client does.
 */
export class CatchUp {
  private reading = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly log: LogReader,
    private readonly limits: {
      /** Records of the log that one client may have read for it. */
      readonly records: number;
      /** Clients for which the log is read at once. */
      readonly atOnce: number;
    },
    private readonly sent: (changes: number) => void,
  ) {}

  async run(client: StreamClient, tail: Tail, from: Readonly<Vector>): Promise<CaughtUp> {
    const vector = [...from];
    const { window, ends } = tail;
    if (vector.some((offset, place) => offset > Math.max(ends[place]!, window.read[place]!)))
      return { outcome: 'reset', reason: 'another-log' };
    const deadline = performance.now() + PATIENCE_MS;
    for (let left = this.limits.records; !client.isOver && !tail.isStopped;) {
      const missing = missingRanges(tail, vector);
      if (missing.length > 0) {
        left -= missing.reduce((sum, range) => sum + range.to - range.from, 0);
        if (left < 0) return { outcome: 'reset', reason: 'too-old' };
        const taken = await this.inTurn(client, () => this.replay(client, tail, vector, missing));
        if (!taken) break;
        continue;
      }
      if (vector.some((offset, place) => Math.max(offset, window.read[place]!) < window.told[place]!)) {
        if (performance.now() > deadline) return { outcome: 'reset', reason: 'too-old' };
        await Promise.race([tail.progress, sleep(1_000, null, { ref: false })]);
        continue;
      }
      const found = window.since(vector, CHUNK);
      this.send(client, tail, vector, found);
      // In the same turn: nothing is released between this look and the first change that it is told live.
      if (found.length < CHUNK) return { outcome: 'level' };
      if (!(await client.drained())) break;
    }
    return { outcome: client.isOver || tail.isStopped ? 'gone' : 'too-slow' };
  }

  /** Whether the client has taken it all. */
  private async replay(
    client: StreamClient,
    tail: Tail,
    vector: Vector,
    ranges: readonly OffsetRange[],
  ): Promise<boolean> {
    const over = new AbortController();
    client.onGone(() => over.abort());
    if (client.isOver) return false;
    try {
      await this.log.read(
        ranges,
        async ({ topic, partition, nextOffset, records }) => {
          const place = tail.places.indexOf(topic, partition)!;
          const changes = records.map((record) => changeOf(topic, partition, place, record));
          this.send(
            client,
            tail,
            vector,
            changes.filter((change): change is Change => change !== null && !tail.erased.hides(change)),
          );
          vector[place] = nextOffset;
          if (!(await client.drained())) over.abort();
        },
        over.signal,
      );
    } catch (error) {
      if (!over.signal.aborted) throw error;
    }
    return !over.signal.aborted;
  }

  private send(client: StreamClient, tail: Tail, vector: Vector, changes: readonly Change[]): void {
    let [text, count] = ['', 0];
    for (const change of changes) {
      vector[change.place] = change.offset + 1;
      if (!matches(client.filter, change)) continue;
      text += frameOf(change, writeId(vector, tail.places.counts));
      count++;
    }
    if (count === 0) return;
    client.send(text);
    this.sent(count);
  }

  /** The log is read for a few at a time: each is a consumer of its own. */
  private async inTurn(client: StreamClient, work: () => Promise<boolean>): Promise<boolean> {
    if (this.reading >= this.limits.atOnce) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.reading++;
    try {
      return !client.isOver && (await work());
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.reading--;
    }
  }
}

function missingRanges({ window, places }: Tail, vector: Readonly<Vector>): OffsetRange[] {
  return places.all.flatMap((place, i) =>
    vector[i]! < window.from[i]! ? [{ ...place, from: vector[i]!, to: window.from[i]! }] : [],
  );
}
