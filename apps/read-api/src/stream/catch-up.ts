import { setTimeout as sleep } from 'node:timers/promises';
import type { LogReader, OffsetRange } from '@app/engine';
import { writeVector, type Vector } from '../common/parameters/offset-vector';
import { Turns } from '../common/shares/turns';
import { changeOf, frameOf, matches, type Change } from './change';
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
/** How long a client may read nothing and keep its turn while others wait for one. */
const GRACE_MS = 500;

/** How a turn of reading the log ended. */
type Replayed =
  | { readonly outcome: 'all' }
  /** The client is gone, or has read nothing for long. */
  | { readonly outcome: 'over' }
  /** Others go on while the client reads what it was sent: true when it did, as `drained` of a client. */
  | { readonly outcome: 'paused'; readonly drained: Promise<boolean> };

/**
 * Tells a client that comes back what it has missed: from memory what is held there, else from the log itself, as
 * far as it is not too much. It reads no faster than the client does.
 */
export class CatchUp {
  /** The log is read for a few at a time: each is a connection of its own. */
  private readonly turns: Turns;

  constructor(
    private readonly log: LogReader,
    private readonly limits: {
      /** Records of the log that one client may have read for it. */
      readonly records: number;
      /** Clients for which the log is read at once. */
      readonly atOnce: number;
    },
    private readonly sent: (changes: number) => void,
  ) {
    this.turns = new Turns({ all: limits.atOnce, waiting: Infinity });
  }

  async run(client: StreamClient, tail: Tail, from: Readonly<Vector>): Promise<CaughtUp> {
    const vector = [...from];
    const { window, ends } = tail;
    if (vector.some((offset, place) => offset > Math.max(ends[place]!, window.read[place]!)))
      return { outcome: 'reset', reason: 'another-log' };
    const deadline = performance.now() + PATIENCE_MS;
    for (let left = this.limits.records; !client.isOver && !tail.isStopped;) {
      const missing = missingRanges(tail, vector);
      if (missing.length > 0) {
        left -= recordsIn(missing);
        if (left < 0) return { outcome: 'reset', reason: 'too-old' };
        const replayed = await this.inTurn(client, () => this.replay(client, tail, vector, missing));
        if (replayed.outcome === 'over') break;
        if (replayed.outcome === 'all') continue;
        if (!(await replayed.drained)) break;
        left += recordsIn(unreadOf(missing, tail, vector));
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

  private async replay(
    client: StreamClient,
    tail: Tail,
    vector: Vector,
    ranges: readonly OffsetRange[],
  ): Promise<Replayed> {
    const over = new AbortController();
    let ended: Replayed = { outcome: 'all' };
    const end = (how: Replayed): void => {
      ended = how;
      over.abort();
    };
    client.onGone(() => end({ outcome: 'over' }));
    if (client.isOver) return { outcome: 'over' };
    try {
      await this.log.read(
        ranges,
        async ({ topic, partition, nextOffset, records }) => {
          if (over.signal.aborted) return;
          const place = tail.places.indexOf(topic, partition)!;
          const changes = records.map((record) => changeOf(topic, partition, place, record));
          this.send(
            client,
            tail,
            vector,
            changes.filter((change): change is Change => change !== null && !tail.erased.hides(change)),
          );
          vector[place] = nextOffset;
          const drained = client.drained();
          const known = await this.whileNobodyWaits(drained);
          if (known === null) end({ outcome: 'paused', drained });
          else if (!known) end({ outcome: 'over' });
        },
        over.signal,
      );
    } catch (error) {
      if (!over.signal.aborted) throw error;
    }
    return ended;
  }

  /** Null when it is not settled and others wait for a turn. */
  private async whileNobodyWaits(drained: Promise<boolean>): Promise<boolean | null> {
    for (;;) {
      const waited = new AbortController();
      const late = sleep(GRACE_MS, null, { signal: waited.signal, ref: false }).catch(() => null);
      const known = await Promise.race([drained, late]);
      waited.abort();
      if (known !== null || this.turns.waiting > 0) return known;
    }
  }

  private send(client: StreamClient, tail: Tail, vector: Vector, changes: readonly Change[]): void {
    let [text, count] = ['', 0];
    for (const change of changes) {
      vector[change.place] = change.offset + 1;
      if (!matches(client.filter, change)) continue;
      text += frameOf(change, writeVector(vector, tail.places.counts));
      count++;
    }
    if (count === 0) return;
    client.send(text);
    this.sent(count);
  }

  private async inTurn(client: StreamClient, work: () => Promise<Replayed>): Promise<Replayed> {
    const turn = await this.turns.take(client.token.tokenKey);
    // The queue has no bound and no deadline: places of streams bound who waits.
    if ('why' in turn) throw new Error(turn.why);
    try {
      return client.isOver ? { outcome: 'over' } : await work();
    } finally {
      turn.giveBack();
    }
  }
}

const recordsIn = (ranges: readonly OffsetRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from, 0);

function unreadOf(ranges: readonly OffsetRange[], { places }: Tail, vector: Readonly<Vector>): OffsetRange[] {
  return ranges.map((range) => {
    const next = vector[places.indexOf(range.topic, range.partition)!]!;
    return { ...range, from: Math.min(next, range.to) };
  });
}

function missingRanges({ window, places }: Tail, vector: Readonly<Vector>): OffsetRange[] {
  return places.all.flatMap((place, i) =>
    vector[i]! < window.from[i]! ? [{ ...place, from: vector[i]!, to: window.from[i]! }] : [],
  );
}
