import { everything, testEvent, withoutThoseErased, type TestEvent } from '@app/testing';
import fc, { type Scheduler } from 'fast-check';
import { build } from './rebuild/build';
import { replayDeadLetters } from './live/replay';
import { NO_HEADERS, type RecordBatch } from './log/record';
import type { Decode } from './log/event';
import { foldChunks } from './fold/fold';
import { MemoryLog, MemoryStore, MemoryTables } from '@app/engine-memory';
import { BuildLost, type GenerationBuild } from './rebuild/generation-build';
import type { BatchCommit, CommitOutcome, ProjectionStore } from './live/projection-store';
import { Projector, type BatchLease, type ProjectorObserver } from './live/projector';

/**
 * Random interleavings, at every call of a port, of projectors that crash, wake late and share partitions, of
 * builds that are killed and taken over, of rollbacks, pauses, new partitions, erasures and replays. Whatever happens,
 * the tables end as the plain fold of the log, in every kept generation.
 *
 * A run that fails prints its seed and path; `MODEL_SEED=… MODEL_PATH=… ` replays it.
 */
const SEED = process.env['MODEL_SEED'] === undefined ? undefined : Number(process.env['MODEL_SEED']);
const REPLAY = {
  ...(SEED !== undefined && { seed: SEED }),
  ...(process.env['MODEL_PATH'] && { path: process.env['MODEL_PATH'] }),
};

const TOPICS = ['left', 'right'] as const;

type Fault = 'none' | 'crash before the commit' | 'crash after the commit' | 'fault that passes';
type Step =
  | {
      readonly do: 'append';
      readonly topic: (typeof TOPICS)[number];
      readonly partition: number;
      readonly event: TestEvent;
    }
  | {
      readonly do: 'take';
      readonly partitions: readonly number[];
      readonly size: number;
      readonly fault: Fault;
    }
  | { readonly do: 'rebalance' | 'refresh' | 'add partition' | 'pause' | 'resume' | 'roll back' | 'replay' }
  | { readonly do: 'build'; readonly rows: number; readonly killedAfter: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      topic: fc.constantFrom(...TOPICS),
      partition: fc.nat(1),
      event: markedEvent(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      partitions: fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
      size: fc.integer({ min: 1, max: 5 }),
      fault: fault(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('rebalance', 'refresh', 'add partition', 'pause', 'resume', 'roll back', 'replay'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('build' as const),
      rows: fc.integer({ min: 1, max: 6 }),
      killedAfter: fc.integer({ min: 1, max: 40 }),
    }),
  },
);

function fault(): fc.Arbitrary<Fault> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fault>('none') },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Fault>(
        'crash before the commit',
        'crash after the commit',
        'fault that passes',
      ),
    },
  );
}

/** Some events cannot be applied, either permanently or until the store is repaired. */
function markedEvent(): fc.Arbitrary<TestEvent> {
  return fc.tuple(testEvent, fc.integer({ min: 0, max: 9 })).map(([event, dice]) => {
    if (dice === 0) return { ...event, name: 'refuse' };
    return dice === 1 ? { ...event, what: POISON } : event;
  });
}

/** The store refuses rows of this event until it is repaired. */
const POISON = 'poison';

class World {
  readonly log = new MemoryLog(TOPICS, 2);
  readonly store = new MemoryStore([everything]);
  readonly events: TestEvent[] = [];
  refusing = true;

  readonly decode: Decode<TestEvent> = (record) => ({
    ok: true,
    event: this.events[Number(record.key!.toString())]!,
  });

  constructor(private readonly scheduler: Scheduler) {}

  append(topic: string, partition: number, event: TestEvent): void {
    const key = Buffer.from(String(this.events.push(event) - 1));
    this.log.append(topic, partition, { key, value: Buffer.from('{}'), headers: NO_HEADERS, timestamp: 0 });
  }

  private served: ReadonlyMap<string, { readonly next: number }> = new Map();

  /** Checks that no switch takes readers back in time. */
  private expectNoReturn(): void {
    const now = this.store.ledgersOf(everything.name);
    for (const [slot, { next }] of this.served) expect(now.get(slot)!.next).toBeGreaterThanOrEqual(next);
    this.served = now;
  }

  /** Lets other processes act first, or not. */
  pause(label: string): Promise<void> {
    this.expectNoReturn();
    return this.scheduler.schedule(Promise.resolve(), label);
  }

  refused(commit: BatchCommit): CommitOutcome | null {
    const isPoisoned = [...commit.rows.values()].some((rows) => rows.some((row) => row.includes(POISON)));
    return this.refusing && isPoisoned ? { outcome: 'refused', reason: 'poison' } : null;
  }

  /** The ports of one process. Other processes may act between any two calls. */
  ports(fault: () => Fault): ProjectionStore {
    const { store } = this;
    return {
      live: async (projections) => {
        await this.pause('live');
        return store.live(projections);
      },
      checkpoint: async (generation, topic, partition) => {
        await this.pause('checkpoint');
        return store.checkpoint(generation, topic, partition);
      },
      commit: async (commit) => {
        await this.pause('commit');
        const kind = fault();
        if (kind === 'crash before the commit' || kind === 'fault that passes') throw new Error(kind);
        const outcome = this.refused(commit) ?? (await store.commit(commit));
        if (kind === 'crash after the commit') throw new Error(kind);
        return outcome;
      },
    };
  }

  /**
   * The expected tables: the plain fold of every record that can be applied, without the rows of persons who are erased
   * anywhere in the log.
   */
  async plainFold(): Promise<MemoryTables> {
    const others = withoutThoseErased(this.events);
    const tables = new MemoryTables(others);
    for (const { topic, partition, high: to } of await this.log.bounds(TOPICS)) {
      const { records } = this.log.batch({ topic, partition, from: 0, to });
      const decoded = records.map((record) => ({ record, decoded: this.decode(record) }));
      tables.merge(foldChunks(others, [{ topic, partition, from: 0, to, records: decoded }]).rows);
    }
    return tables;
  }
}

class Killed extends Error {}

function slotOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}

/** One process. It projects the partitions that it believes to own, which other processes may believe, too. */
class Process {
  private fault: Fault = 'none';
  private projector!: Projector<TestEvent>;
  private cursors = new Map<string, number>();

  constructor(private readonly world: World) {
    this.start();
  }

  async do(step: Step): Promise<void> {
    const { world } = this;
    const { store } = world;
    switch (step.do) {
      case 'append':
        return world.append(step.topic, step.partition, step.event);
      case 'take':
        return this.take(step.partitions, step.size, step.fault);
      case 'rebalance':
        this.projector.forgetPositions();
        return this.cursors.clear();
      case 'refresh':
        return this.projector.refresh();
      case 'add partition':
        if ((await world.log.bounds(['left'])).length < 4) world.log.addPartition('left');
        return;
      case 'pause':
        return store.pause(everything.name);
      case 'resume':
        return store.resume(everything.name);
      case 'roll back':
        return void store.rollback(everything.name);
      case 'replay':
        return replayAll(world);
      case 'build':
        return this.build(step.rows, step.killedAfter);
    }
  }

  private start(): void {
    const next = (): Fault => {
      const { fault } = this;
      this.fault = 'none';
      return fault;
    };
    this.projector = new Projector([everything], this.world.decode, this.world.ports(next), TELLS_NOBODY);
    this.cursors = new Map();
  }

  private async take(indexes: readonly number[], size: number, fault: Fault): Promise<void> {
    const { log } = this.world;
    const bounds = await log.bounds(TOPICS);
    const places = new Map(
      indexes.map((index) => bounds[index % bounds.length]!).map((place) => [slotOf(place), place]),
    );
    this.fault = fault;
    let waits = 0;
    const lease: BatchLease = {
      renew: () => this.world.pause('renew'),
      wait: async () => {
        await this.world.pause('wait');
        // Nobody may wait here forever, so the partition is lost at some time.
        if (fault.startsWith('crash') || ++waits > 3) throw new Killed();
      },
    };
    try {
      const batches: RecordBatch[] = [];
      for (const [slot, { topic, partition, high }] of places) {
        const from = this.cursors.get(slot) ?? (await this.projector.position(topic, partition));
        const to = Math.min(from + size, Math.max(high, from));
        if (from < to) batches.push(log.batch({ topic, partition, from, to }));
      }
      const outcomes =
        batches.length === 1
          ? [await this.projector.apply(batches[0]!, lease)]
          : await this.projector.applyAll(batches, lease);
      outcomes.forEach(({ outcome, position }, i) => {
        expect(outcome).not.toBe('foreign-log');
        this.cursors.set(slotOf(batches[i]!), position);
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.start();
    }
  }

  private async build(rowsPerWrite: number, killedAfter: number): Promise<void> {
    const { world } = this;
    const stop = new AbortController();
    let calls = 0;
    const call = async <T>(what: () => Promise<T>): Promise<T> => {
      await world.pause('build');
      if (++calls > killedAfter) stop.abort(new Killed());
      stop.signal.throwIfAborted();
      return what();
    };
    const target = world.store.openBuild(everything);
    const watched: GenerationBuild = {
      id: target.id,
      stage: () => call(() => target.stage()),
      checkpoints: () => call(() => target.checkpoints()),
      write: (commit) => call(() => Promise.resolve(world.refused(commit) ?? target.write(commit))),
      finish: (report) => call(() => target.finish(report)),
      serving: () => call(() => target.serving()),
      activate: (ofAnotherLog) => call(() => target.activate(ofAnotherLog)),
    };
    const log = {
      bounds: (topics: readonly string[]) => call(() => world.log.bounds(topics)),
      read: world.log.read.bind(world.log),
    };
    try {
      await build({
        projection: everything,
        source: { log, decode: world.decode },
        generation: watched,
        store: world.ports(() => 'none'),
        rowsPerWrite,
        report: () => undefined,
        signal: stop.signal,
      });
    } catch (error) {
      if (!(error instanceof Killed || error instanceof BuildLost)) throw error;
    }
  }
}

const TELLS_NOBODY: ProjectorObserver = {
  committed: () => undefined,
  retrying: () => undefined,
  recovered: () => undefined,
  abandoned: () => undefined,
};

async function replayAll(world: World): Promise<void> {
  const letters = world.store.openDeadLetters(everything.name);
  const source = { log: world.log, decode: world.decode };
  const poisoned = world.refusing ? [] : letters;
  await replayDeadLetters(everything, poisoned, source, world.store, new AbortController().signal);
}

/** Repairs everything, and lets a new process bring all generations to the end of the log. */
async function settle(world: World): Promise<void> {
  const { log, store } = world;
  world.refusing = false;
  store.resume(everything.name);
  const projector = new Projector([everything], world.decode, store, TELLS_NOBODY);
  const lease = { renew: () => Promise.resolve(), wait: () => Promise.reject(new Error('waits')) };
  for (const { topic, partition, high } of await log.bounds(TOPICS))
    for (let from = await projector.position(topic, partition); from < high;) {
      const outcome = await projector.apply(log.batch({ topic, partition, from, to: high }), lease);
      from = outcome.position;
    }
  // The same holds for the generation that a rollback activates.
  for (let turn = 0; turn < 2; turn++) {
    await replayAll(world);
    expect(
      store
        .openDeadLetters(everything.name)
        .every(
          ({ offset, topic, partition }) =>
            world.decode(log.batch({ topic, partition, from: offset, to: offset + 1 }).records[0]!).ok,
        ),
    ).toBe(true);
    await expectPlainFold(world);
    if (!store.rollback(everything.name)) return;
  }
}

async function expectPlainFold(world: World): Promise<void> {
  const { log, store } = world;
  const plain = await world.plainFold();
  for (const table of everything.tables) expect(store.rowsOf(table)).toEqual(plain.rowsOf(table));
  for (const tally of everything.tallies) expect(store.groupsOf(tally)).toEqual(plain.groupsOf(tally));
  const refused = store.openDeadLetters(everything.name);
  expect(
    refused
      .map(
        ({ offset, topic, partition }) =>
          world.events[
            Number(log.batch({ topic, partition, from: offset, to: offset + 1 }).records[0]!.key!.toString())
          ]!.name,
      )
      .every((name) => name === 'refuse'),
  ).toBe(true);
  const ledgers = store.ledgersOf(everything.name);
  for (const { topic, partition, high } of await log.bounds(TOPICS)) {
    const ledger = ledgers.get(`${topic}/${partition}`);
    if (high === 0) continue;
    const { next, changed, unchanged, skipped, erased, deadLettered, gaps } = ledger!;
    expect(next).toBe(high);
    expect(changed + unchanged + skipped + erased + deadLettered + gaps).toBe(high);
  }
}

describe('projectors, builds, rollbacks and replays in any order, crashing anywhere', () => {
  it('end in the plain fold of the log, in every generation, with every offset counted once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(step, { maxLength: 25 }), { minLength: 1, maxLength: 3 }),
        async (scheduler, scripts) => {
          const world = new World(scheduler);
          const runs = scripts.map(async (script) => {
            const process = new Process(world);
            for (const each of script) {
              await world.pause(each.do);
              await process.do(each);
            }
          });
          await scheduler.waitFor(Promise.all(runs));
          await settle(world);
        },
      ),
      { numRuns: 500, ...REPLAY },
    );
  });
});
