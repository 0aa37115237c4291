import type { Change } from './change';
import type { Vector } from '../common/parameters/offset-vector';

/**
 * The newest changes of the log, in memory: those that are told already, in the order in which they were, and those
 * that the read models do not show yet. Pure.
 */
export class Window {
  /** The next offset to read, per place. */
  readonly read: Vector;
  /** Everything before it is told. */
  readonly told: Vector;
  /** Everything from it up to `told` is held. */
  private readonly held: Vector;
  private readonly waiting: Change[][];
  private changes: Change[] = [];
  private first = 0;

  /**
   * @param start where reading begins
   * @param told up to where the read models show the log already; what is read below it is held, not told
   * @param capacity how many changes are held
   */
  constructor(
    start: Readonly<Vector>,
    told: Readonly<Vector>,
    private readonly capacity: number,
  ) {
    this.read = [...start];
    this.told = told.map((offset, place) => Math.max(offset, start[place]!));
    this.held = [...start];
    this.waiting = start.map(() => []);
  }

  /** How many changes were read that are not told. */
  get pending(): number {
    return this.waiting.reduce((sum, changes) => sum + changes.length, 0);
  }

  /** Whether everything that was read is told. */
  get isLevel(): boolean {
    return this.read.every((offset, place) => offset <= this.told[place]!);
  }

  /** Takes what was read of a place next. */
  append(place: number, nextOffset: number, changes: readonly Change[]): void {
    // Below `told` only right after the start, when what was told before is read once more.
    const known = this.told[place]!;
    for (const change of changes)
      if (change.offset < known) this.hold(change);
      else this.waiting[place]!.push(change);
    this.read[place] = nextOffset;
    this.evict();
  }

  /**
   * What may be told now, in order. Before each change, `told` stands where a reader who has seen all before it
   * goes on; after the last, at the end of what was released.
   *
   * @param shown up to where the read models show the log
   * @param limit of how many at most
   */
  *release(shown: Readonly<Vector>, limit = Infinity): Generator<Change> {
    let left = limit;
    for (let place = 0; place < this.read.length; place++) {
      const end = Math.min(shown[place] ?? 0, this.read[place]!);
      const waiting = this.waiting[place]!;
      const later = waiting.findIndex(({ offset }) => offset >= end);
      const ready = later < 0 ? waiting.length : later;
      const released = waiting.splice(0, Math.min(ready, left));
      for (const change of released) {
        this.told[place] = change.offset + 1;
        this.hold(change);
        yield change;
      }
      left -= released.length;
      if (released.length < ready) break;
      this.told[place] = Math.max(this.told[place]!, end);
    }
    this.evict();
  }

  /** Per place, from where on what was told is held. */
  get from(): Readonly<Vector> {
    return this.held;
  }

  /** The told changes that a reader at `vector` has not seen, at most so many. `vector` must not be before `from`. */
  since(vector: Readonly<Vector>, limit: number): Change[] {
    const found: Change[] = [];
    for (let i = this.first; i < this.changes.length && found.length < limit; i++) {
      const change = this.changes[i]!;
      if (change.offset >= vector[change.place]!) found.push(change);
    }
    return found;
  }

  /** Gives up changes, told or not, as if they had not been. */
  forget(isGone: (change: Change) => boolean): void {
    const stays = (change: Change): boolean => !isGone(change);
    this.changes = this.changes.slice(this.first).filter(stays);
    this.first = 0;
    this.waiting.forEach((changes, place) => (this.waiting[place] = changes.filter(stays)));
  }

  private hold(change: Change): void {
    this.changes.push(change);
  }

  private evict(): void {
    while (this.changes.length - this.first > this.capacity) {
      const { place, offset } = this.changes[this.first++]!;
      this.held[place] = offset + 1;
    }
    // Moved at times, not at every eviction.
    if (this.first > this.capacity) {
      this.changes = this.changes.slice(this.first);
      this.first = 0;
    }
  }
}
