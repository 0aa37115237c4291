import { setTimeout as pause } from 'node:timers/promises';

import type { RunningSystem } from '@app/testing/infra';

import type { Client } from '../../support/http';
import type { Departures } from '../load/departures';
import type { Ops } from '../ops';
import { Random } from '../random';
import { Eraser } from './eraser';
import { backendsOf, childrenOf, signal, Sleepers } from './processes';
import { describeFault, type Fault, type Part, type PlannedFault } from './schedule';

/** A rebuild goes on after the last fault until it is done. */
const REBUILD_DEADLINE_MS = 180_000;

/** Does what the schedule says to a system that `npm start` runs, and keeps count. */
export class Saboteur {
  /** How often each was done, by description without its parameters. */
  readonly done = new Map<string, number>();
  private readonly sleepers = new Sleepers();
  private readonly running = new Set<Promise<void>>();
  private readonly random: Random;
  private rebuilding = false;
  private failure: Error | undefined;
  readonly eraser: Eraser;

  constructor(
    private readonly system: RunningSystem,
    private readonly ops: Ops,
    private readonly say: (text: string) => void,
    /** Who is erased, and who asks for it. */
    erasures: { readonly departures: Departures; readonly client: Client },
    seed: number,
  ) {
    this.random = new Random(seed, 2);
    this.eraser = new Eraser({
      ...erasures,
      ops,
      killer: {
        databaseUrl: system.info.database.url,
        kill: (app, pid) => pid === this.pidOf(app) && signal(pid, 'SIGKILL'),
      },
      count: (done, what) => this.count(done, what),
    });
  }

  /**
   * Returns when the last fault is over: everybody is awake, and a rebuild that was begun is done.
   *
   * @throws when a rebuild does not come to an end
   */
  async carryOut(schedule: readonly PlannedFault[], stop: AbortSignal): Promise<void> {
    const began = performance.now();
    try {
      for (const { atMs, fault } of schedule) {
        await pause(Math.max(0, atMs - (performance.now() - began)), undefined, { signal: stop });
        this.say(`${(atMs / 1000).toFixed(1).padStart(7)} s  ${describeFault(fault)}`);
        this.inBackground(this.carryOutOne(fault, stop));
      }
    } finally {
      await Promise.all(this.running);
    }
    if (this.failure) throw this.failure;
  }

  /** Wakes everybody. To be called whatever happened. */
  close(): void {
    this.sleepers.close();
  }

  private inBackground(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'AbortError')) this.failure ??= error as Error;
      })
      .finally(() => this.running.delete(tracked));
    this.running.add(tracked);
  }

  private async carryOutOne(fault: Fault, stop: AbortSignal): Promise<void> {
    switch (fault.kind) {
      case 'kill':
        return this.signalPart(fault.part, 'SIGKILL', `SIGKILL ${fault.part}`);
      case 'stop':
        // PostgreSQL's "fast" shutdown; a smart one would wait for its clients.
        return this.signalPart(
          fault.part,
          fault.part === 'postgres' ? 'SIGINT' : 'SIGTERM',
          `stop ${fault.part}`,
        );
      case 'freeze':
        return this.freeze(fault.part, fault.forMs, stop);
      case 'crash-backend':
        return this.crashBackend();
      case 'rebuild':
        return this.rebuild(fault.projection, fault.killAfterMs, stop);
      case 'erase':
      case 'erase by hand':
        return this.eraser.erase(fault, stop);
    }
  }

  private signalPart(part: Part, name: NodeJS.Signals, what: string): void {
    const pid = this.pidOf(part);
    this.count(pid !== undefined && signal(pid, name), what);
  }

  private async freeze(part: Part, forMs: number, stop: AbortSignal): Promise<void> {
    const pid = this.pidOf(part);
    // The parent first: it forks no more while its children are put to sleep.
    const asleep = pid === undefined ? [] : this.sleepers.putToSleep([pid]);
    if (part === 'postgres')
      asleep.push(...asleep.flatMap((one) => this.sleepers.putToSleep(childrenOf(one))));
    this.count(asleep.length > 0, `SIGSTOP ${part}`);
    try {
      await pause(forMs, undefined, { signal: stop });
    } finally {
      this.sleepers.wake(asleep);
    }
  }

  private crashBackend(): void {
    const postmaster = this.pidOf('postgres');
    const backends = postmaster === undefined ? [] : backendsOf(postmaster);
    this.count(
      backends.length > 0 && signal(this.random.pick(backends), 'SIGKILL'),
      'SIGKILL a backend of postgres',
    );
  }

  private async rebuild(projection: string, killAfterMs: number | null, stop: AbortSignal): Promise<void> {
    if (this.rebuilding) return this.count(false, `rebuild ${projection}`);
    this.rebuilding = true;
    try {
      if (killAfterMs !== null) {
        const { code } = await this.ops.rebuild(projection, { killAfterMs, stop });
        if (code === null) this.count(true, 'SIGKILL a rebuild');
      }
      const deadline = Date.now() + REBUILD_DEADLINE_MS;
      for (;;) {
        const { code, said } = await this.ops.rebuild(projection, { killAfterMs: null, stop });
        if (code === 0) break;
        // Kafka and Postgres are taken from it, too: it is run again until it gets through.
        if (Date.now() > deadline)
          throw new Error(`the rebuild of ${projection} does not end:\n${said.slice(-2_000)}`);
        this.count(true, 'run a rebuild again');
        await pause(1_000, undefined, { signal: stop });
      }
      this.count(true, `rebuild ${projection}`);
    } finally {
      this.rebuilding = false;
    }
  }

  private pidOf(part: string): number | undefined {
    return this.system.now().parts[part]?.pid;
  }

  /** A part that was down already can be neither killed nor frozen: that is told, not hidden. */
  private count(done: boolean, what: string): void {
    const name = done ? what : `(too late: ${what})`;
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }
}
