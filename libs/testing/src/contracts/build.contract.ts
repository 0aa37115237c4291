import type { Decode, LogReader } from '@app/engine';
import { build, NO_HEADERS, BuildLost, type BuildProgress, type GenerationBuild } from '@app/engine/adapters';
import { MemoryLog } from '@app/engine-memory';
import fc from 'fast-check';
import { deliveriesOf, testEvent, type Delivery } from './arbitraries';
import { everything, type TestEvent } from './everything';
import { deliver, memoryOf, snapshot, type StoreUnderTest } from './projection-store.contract';

/** A store whose generations can be built and switched. */
export interface BuildsUnderTest extends StoreUnderTest {
  /** Opens the unfinished build, or a new one. An earlier builder loses it. */
  openBuild(): Promise<GenerationBuild>;
  rollBack(): Promise<boolean>;
}

/** A log of the test projection's events, and its reader. */
class TestLog {
  readonly log = new MemoryLog(everything.topics, 2, 4);
  private readonly events = new Map<string, TestEvent>();

  readonly decode: Decode<TestEvent> = (record) => ({
    ok: true,
    event: this.events.get(record.key!.toString())!,
  });

  append({ topic, partition, events }: Delivery): void {
    const { length } = this.log.batch({ topic, partition, from: 0, to: Infinity }).records;
    events.forEach((event, i) => {
      // The same keys as `deliver` uses, so that it counts as the same log.
      const key = `${topic}/${partition}@${length + i}`;
      this.events.set(key, event);
      this.log.append(topic, partition, {
        key: Buffer.from(key),
        value: Buffer.from('{}'),
        headers: NO_HEADERS,
        timestamp: 0,
      });
    });
  }

  async build(
    under: BuildsUnderTest,
    {
      rowsPerWrite = 3,
      stopAfter = Infinity,
      target,
    }: { rowsPerWrite?: number; stopAfter?: number; target?: GenerationBuild } = {},
  ): Promise<BuildProgress[]> {
    const told: BuildProgress[] = [];
    const stop = new AbortController();
    let batches = 0;
    const log: LogReader = {
      bounds: (topics) => this.log.bounds(topics),
      read: (ranges, take, signal) =>
        this.log.read(
          ranges,
          async (batch) => {
            await take(batch);
            if (++batches >= stopAfter) stop.abort(new Stopped());
          },
          signal,
        ),
    };
    await build({
      projection: everything,
      source: { log, decode: this.decode },
      generation: target ?? (await under.openBuild()),
      store: under.store,
      rowsPerWrite,
      report: (progress) => told.push(progress),
      signal: stop.signal,
    });
    return told;
  }
}

class Stopped extends Error {}

const deliveries = fc
  .array(testEvent, { minLength: 1, maxLength: 25 })
  .chain((events) => deliveriesOf(events));

/** Every adapter of `BuildTarget` runs this. Each call of `open` gives an empty store. */
export function buildContract(open: () => Promise<BuildsUnderTest>, runs: number): void {
  const plainOf = (delivered: readonly Delivery[]) => deliver(memoryOf(everything), delivered);

  it('ends in the rows and counts of the plain fold, however the log is cut into writes', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, fc.integer({ min: 1, max: 8 }), async (delivered, rowsPerWrite) => {
        const under = await open();
        const log = new TestLog();
        delivered.forEach((delivery) => log.append(delivery));
        await log.build(under, { rowsPerWrite });
        expect(await snapshot(under)).toEqual(await plainOf(delivered));
      }),
      { numRuns: runs },
    );
  });

  it('continues after it was stopped anywhere, with the same result', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, fc.integer({ min: 1, max: 12 }), async (delivered, stopAfter) => {
        const under = await open();
        const log = new TestLog();
        delivered.forEach((delivery) => log.append(delivery));
        for (let stops = 0; ; stops++) {
          try {
            await log.build(under, { rowsPerWrite: 2, stopAfter: stops < 3 ? stopAfter : Infinity });
            break;
          } catch (error) {
            if (!(error instanceof Stopped)) throw error;
          }
        }
        expect(await snapshot(under)).toEqual(await plainOf(delivered));
      }),
      { numRuns: runs },
    );
  });

  it('contains nothing of a person who is erased during the build, wherever it was stopped', async () => {
    const erasure = testEvent.map((event): Delivery => ({
      ...{ topic: 'right', partition: 1 },
      events: [{ ...event, name: 'erase' }],
    }));
    await fc.assert(
      fc.asyncProperty(
        deliveries,
        erasure,
        fc.integer({ min: 1, max: 12 }),
        async (delivered, erased, stopAfter) => {
          const under = await open();
          const log = new TestLog();
          delivered.forEach((delivery) => log.append(delivery));
          await log.build(under, { rowsPerWrite: 2, stopAfter }).catch((error: unknown) => {
            if (!(error instanceof Stopped)) throw error;
          });
          // The erasure reaches the active generation before the build continues, and the build from the log.
          log.append(erased);
          await deliver(under, [...delivered, erased]);
          await log.build(under);
          const plain = await plainOf([...delivered, erased]);
          expect(await snapshot(under)).toEqual(plain);
          if (await under.rollBack()) expect(await snapshot(under)).toEqual(plain);
        },
      ),
      { numRuns: runs },
    );
  });

  it('hides a build until it is complete, keeps the previous generation up to date, and rolls back to it', async () => {
    const under = await open();
    const log = new TestLog();
    const events = fc.sample(testEvent, { numRuns: 12, seed: 23 });
    const first: Delivery = { topic: 'left', partition: 0, events: events.slice(0, 6) };
    log.append(first);
    const target = await under.openBuild();
    await expect(log.build(under, { target, rowsPerWrite: 1, stopAfter: 1 })).rejects.toThrow(Stopped);
    expect(await snapshot(under)).toEqual(await plainOf([]));
    await log.build(under);
    const built = await snapshot(under);
    expect(built).toEqual(await plainOf([first]));
    // Batches go to both generations now, so that a rollback loses nothing.
    await deliver(under, [first, { topic: 'left', partition: 0, events: events.slice(6) }]);
    const all = await plainOf([{ topic: 'left', partition: 0, events }]);
    expect(await snapshot(under)).toEqual(all);
    expect(await under.rollBack()).toBe(true);
    expect(await snapshot(under)).toEqual(all);
  });

  it('does not take readers back in time', async () => {
    const under = await open();
    const log = new TestLog();
    const events = fc.sample(testEvent, { numRuns: 4, seed: 29 });
    await deliver(under, [{ topic: 'left', partition: 0, events }]);
    const target = await under.openBuild();
    await target.finish(() => undefined);
    expect(await target.activate(false)).toEqual({ outcome: 'behind' });
    log.append({ topic: 'left', partition: 0, events });
    await log.build(under, { target });
    expect(await snapshot(under)).toEqual(await plainOf([{ topic: 'left', partition: 0, events }]));
  });

  it('replaces a generation whose log no longer exists, which is not kept', async () => {
    const under = await open();
    const events = fc.sample(testEvent, { numRuns: 6, seed: 41 });
    await deliver(under, [{ topic: 'left', partition: 0, events }]);
    // The topic was recreated, with other and fewer records.
    const log = new TestLog();
    const anew = { topic: 'left', partition: 0, events: events.slice(4) };
    log.append(anew);
    await log.build(under);
    expect(await snapshot(under)).toEqual(await plainOf([anew]));
    expect(await under.rollBack()).toBe(false);
  });

  it('has one builder, the last one that opened it', async () => {
    const under = await open();
    const log = new TestLog();
    log.append({ topic: 'left', partition: 0, events: fc.sample(testEvent, { numRuns: 3, seed: 31 }) });
    const lost = await under.openBuild();
    const target = await under.openBuild();
    await expect(log.build(under, { target: lost })).rejects.toThrow(BuildLost);
    await log.build(under, { target });
  });

  it('makes dead letters once, and reports progress', async () => {
    const under = await open();
    const log = new TestLog();
    const [good, bad] = fc.sample(testEvent, { numRuns: 2, seed: 37 });
    log.append({ topic: 'right', partition: 1, events: [{ ...bad!, name: 'refuse' }, good!] });
    const told = await log.build(under, { rowsPerWrite: 1 });
    expect(await under.deadLetters()).toEqual([
      { offset: 0, reason: 'Error: the handler refuses this event' },
    ]);
    expect(told.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['bulk', 'catching-up', 'activated']),
    );
    expect(told.at(-1)).toMatchObject({ phase: 'activated', done: 2, total: 2 });
  });
}
