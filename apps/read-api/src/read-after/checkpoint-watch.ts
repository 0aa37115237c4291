import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '@app/platform';

/** A position that a projection must have passed. */
export interface Awaited extends Position {
  readonly projection: string;
}

/** What the watch needs of the database. */
export interface Checkpoints {
  planned<T>(sql: string, parameters: readonly unknown[]): Promise<T[]>;
}

interface Waiter {
  readonly open: Map<string, Awaited>;
  readonly deadline: number;
  finish(passed: boolean): void;
  fail(error: unknown): void;
}

/** Between two looks: a part of what the newest has waited, so that nobody waits much longer than need be. */
const PART_OF_WAIT = 1 / 10;
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 25;

/**
 * Waits for checkpoints to pass positions. However many requests wait, one query at a time looks at all that
 * they wait for, and none runs while nobody waits.
 */
export class CheckpointWatch {
  private readonly waiters = new Set<Waiter>();
  private newest = 0;
  private running = false;

  constructor(private readonly database: Checkpoints) {}

  /**
   * True once every position is passed by its projection's active generation; false after `timeout`
   * milliseconds.
   *
   * @throws what the database throws: then nothing is known
   */
  passed(positions: readonly Awaited[], timeout: number): Promise<boolean> {
    if (positions.length === 0) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      this.waiters.add({
        open: new Map(positions.map((position) => [keyOf(position), position])),
        deadline: performance.now() + timeout,
        finish: resolve,
        fail: reject,
      });
      this.newest = performance.now();
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.waiters.size > 0) {
        await this.look();
        if (this.waiters.size > 0) await sleep(this.pause());
      }
    } catch (error) {
      for (const waiter of this.waiters) waiter.fail(error);
      this.waiters.clear();
    } finally {
      this.running = false;
    }
  }

  private pause(): number {
    const part = (performance.now() - this.newest) * PART_OF_WAIT;
    return Math.min(Math.max(part, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
  }

  private async look(): Promise<void> {
    const looking = [...this.waiters];
    const passed = await this.passedOf(new Map(looking.flatMap(({ open }) => [...open])));
    const now = performance.now();
    for (const waiter of looking) {
      for (const key of waiter.open.keys()) if (passed.has(key)) waiter.open.delete(key);
      if (waiter.open.size > 0 && now < waiter.deadline) continue;
      this.waiters.delete(waiter);
      waiter.finish(waiter.open.size === 0);
    }
  }

  private async passedOf(wanted: ReadonlyMap<string, Awaited>): Promise<ReadonlySet<string>> {
    const keys = [...wanted.keys()];
    const positions = [...wanted.values()];
    const rows = await this.database.planned<{ key: string }>(
      `SELECT w.key
         FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::bigint[])
              AS w(key, projection, topic, partition, "offset")
         JOIN engine.generation AS g ON g.projection = w.projection AND g.state = 'active'
         JOIN engine.checkpoint AS c
           ON c.generation_id = g.id AND c.topic = w.topic AND c.partition = w.partition
        WHERE c.next_offset > w."offset"`,
      [
        keys,
        positions.map(({ projection }) => projection),
        positions.map(({ topic }) => topic),
        positions.map(({ partition }) => partition),
        positions.map(({ offset }) => offset),
      ],
    );
    return new Set(rows.map(({ key }) => key));
  }
}

function keyOf({ projection, topic, partition, offset }: Awaited): string {
  return `${projection} ${topic}/${partition}@${offset}`;
}
