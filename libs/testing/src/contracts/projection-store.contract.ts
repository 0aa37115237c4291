import {
  MemoryStore,
  Projector,
  type AnyReadModel,
  type BatchLease,
  type EngineEvent,
  type Projection,
  type ProjectionStore,
  type ProjectorObserver,
  type RecordBatch,
  type Tally,
} from '@app/engine';
import fc from 'fast-check';
import { deliveriesOf, testEvent, type Delivery } from './arbitraries';
import { everything, Shared, Thing, ThingCounts, Trace, TraceCounts, type TestEvent } from './everything';

type Rows = Record<string, unknown>[];

/** A store to be held to the contract, with a way to read back what it keeps. */
export interface StoreUnderTest {
  readonly store: ProjectionStore;
  rowsOf(table: AnyReadModel): Promise<Rows>;
  groupsOf(tally: Tally): Promise<Rows>;
  deadLetters(): Promise<{ readonly offset: number; readonly reason: string }[]>;
}

export const lease: BatchLease = { renew: () => Promise.resolve(), wait: () => Promise.resolve() };
export const silent: ProjectorObserver = {
  committed: () => undefined,
  retrying: (_projection, error) => {
    throw error;
  },
  recovered: () => undefined,
  abandoned: () => undefined,
};

/** Every adapter of `ProjectionStore` runs this. Each call of `open` gives an empty store. */
export function projectionStoreContract(open: () => Promise<StoreUnderTest>, runs: number): void {
  it('ends in the same rows and counts for any order, repetition and batching of the same events', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(testEvent, { minLength: 1, maxLength: 25 })
          .chain((events) => fc.tuple(fc.constant(events), deliveriesOf(events))),
        async ([events, deliveries]) => {
          const plain = await deliver(memoryOf(everything), [{ topic: 'left', partition: 0, events }]);
          const scrambled = await deliver(await open(), deliveries);
          expect(scrambled).toEqual(plain);
        },
      ),
      { numRuns: runs },
    );
  });

  it('a batch that was applied before changes nothing and moves nothing', async () => {
    const under = await open();
    const [event] = fc.sample(testEvent, { numRuns: 1, seed: 7 });
    const before = await deliver(under, [{ topic: 'left', partition: 0, events: [event!] }]);
    const commit = { projection: everything.name, topic: 'left', partition: 0, expected: 0, next: 1 };
    const outcome = await under.store.commit({
      ...commit,
      rows: new Map(),
      deadLetters: [
        { offset: 0, key: 'k', workspace: null, eventId: null, eventName: null, reason: 'twice' },
      ],
      applied: 0,
      skipped: { 'no handler': 0, tombstone: 0 },
    });
    expect(outcome).toEqual({ outcome: 'moved', position: 1 });
    expect(await snapshot(under)).toEqual(before);
    expect(await under.deadLetters()).toEqual([]);
  });

  it('of two that fold from the same checkpoint one commits and the other is told where it stands', async () => {
    const under = await open();
    expect(await under.store.position(everything.name, 'left', 3)).toBe(0);
    const commit = {
      projection: everything.name,
      topic: 'left',
      partition: 3,
      expected: 0,
      rows: new Map(),
      deadLetters: [],
      applied: 0,
      skipped: { 'no handler': 0, tombstone: 0 },
    };
    const outcomes = await Promise.all([
      under.store.commit({ ...commit, next: 10 }),
      under.store.commit({ ...commit, next: 20 }),
    ]);
    const position = await under.store.position(everything.name, 'left', 3);
    expect([10, 20]).toContain(position);
    expect(outcomes).toContainEqual({ outcome: 'committed' });
    expect(outcomes).toContainEqual({ outcome: 'moved', position });
  });

  it('an event that cannot be applied is set aside once, with its reason, and the others go on', async () => {
    const under = await open();
    const [good, bad] = fc.sample(testEvent, { numRuns: 2, seed: 11 });
    const events = [{ ...bad!, name: 'refuse' }, good!, { ...good!, who: 'nobody' }];
    await deliver(under, [
      { topic: 'left', partition: 0, events },
      { topic: 'left', partition: 0, events: [] },
    ]);
    expect(await under.deadLetters()).toEqual([
      { offset: 0, reason: 'Error: the handler refuses this event' },
      { offset: 2, reason: 'thing.who: "nobody" is not a UUID' },
    ]);
    expect(await under.rowsOf(Trace)).toHaveLength(1);
    expect(await under.store.position(everything.name, 'left', 0)).toBe(3);
  });
}

/** The store in memory, for one projection. */
export function memoryOf<E extends EngineEvent>(projection: Projection<E>): StoreUnderTest {
  const store = new MemoryStore([projection]);
  return {
    store,
    rowsOf: (table) => Promise.resolve(store.rowsOf(table)),
    groupsOf: (tally) => Promise.resolve(store.groupsOf(tally)),
    deadLetters: () => Promise.resolve(store.deadLetters.map(({ offset, reason }) => ({ offset, reason }))),
  };
}

/** Sends deliveries through a projector, each partition's offsets in order, and reads everything back. */
export async function deliver(under: StoreUnderTest, deliveries: readonly Delivery[]): Promise<unknown> {
  const events = new Map<string, TestEvent>();
  const projector = new Projector<TestEvent>(
    [everything],
    (record) => ({ ok: true, event: events.get(record.key!.toString())! }),
    under.store,
    silent,
  );
  const ends = new Map<string, number>();
  for (const { topic, partition, events: batch } of deliveries) {
    const slot = `${topic}/${partition}`;
    const fromOffset = ends.get(slot) ?? 0;
    const records = batch.map((event, i) => {
      const key = `${slot}@${fromOffset + i}`;
      events.set(key, event);
      return {
        offset: fromOffset + i,
        key: Buffer.from(key),
        value: Buffer.from('{}'),
        headers: {},
        timestamp: 0,
      };
    });
    const nextOffset = fromOffset + records.length;
    const whole: RecordBatch = { topic, partition, fromOffset, nextOffset, records };
    await projector.apply(whole, lease);
    ends.set(slot, nextOffset);
  }
  return snapshot(under);
}

async function snapshot(under: StoreUnderTest): Promise<unknown> {
  return {
    thing: await under.rowsOf(Thing),
    trace: await under.rowsOf(Trace),
    shared: await under.rowsOf(Shared),
    thingCounts: await under.groupsOf(ThingCounts),
    traceCounts: await under.groupsOf(TraceCounts),
  };
}
