import {
  packPosition,
  Projector,
  type AnyReadModel,
  type EngineEvent,
  type Projection,
  type RecordBatch,
  type Tally,
} from '@app/engine';
import {
  NO_HEADERS,
  type BatchLease,
  type ProjectorObserver,
  keyMark,
  OF_AN_ERASED_PERSON,
  START,
  type BatchCommit,
  type Committed,
  type ProjectionStore,
  type RangeAdvance,
} from '@app/engine/adapters';
import { MemoryStore } from '@app/engine-memory';
import fc from 'fast-check';
import { deliveriesOf, testEvent, type Delivery } from './arbitraries';
import { everything, Shared, Trace, TraceCounts, type TestEvent } from './everything';
import { withoutThoseErased } from './erasure';

type Rows = Record<string, unknown>[];

/** A person who is not in the generated events. */
const WHO = '00000000-0000-4000-8000-00000000000b';

/** A store under test, with a way to read back what it has stored. */
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
          const under = await open();
          const scrambled = await deliver(under, deliveries);
          expect(withoutPositions(scrambled)).toEqual(withoutPositions(plain));
          // Where the records are is another matter: the greatest position of an event is of its last delivery.
          expect(scrambled).toEqual(await deliver(memoryOf(everything), deliveries));
          expect(await positionsOf(under)).toEqual(greatestPositions(deliveries));
        },
      ),
      { numRuns: runs },
    );
  });

  it('stores a greater position, and counts it as no change', async () => {
    const under = await open();
    const [one] = fc.sample(testEvent, { numRuns: 1, seed: 5 });
    const event = { ...one!, name: 'a' };
    const tell: number[][] = [];
    const counts: unknown[] = [];
    for (const [partition, deliveries] of [
      [1, 1],
      [1, 2],
      [0, 1],
    ] as const) {
      const batches = Array.from({ length: deliveries }, () => ({
        topic: 'left',
        partition,
        events: [event],
      }));
      await deliver(under, batches, ({ unchanged }) => tell.push([...unchanged]));
      counts.push(await under.groupsOf(TraceCounts));
      expect((await under.rowsOf(Trace)).map(({ position }) => position)).toEqual([
        packPosition(1, tell.length > 1 ? 1 : 0),
      ]);
    }
    // A batch that was applied before is not reported. In another partition a sharded table has another row for it.
    expect(tell.slice(0, 2)).toEqual([[0], [1]]);
    expect(new Set(counts.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  it('ends in the rows of the others, whenever, wherever and however often somebody is erased', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .tuple(
            fc.array(testEvent, { minLength: 1, maxLength: 20 }),
            fc.array(
              testEvent.map((event) => ({ ...event, name: 'erase' })),
              { minLength: 1, maxLength: 3 },
            ),
          )
          .map(([events, erasures]) => [...events, ...erasures])
          .chain((events) => fc.tuple(fc.constant(events), deliveriesOf(events))),
        async ([events, deliveries]) => {
          const live = await deliver(await open(), deliveries);
          expect(withoutPositions(live)).toEqual(withoutPositions(await withoutErasedPersons(events)));
        },
      ),
      { numRuns: runs },
    );
  });

  it('counts records of erased persons, and still merges what they contribute to other tables', async () => {
    const under = await open();
    const [one] = fc.sample(testEvent, { numRuns: 1, seed: 5 });
    const id = (n: number) => ({ id: `00000000-0000-4000-8000-00000000000${n}` });
    const event = { ...one!, ...id(1), name: 'a', who: WHO };
    const late = { ...event, ...id(2), time: event.time + 1, what: 'new' };
    const tell: Omit<Committed, 'outcome'>[] = [];
    await deliver(
      under,
      [
        { topic: 'left', partition: 0, events: [event] },
        { topic: 'right', partition: 0, events: [{ ...event, ...id(3), name: 'erase' }, event] },
        { topic: 'left', partition: 0, events: [late, event] },
        { topic: 'left', partition: 1, events: [{ ...event, ...id(3), name: 'erase' }] },
      ],
      ({ unchanged, erased }) => tell.push({ unchanged, erased }),
    );
    expect(tell).toEqual([
      { unchanged: [0], erased: [0] },
      { unchanged: [0], erased: [1] },
      { unchanged: [0], erased: [2] },
      { unchanged: [1], erased: [0] },
    ]);
    expect(await under.rowsOf(Trace)).toEqual([]);
    expect((await under.rowsOf(Shared)).map(({ what }) => what)).toContain('new');
  });

  it('keeps only the position of a dead letter that mentions an erased person, whichever came first', async () => {
    const under = await open();
    const [one] = fc.sample(testEvent, { numRuns: 1, seed: 11 });
    const bad = { ...one!, name: 'refuse', who: WHO };
    const other = { ...bad, who: '00000000-0000-4000-8000-00000000000c' };
    await deliver(under, [
      { topic: 'left', partition: 0, events: [bad, other] },
      { topic: 'right', partition: 0, events: [{ ...bad, name: 'erase' }] },
      { topic: 'left', partition: 0, events: [bad] },
    ]);
    const reason = 'Error: the handler refuses this event';
    expect(await under.deadLetters()).toEqual([
      { offset: 0, reason: OF_AN_ERASED_PERSON },
      { offset: 1, reason },
      { offset: 2, reason: OF_AN_ERASED_PERSON },
    ]);
  });

  it('a batch that was applied before changes neither rows nor checkpoints', async () => {
    const under = await open();
    const [event] = fc.sample(testEvent, { numRuns: 1, seed: 7 });
    const before = await deliver(under, [{ topic: 'left', partition: 0, events: [event!] }]);
    const generation = await generationOf(under);
    const letter = { topic: 'left', partition: 0, offset: 0, key: 'k' };
    const outcome = await under.store.commit({
      ...emptyCommit(generation, 'left', 0, 0, 1),
      deadLetters: [
        { ...letter, workspace: null, eventId: null, eventName: null, reason: 'twice', mentions: [] },
      ],
    });
    expect(outcome).toEqual({ outcome: 'moved' });
    expect(await snapshot(under)).toEqual(before);
    expect(await under.deadLetters()).toEqual([]);
  });

  it('lets one of two commits from the same checkpoint succeed, and reports the checkpoint to the other', async () => {
    const under = await open();
    const generation = await generationOf(under);
    expect(await under.store.checkpoint(generation, 'left', 3)).toEqual(START);
    const outcomes = await Promise.all([
      under.store.commit(emptyCommit(generation, 'left', 3, 0, 10)),
      under.store.commit(emptyCommit(generation, 'left', 3, 0, 20)),
    ]);
    const { next } = await under.store.checkpoint(generation, 'left', 3);
    expect([10, 20]).toContain(next);
    expect(outcomes).toContainEqual({ outcome: 'committed', unchanged: [0], erased: [0] });
    expect(outcomes).toContainEqual({ outcome: 'moved' });
  });

  it('an event that cannot be applied becomes one dead letter, with its reason, and the others are applied', async () => {
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
    expect((await under.store.checkpoint(await generationOf(under), 'left', 0)).next).toBe(3);
  });

  it('commits several partitions in one transaction, or none of them', async () => {
    const under = await open();
    const generation = await generationOf(under);
    const ranges = [rangeOf('left', 1, 0, 5), rangeOf('left', 2, 0, 7), rangeOf('right', 0, 0, 3)];
    const none = { unchanged: [0, 0, 0], erased: [0, 0, 0] };
    const commit = { ...emptyCommit(generation, 'left', 0, 0, 0), ranges, countIn: () => none };
    expect(await under.store.commit(commit)).toEqual({ outcome: 'committed', ...none });
    expect((await under.store.checkpoint(generation, 'left', 2)).next).toBe(7);
    const stale = { ...commit, ranges: [rangeOf('left', 1, 5, 6), rangeOf('left', 2, 6, 8)] };
    expect(await under.store.commit(stale)).toEqual({ outcome: 'moved' });
    expect((await under.store.checkpoint(generation, 'left', 1)).next).toBe(5);
  });

  it('remembers the record before the checkpoint', async () => {
    const under = await open();
    const [event] = fc.sample(testEvent, { numRuns: 1, seed: 7 });
    await deliver(under, [{ topic: 'left', partition: 0, events: [event!] }]);
    const checkpoint = await under.store.checkpoint(await generationOf(under), 'left', 0);
    const record = {
      offset: 0,
      key: Buffer.from('left/0@0'),
      value: null,
      headers: NO_HEADERS,
      timestamp: 0,
    };
    expect(checkpoint).toEqual({ next: 1, lastKey: keyMark(record) });
  });

  it('counts records that changed nothing, alone and among others', async () => {
    const under = await open();
    const [one, two] = fc.sample(testEvent, { numRuns: 2, seed: 5 });
    const events = [one!, { ...two!, id: '00000000-0000-4000-8000-00000000ffff', what: 'other' }];
    const tell: number[][] = [];
    const batches = [
      { topic: 'left', partition: 0, events: [one!] },
      { topic: 'left', partition: 0, events: [one!] },
      { topic: 'left', partition: 0, events },
    ];
    await deliver(under, batches, ({ unchanged }) => tell.push([...unchanged]));
    expect(tell).toEqual([[0], [1], [1]]);
  });
}

type Snapshot = Readonly<Record<string, Rows>>;

function withoutPositions(all: Snapshot): Snapshot {
  const rows = all[Trace.name]!.map((row) => ({ ...row, [Trace.position!.name]: null }));
  return { ...all, [Trace.name]: rows };
}

async function positionsOf(under: StoreUnderTest): Promise<ReadonlyMap<string, unknown>> {
  const rows = await under.rowsOf(Trace);
  return new Map(
    rows.map(({ workspace, who, at, eventId, position }) => [
      [workspace, who, at, eventId].join(' '),
      position,
    ]),
  );
}

/** The greatest position of what makes each trace, without those of persons who are erased. */
function greatestPositions(deliveries: readonly Delivery[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  const ends = new Map<string, number>();
  const gone = new Set<string>();
  for (const { topic, partition, events } of deliveries)
    for (const { workspace, who, time, id, name } of events) {
      const slot = `${topic}/${partition}`;
      const offset = ends.get(slot) ?? 0;
      ends.set(slot, offset + 1);
      const key = [workspace, who, time, id].join(' ');
      if (name === 'erase') gone.add(`${workspace} ${who} `);
      else positions.set(key, Math.max(positions.get(key) ?? 0, packPosition(partition, offset)));
    }
  return new Map([...positions].filter(([key]) => ![...gone].some((person) => key.startsWith(person))));
}

/** The tables of a store without erasure, from events to which the erased have contributed nothing. */
function withoutErasedPersons(events: readonly TestEvent[]): Promise<Snapshot> {
  const others = withoutThoseErased(events);
  const delivery = { topic: 'left', partition: 0, events };
  return deliver(memoryOf(others), [delivery], () => undefined, others);
}

function rangeOf(topic: string, partition: number, expected: number, next: number): RangeAdvance {
  const skipped = { 'no handler': 0, tombstone: 0 };
  const gaps = next - expected;
  return { topic, partition, expected, next, applied: 0, skipped, deadLettered: 0, gaps, lastKey: null };
}

/** Moves one checkpoint and changes no row. */
export function emptyCommit(
  generation: number,
  topic: string,
  partition: number,
  expected: number,
  next: number,
): BatchCommit {
  return {
    projection: everything.name,
    generation,
    ranges: [rangeOf(topic, partition, expected, next)],
    rows: new Map(),
    deadLetters: [],
    countIn: () => ({ unchanged: [0], erased: [0] }),
  };
}

/** The active generation. */
export async function generationOf({ store }: StoreUnderTest): Promise<number> {
  const [live] = await store.live([everything]);
  return live!.generation;
}

/** The store in memory, for one projection. */
export function memoryOf<E extends EngineEvent>(
  projection: Projection<E>,
  store = new MemoryStore([projection]),
): StoreUnderTest {
  return {
    store,
    rowsOf: (table) => Promise.resolve(store.rowsOf(table)),
    groupsOf: (tally) => Promise.resolve(store.groupsOf(tally)),
    deadLetters: () => Promise.resolve(store.deadLetters.map(({ offset, reason }) => ({ offset, reason }))),
  };
}

/** Sends deliveries through a projector, each partition's offsets in order, and reads everything back. */
export async function deliver(
  under: StoreUnderTest,
  deliveries: readonly Delivery[],
  committed: (done: Committed) => void = () => undefined,
  projection = everything,
): Promise<Snapshot> {
  const events = new Map<string, TestEvent>();
  const projector = new Projector<TestEvent>(
    [projection],
    (record) => ({ ok: true, event: events.get(record.key!.toString())! }),
    under.store,
    { ...silent, committed: (_commit, done) => committed(done) },
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
        value: Buffer.from(JSON.stringify({ who: event.who })),
        headers: NO_HEADERS,
        timestamp: 0,
      };
    });
    const nextOffset = fromOffset + records.length;
    const whole: RecordBatch = { topic, partition, fromOffset, nextOffset, records };
    expect(await projector.apply(whole, lease)).toMatchObject({ outcome: 'applied' });
    ends.set(slot, nextOffset);
  }
  return snapshot(under);
}

export async function snapshot(under: StoreUnderTest): Promise<Snapshot> {
  const all = [...everything.tables, ...everything.tallies].map(async (table) => [
    table.name,
    await (table.kind === 'tally' ? under.groupsOf(table) : under.rowsOf(table)),
  ]);
  return Object.fromEntries(await Promise.all(all)) as Snapshot;
}
