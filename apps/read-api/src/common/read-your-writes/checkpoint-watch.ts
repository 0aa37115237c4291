import { setTimeout as sleep } from 'node:timers/promises';
import { partitionKey, type LogPosition } from '@app/engine';

/** A position that a projection must have passed. */
export interface Awaited extends LogPosition {
  readonly projection: string;
}

/** What the watch needs of the database. */
export interface Checkpoints {
  planned<T>(sql: string, parameters: readonly unknown[]): Promise<T[]>;
}

interface Wait {
  /** By partition of a projection, the offset that is to be passed. */
  readonly open: Map<string, number>;
  finish(passed: boolean): void;
  fail(error: Error): void;
}

/** A partition of a projection that somebody waits for. */
interface Watched extends Omit<Awaited, 'offset'> {
  readonly waits: Set<Wait>;
  /** Its checkpoint, as it was read last. */
  next: number | null;
}

type Checkpoint = Omit<Awaited, 'offset'> & { readonly next: number };

/** Between two reads: a part of what the newest has waited, so that nobody waits much longer than need be. */
const PART_OF_WAIT = 1 / 10;
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 25;

/**
 * Waits for checkpoints to pass positions. However many requests wait for however many positions, one query at a time
 * reads one number per partition and projection, only those that have changed are compared, and none runs while nobody
 * waits.
 */
export class CheckpointWatch {
  private readonly waits = new Set<Wait>();
  private readonly watched = new Map<string, Watched>();
  /** Waits that came after the last read began. */
  private fresh: Wait[] = [];
  private newest = 0;
  private running = false;

  constructor(private readonly database: Checkpoints) {}

  /**
   * True once every position is passed by its projection's active generation; false after `timeout`
   * milliseconds.
   *
   * @param signal ends the wait with its reason
   * @throws what the database throws: then nothing is known
   */
  passed(positions: readonly Awaited[], timeout: number, signal?: AbortSignal): Promise<boolean> {
    if (positions.length === 0) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(late);
        signal?.removeEventListener('abort', abandon);
        this.forget(wait);
      };
      const wait: Wait = {
        open: new Map(),
        finish: (passed) => {
          end();
          resolve(passed);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const late = setTimeout(() => wait.finish(false), timeout);
      const abandon = (): void => wait.fail(signal?.reason as Error);
      signal?.addEventListener('abort', abandon);
      this.add(wait, positions);
      this.newest = performance.now();
      if (!this.running) void this.run();
    });
  }

  private add(wait: Wait, positions: readonly Awaited[]): void {
    for (const { projection, topic, partition, offset } of positions) {
      const key = keyOf({ projection, topic, partition });
      wait.open.set(key, Math.max(offset, wait.open.get(key) ?? 0));
      const watched = this.watched.get(key) ?? { projection, topic, partition, waits: new Set(), next: null };
      watched.waits.add(wait);
      this.watched.set(key, watched);
    }
    this.waits.add(wait);
    this.fresh.push(wait);
  }

  private forget(wait: Wait): void {
    this.waits.delete(wait);
    for (const key of wait.open.keys()) this.leave(wait, key);
  }

  private leave(wait: Wait, key: string): void {
    const watched = this.watched.get(key);
    watched?.waits.delete(wait);
    if (watched?.waits.size === 0) this.watched.delete(key);
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.waits.size > 0) {
        await this.look();
        if (this.waits.size > 0) await sleep(this.pause());
      }
    } catch (error) {
      for (const wait of this.waits) wait.fail(error as Error);
    } finally {
      this.fresh = [];
      this.running = false;
    }
  }

  private pause(): number {
    const part = (performance.now() - this.newest) * PART_OF_WAIT;
    return Math.min(Math.max(part, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
  }

  private async look(): Promise<void> {
    const { fresh } = this;
    this.fresh = [];
    for (const { next, ...partition } of await this.checkpoints()) {
      const key = keyOf(partition);
      const watched = this.watched.get(key);
      if (!watched || watched.next === next) continue;
      watched.next = next;
      for (const wait of watched.waits) this.compare(wait, key);
    }
    for (const wait of fresh)
      if (this.waits.has(wait)) for (const key of wait.open.keys()) this.compare(wait, key);
  }

  private compare(wait: Wait, key: string): void {
    const next = this.watched.get(key)?.next ?? 0;
    if (next <= (wait.open.get(key) ?? Infinity)) return;
    this.leave(wait, key);
    wait.open.delete(key);
    if (wait.open.size === 0) wait.finish(true);
  }

  /** Reads the checkpoints of all awaited partitions; others of the same topics may be among them. */
  private checkpoints(): Promise<Checkpoint[]> {
    const watched = [...this.watched.values()];
    const distinct = <F extends 'projection' | 'topic' | 'partition'>(field: F): Watched[F][] => [
      ...new Set(watched.map((each) => each[field])),
    ];
    return this.database.planned<Checkpoint>(
      `SELECT g.projection, c.topic, c.partition, c.next_offset AS next
         FROM engine.generation AS g JOIN engine.checkpoint AS c ON c.generation_id = g.id
        WHERE g.state = 'active' AND g.projection = ANY($1::text[])
          AND c.topic = ANY($2::text[]) AND c.partition = ANY($3::integer[])`,
      [distinct('projection'), distinct('topic'), distinct('partition')],
    );
  }
}

function keyOf(awaited: Omit<Awaited, 'offset'>): string {
  return `${awaited.projection} ${partitionKey(awaited)}`;
}
