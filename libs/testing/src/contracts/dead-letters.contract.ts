import type { Decode } from '@app/engine';
import {
  NO_HEADERS,
  replayDeadLetters,
  NOT_IN_THE_LOG,
  RowFold,
  type DeadLetterStore,
  type OpenDeadLetter,
} from '@app/engine/adapters';
import { MemoryLog } from '@app/engine-memory';
import fc from 'fast-check';
import { testEvent } from './arbitraries';
import { everything, Shared, Trace, type TestEvent } from './everything';
import { deliver, memoryOf, snapshot, type StoreUnderTest } from './projection-store.contract';

/** A store whose dead letters can be replayed. */
export interface DeadLettersUnderTest extends StoreUnderTest {
  readonly letters: DeadLetterStore;
  /** The open dead letters of the active generation. */
  open(): Promise<readonly OpenDeadLetter[]>;
}

/** Every adapter of `DeadLetterStore` runs this. Each call of `open` gives an empty store. */
export function deadLettersContract(open: () => Promise<DeadLettersUnderTest>): void {
  /** Two records, of which the first became a dead letter; `mended` says whether it can be applied now. */
  const prepare = async (mended: boolean) => {
    const under = await open();
    const [first, second] = fc.sample(testEvent, { numRuns: 2, seed: 43 });
    await deliver(under, [{ topic: 'left', partition: 1, events: [{ ...first!, name: 'refuse' }, second!] }]);
    const log = new MemoryLog(everything.topics, 2);
    for (const key of ['0', '1'])
      log.append('left', 1, {
        key: Buffer.from(key),
        value: Buffer.from('{}'),
        headers: NO_HEADERS,
        timestamp: 0,
      });
    const events: TestEvent[] = [mended ? first! : { ...first!, name: 'refuse' }, second!];
    const decode: Decode<TestEvent> = ({ offset }) => ({ ok: true, event: events[offset]! });
    const replay = async (letters: readonly OpenDeadLetter[]) => {
      const { signal } = new AbortController();
      const outcomes = await replayDeadLetters(everything, letters, { log, decode }, under.letters, signal);
      return [...outcomes.values()];
    };
    const plain = await deliver(memoryOf(everything), [
      { topic: 'left', partition: 1, events: [first!, second!] },
    ]);
    return { under, replay, plain };
  };

  it('merges what the record contributes and keeps it from being replayed again', async () => {
    const { under, replay, plain } = await prepare(true);
    const letters = await under.open();
    expect(letters).toMatchObject([{ topic: 'left', partition: 1, offset: 0 }]);
    expect(await replay(letters)).toEqual([{ outcome: 'replayed' }]);
    expect(await snapshot(under)).toEqual(plain);
    expect(await under.open()).toEqual([]);
    expect(await replay(letters)).toEqual([{ outcome: 'resolved before' }]);
    expect(await snapshot(under)).toEqual(plain);
  });

  it('merges nothing of a person who was erased meanwhile', async () => {
    const { under } = await prepare(true);
    const [letter] = await under.open();
    const [event] = fc.sample(testEvent, { numRuns: 1, seed: 44 });
    const who = '00000000-0000-4000-8000-00000000000b';
    const erase = { ...event!, who, name: 'erase' };
    await deliver(under, [{ topic: 'right', partition: 0, events: [erase] }]);
    const fold = new RowFold(everything.tables);
    for (const contribution of everything.handlerOf('a')!({ ...event!, who, name: 'a' }))
      fold.add(contribution);
    const before = await under.rowsOf(Trace);
    expect(await under.letters.replay(letter!, fold.take())).toEqual({ outcome: 'replayed' });
    expect(await under.rowsOf(Trace)).toEqual(before);
    expect((await under.rowsOf(Shared)).map(({ what }) => what)).toContain(event!.what);
  });

  it('leaves a dead letter open that still cannot be applied, and says why', async () => {
    const { under, replay } = await prepare(false);
    const before = await snapshot(under);
    const reason = 'Error: the handler refuses this event';
    expect(await replay(await under.open())).toEqual([{ outcome: 'failed', reason }]);
    expect(await under.open()).toHaveLength(1);
    expect(await snapshot(under)).toEqual(before);
  });

  it('reports when the log no longer has the record', async () => {
    const { under } = await prepare(true);
    const empty = new MemoryLog(everything.topics, 2);
    const decode: Decode<TestEvent> = () => ({ ok: false, reason: 'never asked' });
    const { signal } = new AbortController();
    const letters = await under.open();
    const outcomes = await replayDeadLetters(
      everything,
      letters,
      { log: empty, decode },
      under.letters,
      signal,
    );
    expect([...outcomes.values()]).toEqual([{ outcome: 'failed', reason: NOT_IN_THE_LOG }]);
    expect(await under.open()).toHaveLength(1);
  });
}
