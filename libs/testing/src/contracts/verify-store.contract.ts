import {
  packPosition,
  Projector,
  type AnyReadModel,
  type Decode,
  type Projection,
  type Tally,
  type VerifyReport,
} from '@app/engine';
import {
  foldChunks,
  NO_HEADERS,
  verify,
  type VerifyOptions,
  SummingPart,
  type RowDifference,
  type Source,
  type StoredDeadLetter,
  type VerifyStore,
} from '@app/engine/adapters';
import { MemoryLog } from '@app/engine-memory';
import fc from 'fast-check';
import { deliveriesOf, testEvent, type Delivery } from './arbitraries';
import { everything, Gone, Shared, Thing, ThingCounts, Trace, type TestEvent } from './everything';
import { emptyCommit, generationOf, lease, silent, type StoreUnderTest } from './projection-store.contract';

/** A row's key, or some of its columns, by name; instants in epoch milliseconds. */
export type Named = Readonly<Record<string, string | number | boolean | null>>;

/** A store whose tables can be changed behind its back. */
export interface VerifiedStore extends StoreUnderTest {
  readonly verify: VerifyStore;
  change(table: AnyReadModel, key: Named, values: Named): Promise<void>;
  /** Moves an instant column by the smallest difference that the store can represent. */
  nudge(table: AnyReadModel, key: Named, column: string): Promise<void>;
  remove(table: AnyReadModel, key: Named): Promise<void>;
  insert(table: AnyReadModel, row: Named): Promise<void>;
  miscount(tally: Tally, key: Named, measure: string): Promise<void>;
  /** Marks a dead letter as replayed or discarded. */
  resolve(letter: StoredDeadLetter): Promise<void>;
}

/** A log of test events, and its reader. */
export interface Life {
  readonly log: MemoryLog;
  readonly source: Source<TestEvent>;
}

export const decodeTestEvent: Decode<TestEvent> = ({ value }) => ({
  ok: true,
  event: JSON.parse(value!.toString()) as TestEvent,
});

/** Appends deliveries to a log and sends them through a projector. */
export async function live(
  under: Pick<StoreUnderTest, 'store'>,
  deliveries: readonly Delivery[],
  batchSize = 3,
): Promise<Life> {
  const log = new MemoryLog(everything.topics, 2, batchSize);
  await liveOn(under, log, deliveries);
  return { log, source: { log, decode: decodeTestEvent } };
}

export async function liveOn(
  { store }: Pick<StoreUnderTest, 'store'>,
  log: MemoryLog,
  deliveries: readonly Delivery[],
): Promise<void> {
  const projector = new Projector<TestEvent>([everything], decodeTestEvent, store, silent);
  for (const { topic, partition, events } of deliveries) {
    const offsets = events.map((event) => append(log, topic, partition, event));
    const [from] = offsets;
    if (from === undefined) continue;
    await projector.apply(log.batch({ topic, partition, from, to: offsets.at(-1)! + 1 }), lease);
  }
}

export function append(log: MemoryLog, topic: string, partition: number, event: TestEvent): number {
  const value = Buffer.from(JSON.stringify(event));
  return log.append(topic, partition, {
    key: Buffer.from(event.id),
    value,
    headers: NO_HEADERS,
    timestamp: Date.now(),
  });
}

/** Assigns partitions to parts in turn, as for threads. */
function dividedAmong(
  parts: number,
  { source }: Life,
  { codec }: VerifyStore,
): NonNullable<VerifyOptions<TestEvent>['divide']> {
  return (ranges, buckets) =>
    Array.from({ length: parts }, (_, i) => ({
      part: new SummingPart(everything, source, codec, buckets),
      ranges: ranges.filter((_range, place) => place % parts === i),
    }));
}

export function verified(
  life: Life,
  store: VerifyStore,
  more: Partial<VerifyOptions<TestEvent>> = {},
): Promise<VerifyReport> {
  return verify<TestEvent>({
    projection: everything,
    source: life.source,
    store,
    minCompactionLagMs: 60_000,
    maxRows: 1_000,
    report: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
}

const eventsAndDeliveries = fc
  .array(testEvent, { minLength: 1, maxLength: 25 })
  .chain((events) => fc.tuple(fc.constant(events), deliveriesOf(events)));

/** A person who is not in the generated events, so that only this event contributes to the row. */
const WHO = '00000000-0000-4000-8000-00000000000b';
const ID = '00000000-0000-4000-8000-00000000000a';
const AT = 1_740_125_703_000;
const EVENT: TestEvent = {
  workspace: 'default',
  id: ID,
  name: 'a',
  time: AT,
  rank: 1,
  who: WHO,
  what: '\\Ω"',
  values: { at: AT, label: 'label', flag: true, size: 7, doc: '{"n":1}', tags: ['b', 'a'], note: 'note' },
};
const OTHERS = fc.sample(testEvent, { numRuns: 20, seed: 4 });
const THING = { workspace: 'default', who: WHO, what: EVENT.what };
const TRACE = { workspace: 'default', who: WHO, at: AT, eventId: ID };

/** Every adapter of `VerifyStore` runs this. Each call of `open` gives an empty store for `everything`. */
export function verifyStoreContract(open: () => Promise<VerifiedStore>, runs: number): void {
  const aLife = async (): Promise<VerifiedStore & Life> => {
    const under = await open();
    const life = await live(under, [
      { topic: 'left', partition: 0, events: OTHERS },
      { topic: 'right', partition: 1, events: [EVENT] },
    ]);
    return { ...under, ...life };
  };
  const found = async (under: VerifiedStore & Life): Promise<readonly RowDifference[]> => {
    const report = await verified(under, under.verify);
    expect(report.outcome).toBe('differs');
    expect(report.offsets).toEqual([]);
    return report.comparedRows!.rows.listed;
  };

  it('is clean for any events in any order, repetition and batching, with any memory limit and any division', async () => {
    await fc.assert(
      fc.asyncProperty(
        eventsAndDeliveries,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(1, 8, 4_096),
        fc.integer({ min: 1, max: 3 }),
        async ([, deliveries], maxRows, batchSize, buckets, parts) => {
          const under = await open();
          const life = await live(under, deliveries, batchSize);
          const divide = dividedAmong(parts, life, under.verify);
          const report = await verified(life, under.verify, { maxRows, buckets, divide });
          expect(report).toMatchObject({ outcome: 'clean', offsets: [], comparedRows: null });
          expect(report.peakRows).toBeLessThanOrEqual(maxRows + 3 * batchSize + 2_000);
        },
      ),
      { numRuns: runs },
    );
  });

  it.each<[string, AnyReadModel, Named, Named, string]>([
    ['a text', Thing, THING, { label: 'other' }, 'label'],
    ['a text to none', Thing, THING, { note: null }, 'note'],
    ['a number', Thing, THING, { lowest: 8 }, 'lowest'],
    ['a boolean', Thing, THING, { ever: false }, 'ever'],
    ['JSON of the same meaning', Thing, THING, { doc: '{"n": 1}' }, 'doc'],
    ['a time', Thing, THING, { first: AT - 1 }, 'first'],
    ['a rank', Thing, THING, { snapshotRank: 2 }, 'snapshotRank'],
    ['a uuid', Thing, THING, { remarkEventId: WHO }, 'remarkEventId'],
  ])('finds and names a row in which somebody changed %s', async (_what, table, key, values, column) => {
    const under = await aLife();
    await under.change(table, key, values);
    const [difference, ...more] = await found(under);
    expect(more).toEqual([]);
    expect(difference).toMatchObject({ table: table.name, kind: 'different', key, columns: [column] });
    expect(difference!.log![column]).not.toEqual(difference!.stored![column]);
  });

  it('finds a time that was moved by the smallest possible difference', async () => {
    const under = await aLife();
    await under.nudge(Thing, THING, 'last');
    const [difference, ...more] = await found(under);
    expect(more).toEqual([]);
    expect(difference).toMatchObject({ kind: 'different', key: THING, columns: ['last'] });
    expect(difference!.log!['last']).toBe('2025-02-21T08:15:03.000000Z');
    expect(difference!.stored!['last']).toMatch(/^2025-02-21T08:15:03\.00(0001|1000)Z$/);
  });

  it('finds a row that was removed, and one that was added', async () => {
    const under = await aLife();
    const added = { ...TRACE, at: AT + 1 };
    await under.remove(Trace, TRACE);
    await under.insert(Trace, { ...added, kind: 'a' });
    const shown = (at: string) => ({ workspace: 'default', who: WHO, at, eventId: ID });
    const rows = await found(under);
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({
      table: 'trace',
      kind: 'missing',
      key: shown('2025-02-21T08:15:03.000000Z'),
      columns: ['kind', 'position'],
      // The first record of the second partition.
      log: { kind: 'a', position: String(packPosition(1, 0)) },
      stored: null,
    });
    expect(rows).toContainEqual({
      table: 'trace',
      kind: 'extra',
      key: shown('2025-02-21T08:15:03.001000Z'),
      columns: ['kind', 'position'],
      log: null,
      stored: { kind: 'a', position: null },
    });
  });

  it('finds a row of a sharded table', async () => {
    const under = await aLife();
    await under.change(Shared, { workspace: 'default', what: EVENT.what }, { kind: 'zzz' });
    expect(await found(under)).toMatchObject([
      { table: 'shared_thing', kind: 'different', columns: ['kind'], stored: { kind: 'zzz' } },
    ]);
  });

  it('finds a count that is wrong, and a group that should not be there', async () => {
    const under = await aLife();
    const day = { workspace: 'default', what: EVENT.what, day: '2025-02-21' };
    await under.miscount(ThingCounts, day, 'flagged');
    await under.miscount(ThingCounts, { ...day, day: '2025-02-22' }, 'begun');
    const rows = await found(under);
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(
      expect.objectContaining({ table: 'thing_counts', kind: 'different', key: day, columns: ['flagged'] }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({
        table: 'thing_counts',
        kind: 'extra',
        stored: { begun: '1', flagged: '0' },
      }),
    );
  });

  it('finds a record that was left out, by its missing rows and by the ledger', async () => {
    const under = await open();
    const life = await live(under, [{ topic: 'left', partition: 0, events: OTHERS }]);
    append(life.log, 'left', 1, EVENT);
    await under.store.commit(emptyCommit(await generationOf(under), 'left', 1, 0, 1));
    const report = await verified(life, under.verify);
    expect(report.outcome).toBe('differs');
    expect(report.offsets).toEqual([
      {
        topic: 'left',
        partition: 1,
        next: 1,
        log: { applied: 1, skipped: 0, erased: 0, deadLettered: 0, gaps: 0 },
        stored: { applied: 0, skipped: 0, erased: 0, deadLettered: 0, gaps: 1 },
      },
    ]);
    expect(report.comparedRows!.rows.listed).toContainEqual(
      expect.objectContaining({ table: 'trace', kind: 'missing' }),
    );
  });

  it('is clean after an erasure, and finds a row of the person that was inserted again', async () => {
    const under = await open();
    const erase: TestEvent = { ...EVENT, id: '00000000-0000-4000-8000-00000000000e', name: 'erase' };
    const late: TestEvent = { ...EVENT, id: '00000000-0000-4000-8000-00000000000f' };
    const life = await live(under, [
      { topic: 'left', partition: 0, events: [...OTHERS, EVENT] },
      { topic: 'right', partition: 1, events: [erase] },
      { topic: 'left', partition: 0, events: [EVENT, late] },
    ]);
    expect(await verified(life, under.verify)).toMatchObject({
      outcome: 'clean',
      offsets: [],
      comparedRows: null,
    });
    await under.insert(Trace, { ...TRACE, kind: 'a' });
    expect(await found({ ...under, ...life })).toMatchObject([{ table: 'trace', kind: 'extra' }]);
  });

  it('finds a person who is missing from the erased persons', async () => {
    const under = await open();
    const erase: TestEvent = { ...EVENT, id: '00000000-0000-4000-8000-00000000000e', name: 'erase' };
    const life = await live(under, [{ topic: 'left', partition: 0, events: [EVENT, erase] }]);
    await under.remove(Gone, { workspace: 'default', who: WHO });
    const { outcome, offsets, comparedRows } = await verified(life, under.verify);
    expect(outcome).toBe('differs');
    expect(offsets).toMatchObject([{ log: { applied: 2, erased: 0 }, stored: { applied: 1, erased: 1 } }]);
    expect(comparedRows!.rows.listed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ table: 'gone', kind: 'missing' }),
        expect.objectContaining({ table: 'trace', kind: 'missing' }),
      ]),
    );
  });

  it('excludes dead letters and reports them; once one is replayed, its rows count', async () => {
    const under = await open();
    const events = [OTHERS[0]!, { ...EVENT, name: 'refuse' }];
    const life = await live(under, [{ topic: 'left', partition: 0, events }]);
    const at = { topic: 'left', partition: 0, offset: 1 };
    const listed = { count: 1, listed: [at] };
    const none = { count: 0, listed: [] };
    expect(await verified(life, under.verify)).toMatchObject({
      outcome: 'clean',
      deadLetters: listed,
      replayable: none,
    });

    const forgiving: Projection<TestEvent> = {
      ...everything,
      handlerOf: (name) => everything.handlerOf(name === 'refuse' ? 'a' : name),
    };
    const report = { outcome: 'clean', deadLetters: listed, replayable: listed };
    expect(await verified(life, under.verify, { projection: forgiving })).toMatchObject(report);
    await under.resolve({ ...at, state: 'discarded' });
    const discarded = { outcome: 'clean', deadLetters: listed, replayable: none };
    expect(await verified(life, under.verify, { projection: forgiving })).toMatchObject(discarded);

    await under.resolve({ ...at, state: 'replayed' });
    expect((await verified(life, under.verify, { projection: forgiving })).outcome).toBe('differs');
    const decoded = { ok: true as const, event: events[1]! };
    const record = { offset: 1, key: null, value: Buffer.of(), headers: NO_HEADERS, timestamp: 0 };
    const chunk = { topic: 'left', partition: 0, from: 1, to: 2, records: [{ record, decoded }] };
    const commit = emptyCommit(await generationOf(under), 'left', 1, 0, 0);
    await under.store.commit({ ...commit, rows: foldChunks(forgiving, [chunk]).rows });
    const replayed = { outcome: 'clean', deadLetters: none, unapplied: none };
    expect(await verified(life, under.verify, { projection: forgiving })).toMatchObject(replayed);
  });
}
