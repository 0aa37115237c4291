import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { JIMER_ERASED } from '@app/catalog';
import type { LogReader, RecordBatch } from '@app/engine';
import type { Logger } from '@app/platform';
import type { LogTail } from '../common/log-tail/log-tail';
import type { Vector } from '../common/parameters/offset-vector';
import { changeOf, type Change } from './change';
import { ErasedJimers, type ErasedJimer } from './erased';
import { Places, STREAMED_TOPICS } from './places';
import type { Shown } from './shown';
import { Window } from './window';

export interface TailParts {
  readonly log: Pick<LogReader, 'bounds'>;
  readonly tail: Pick<LogTail, 'follow'>;
  readonly shown: () => Promise<readonly Shown[]>;
  readonly erased: () => Promise<readonly ErasedJimer[]>;
  readonly logger: Logger;
  /** How many changes are held for those who come back. */
  readonly held: number;
  /** What the read models show from now on, in order. */
  readonly released: (tail: Tail, changes: Iterable<Change>) => void;
  /** The topics are not those that it began with: it has stopped. */
  readonly outdated: (why: 'more partitions' | 'another log') => void;
}

/** What may be read ahead of the read models; then reading waits for them. */
const MOST_PENDING = 20_000;
const MOST_AT_ONCE = 500;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;
const RETRY_MS = 1_000;

/**
 * Follows the log for all clients of the process, and tells of a change once every projection that
 * reads its partition has committed it: whoever hears of it finds it in the read models.
 */
export class Tail {
  private readonly stopping = new AbortController();
  private readonly finished: Promise<void>;
  private furthest = new Map<number, number>();
  private looking: Promise<void> | null = null;
  private moved = Promise.withResolvers<void>();

  private constructor(
    private readonly parts: TailParts,
    readonly places: Places,
    readonly window: Window,
    /** Where the log ended at the start. */
    readonly ends: Readonly<Vector>,
    readonly erased: ErasedJimers,
  ) {
    const from = places.all.map((place, i) => ({ ...place, offset: window.read[i]! }));
    this.finished = parts.tail.follow(from, (batch) => this.take(batch), this.stopping.signal);
  }

  /** @throws when the log or the database does not answer */
  static async open(parts: TailParts): Promise<Tail> {
    const [bounds, shown, erased] = await Promise.all([
      parts.log.bounds(STREAMED_TOPICS),
      parts.shown(),
      parts.erased(),
    ]);
    const places = new Places(
      STREAMED_TOPICS.map((topic) => bounds.filter((each) => each.topic === topic).length),
    );
    const told = vectorOf(places, shown);
    const back = Math.floor(parts.held / places.all.length);
    const start = bounds.map(({ low, high }, place) => Math.max(low, Math.min(told[place]!, high) - back));
    const ends = bounds.map(({ high }) => high);
    const from = told.map((next, place) => Math.min(next, ends[place]!));
    return new Tail(parts, places, new Window(start, from, parts.held), ends, new ErasedJimers(erased));
  }

  /** Resolves when something was read or released, or it stops. */
  get progress(): Promise<void> {
    return this.moved.promise;
  }

  get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  async stop(): Promise<void> {
    this.halt();
    await this.finished;
  }

  /** Releases what the read models show by now. */
  look(): Promise<void> {
    return (this.looking ??= this.release().finally(() => {
      this.looking = null;
      // What was read between its last look and now.
      if (!this.window.isLevel && !this.isStopped) void this.look();
    }));
  }

  private halt(): void {
    this.stopping.abort();
    this.move();
  }

  private async take({ topic, partition, nextOffset, records }: RecordBatch): Promise<void> {
    const place = this.places.indexOf(topic, partition)!;
    const changes: Change[] = [];
    for (const record of records) {
      const change = changeOf(topic, partition, place, record);
      if (!change) continue;
      if (change.event === JIMER_ERASED && this.erased.add(change))
        this.window.forget((held) => this.erased.hides(held));
      changes.push(change);
    }
    const told = changes.filter((change) => !this.erased.hides(change));
    this.window.append(place, nextOffset, told);
    this.move();
    void this.look();
    while (this.window.pending > MOST_PENDING && !this.isStopped) await this.progress;
  }

  /** Until everything that was read is told. Never throws. */
  private async release(): Promise<void> {
    const { signal } = this.stopping;
    for (let pause = FIRST_PAUSE_MS; !signal.aborted;) {
      let wait = pause;
      try {
        const shown = await this.parts.shown();
        if (signal.aborted || this.isOutdated(shown)) return;
        await this.tell(vectorOf(this.places, shown));
      } catch (error) {
        this.parts.logger.warn({ reason: String(error) }, 'the stream cannot tell what the read models show');
        wait = RETRY_MS;
      }
      if (this.window.isLevel) return;
      await sleep(wait, null, { signal }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** A piece at a time, so that what waits for a client is looked at between. */
  private async tell(shown: Readonly<Vector>): Promise<void> {
    for (let told = MOST_AT_ONCE; told === MOST_AT_ONCE && !this.isStopped; await nextTurn()) {
      const { pending } = this.window;
      this.parts.released(this, this.window.release(shown, MOST_AT_ONCE));
      told = pending - this.window.pending;
      this.move();
    }
  }

  private isOutdated(shown: readonly Shown[]): boolean {
    for (const { topic, partition, furthest } of shown) {
      const place = this.places.indexOf(topic, partition);
      const before = place === undefined ? 0 : (this.furthest.get(place) ?? 0);
      if (place !== undefined && furthest >= before) {
        this.furthest.set(place, furthest);
        continue;
      }
      this.halt();
      // No projection is where one was before: they have begun again, with a log that is made anew.
      this.parts.outdated(place === undefined ? 'more partitions' : 'another log');
      return true;
    }
    return false;
  }

  private move(): void {
    const { resolve } = this.moved;
    this.moved = Promise.withResolvers<void>();
    resolve();
  }
}

function vectorOf(places: Places, shown: readonly Shown[]): Vector {
  const vector = places.all.map(() => 0);
  for (const { topic, partition, next } of shown) {
    const place = places.indexOf(topic, partition);
    if (place !== undefined) vector[place] = next ?? 0;
  }
  return vector;
}
