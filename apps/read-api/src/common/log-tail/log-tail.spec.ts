import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { textHeaders, type LogBounds, type LogReader, type RecordBatch } from '@app/engine';
import { createLogger } from '@app/platform';
import { until } from '@app/testing';
import fc from 'fast-check';
import { LogTail } from './log-tail';

const TOPIC = 'growing';
const logger = createLogger('test', 'silent');

/** Partitions that grow while they are read, with a gap at every fifth offset as compaction leaves it. */
class GrowingLog implements LogReader {
  private grown = Promise.withResolvers<void>();
  /** Offsets that were read, by everybody. */
  offsets = 0;
  readers = 0;

  constructor(readonly ends: number[]) {}

  append(partition: number, count: number): void {
    this.ends[partition]! += count;
    const { resolve } = this.grown;
    this.grown = Promise.withResolvers<void>();
    resolve();
  }

  bounds(): Promise<LogBounds[]> {
    return Promise.resolve(this.ends.map((high, partition) => ({ topic: TOPIC, partition, low: 0, high })));
  }

  async read(...[ranges, take, signal]: Parameters<LogReader['read']>): Promise<void> {
    this.readers++;
    const at = ranges.map(({ from }) => from);
    try {
      while (ranges.some(({ to }, i) => at[i]! < to)) {
        const { promise } = this.grown;
        let found = false;
        for (const [i, { topic, partition, to }] of ranges.entries()) {
          const fromOffset = at[i]!;
          const nextOffset = Math.min(fromOffset + 3, to, this.ends[partition]!);
          if (nextOffset <= fromOffset) continue;
          await nextTurn();
          signal.throwIfAborted();
          const offsets = Array.from({ length: nextOffset - fromOffset }, (_, n) => fromOffset + n);
          const records = offsets
            .filter((offset) => offset % 5 !== 4)
            .map((offset) => ({ offset, key: null, value: null, headers: textHeaders({}), timestamp: 0 }));
          this.offsets += offsets.length;
          await take({ topic, partition, fromOffset, nextOffset, records });
          at[i] = nextOffset;
          found = true;
        }
        if (found) continue;
        const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        await Promise.race([promise, aborted]);
        signal.throwIfAborted();
      }
    } finally {
      this.readers--;
    }
  }
}

class Following {
  readonly batches: RecordBatch[] = [];
  private readonly stopping = new AbortController();
  readonly ended: Promise<void>;

  constructor(
    tail: LogTail,
    private readonly starts: readonly number[],
    pause: () => Promise<unknown> = () => Promise.resolve(),
  ) {
    const from = starts.map((offset, partition) => ({ topic: TOPIC, partition, offset }));
    const take = async (batch: RecordBatch): Promise<void> => {
      await pause();
      this.batches.push(batch);
    };
    this.ended = tail.follow(from, take, this.stopping.signal);
  }

  next(partition: number): number {
    return (
      this.batches.findLast((batch) => batch.partition === partition)?.nextOffset ?? this.starts[partition]!
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  /** Every record from the start once, in batches that join. */
  check(ends: readonly number[]): void {
    for (const [partition, start] of this.starts.entries()) {
      const own = this.batches.filter((batch) => batch.partition === partition);
      let at = start;
      for (const { fromOffset, nextOffset, records } of own) {
        expect(fromOffset).toBe(at);
        const wanted = Array.from({ length: nextOffset - fromOffset }, (_, i) => fromOffset + i);
        expect(records.map(({ offset }) => offset)).toEqual(wanted.filter((offset) => offset % 5 !== 4));
        at = nextOffset;
      }
      expect(at).toBe(Math.max(start, ends[partition]!));
    }
  }
}

const isAtEnd = (log: GrowingLog, all: readonly Following[]): boolean =>
  all.every((each) => log.ends.every((end, partition) => each.next(partition) >= end));

describe('the tail of the log', () => {
  it('gives each follower every record once, wherever it begins, however slow it is, and while others come and go', async () => {
    const step = fc.oneof(
      fc.record({ grow: fc.constant(true as const), partition: fc.nat(1), count: fc.nat(7) }),
      fc.record({ grow: fc.constant(false as const), back: fc.nat(30), isSlow: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(9), async (steps, leaver) => {
        const log = new GrowingLog([20, 10]);
        const tail = new LogTail(log, [TOPIC], logger, 5);
        const all: Following[] = [];
        for (const [i, each] of steps.entries()) {
          if (each.grow) log.append(each.partition, each.count);
          else {
            const starts = log.ends.map((end) => Math.max(0, end - each.back));
            all.push(new Following(tail, starts, each.isSlow ? () => sleep(8) : undefined));
          }
          if (i === leaver && all.length > 0) await all.shift()!.stop();
          await nextTurn();
        }
        await until('all are at the end', () => isAtEnd(log, all));
        for (const each of all) each.check(log.ends);
        await Promise.all(all.map((each) => each.stop()));
        expect(log.readers).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('is read once for all that are with it', async () => {
    const log = new GrowingLog([10, 10]);
    const tail = new LogTail(log, [TOPIC], logger);
    const all = [0, 1, 2].map(() => new Following(tail, [10, 10]));
    await until('the tail is open', () => log.readers === 1);
    log.append(0, 30);
    await until('all are at the end', () => isAtEnd(log, all));
    expect([log.offsets, log.readers]).toEqual([30, 1]);
    for (const each of all) await each.stop();
    expect(log.readers).toBe(0);
  });

  it('takes in who joins while batches come one right after the other', async () => {
    let reads = 0;
    const log: LogReader = {
      bounds: () => Promise.resolve([{ topic: TOPIC, partition: 0, low: 0, high: 10 }]),
      read: async ([range], take, signal) => {
        reads++;
        const { from, to, ...place } = range!;
        await nextTurn();
        const batch = { ...place, records: [] };
        if (to < Number.MAX_SAFE_INTEGER) return take({ ...batch, fromOffset: from, nextOffset: to });
        for (let at = from; !signal.aborted; at++) {
          await take({ ...batch, fromOffset: at, nextOffset: at + 1 });
          if (at % 200 === 0) await nextTurn();
        }
      },
    };
    const tail = new LogTail(log, [TOPIC], logger);
    const first = new Following(tail, [10]);
    await until('the tail is read', () => first.next(0) > 10);
    const second = new Following(tail, [0]);
    await until('the other is there', () => second.next(0) > 1_000);
    // The tail's, one up to where the tail was, and short ones.
    expect(reads).toBeLessThanOrEqual(4);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('lets go of who leaves while the log does not answer', async () => {
    const log = new GrowingLog([1]);
    jest.spyOn(log, 'bounds').mockReturnValue(new Promise(() => undefined));
    await new Following(new LogTail(log, [TOPIC], logger), [0]).stop();
  });

  it('is looked for again where the log does not yet tell of all that one follows', async () => {
    const log = new GrowingLog([1, 1]);
    const tail = new LogTail(log, [TOPIC], logger);
    jest.spyOn(log, 'bounds').mockResolvedValueOnce([{ topic: TOPIC, partition: 0, low: 0, high: 1 }]);
    const one = new Following(tail, [0, 0]);
    await until('it is at the end', () => isAtEnd(log, [one]));
    one.check([1, 1]);
    await one.stop();
  });

  it('begins again for one that asks for new partitions, and nobody misses anything', async () => {
    const log = new GrowingLog([4]);
    const tail = new LogTail(log, [TOPIC], logger);
    const first = new Following(tail, [0]);
    await until('it is at the end', () => isAtEnd(log, [first]));
    log.ends.push(0);
    const second = new Following(tail, [4, 0]);
    log.append(0, 8);
    log.append(1, 5);
    await until('both are at the end', () => first.next(0) === 12 && isAtEnd(log, [second]));
    first.check([12]);
    second.check([12, 5]);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('ends for a follower that throws, and goes on for the others', async () => {
    const log = new GrowingLog([3]);
    const tail = new LogTail(log, [TOPIC], logger);
    const other = new Following(tail, [0]);
    const faulty = new Following(tail, [0], () => Promise.reject(new Error('a fault')));
    await expect(faulty.ended).rejects.toThrow('a fault');
    log.append(0, 3);
    await until('the other is at the end', () => isAtEnd(log, [other]));
    await other.stop();
  });
});
