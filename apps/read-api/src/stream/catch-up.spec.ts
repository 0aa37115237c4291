import type { LogReader } from '@app/engine';
import { until } from '@app/testing';
import { CatchUp, type CaughtUp } from './catch-up';
import type { StreamClient } from './stream-client';
import type { Tail } from './tail';

const PLACE = { topic: 'jimo.engagement', partition: 0 };
const MISSED = 10;
const TAIL = {
  ends: [MISSED],
  window: { from: [MISSED], read: [MISSED], told: [MISSED], since: () => [] },
  places: { all: [PLACE], counts: [1], indexOf: () => 0 },
  erased: { hides: () => false },
  isStopped: false,
} as unknown as Tail;

/** A client that reads nothing until it is asked to. */
class FakeClient {
  readonly drains: (() => void)[] = [];
  isOver = false;
  private gone: () => void = () => undefined;

  constructor(
    tokenKey: string,
    private readonly reads: boolean,
  ) {
    this.token = { tokenKey };
  }

  readonly token: { readonly tokenKey: string };

  onGone(tell: () => void): void {
    this.gone = tell;
  }

  drained(): Promise<boolean> {
    return this.reads
      ? Promise.resolve(true)
      : new Promise((resolve) => this.drains.push(() => resolve(true)));
  }

  leave(): void {
    this.isOver = true;
    this.gone();
    this.drains.forEach((drain) => drain());
  }
}

/** Gives one offset at a time, and counts who reads. */
class CountingLog {
  reading = 0;
  most = 0;
  offsets = 0;

  async read(...[[range], take, signal]: Parameters<LogReader['read']>): Promise<void> {
    this.most = Math.max(this.most, ++this.reading);
    try {
      for (let at = range!.from; at < range!.to; at++) {
        signal?.throwIfAborted();
        this.offsets++;
        await take({ ...PLACE, fromOffset: at, nextOffset: at + 1, records: [] });
      }
    } finally {
      this.reading--;
    }
  }
}

describe('clients that catch up', () => {
  const log = (): CountingLog => new CountingLog();
  const catchUp = (from: CountingLog): CatchUp =>
    new CatchUp(from as unknown as LogReader, { records: 2 * MISSED, atOnce: 4 }, () => undefined);
  const run = (of: CatchUp, client: FakeClient): Promise<CaughtUp> =>
    of.run(client as unknown as StreamClient, TAIL, [0]);

  it('and do not read leave a turn for another token at once', async () => {
    const read = log();
    const of = catchUp(read);
    const slow = Array.from({ length: 8 }, () => new FakeClient('a', false));
    const ends = slow.map((client) => run(of, client));
    await until('those of one token have their share', () => Promise.resolve(read.reading === 3));
    expect(await run(of, new FakeClient('b', true))).toEqual({ outcome: 'level' });
    expect(read.most).toBe(4);
    for (const client of slow) client.leave();
    expect(await Promise.all(ends)).toEqual(slow.map(() => ({ outcome: 'gone' })));
  });

  it('and do not read give their turn up while others wait, and go on where they were', async () => {
    const read = log();
    const of = catchUp(read);
    const slow = Array.from({ length: 8 }, (_none, i) => new FakeClient(`slow-${i}`, false));
    const ends = slow.map((client) => run(of, client));
    await until('all turns are taken', () => Promise.resolve(read.reading === 4));
    const quick = Array.from({ length: 8 }, () => new FakeClient('quick', true));
    expect(await Promise.all(quick.map((client) => run(of, client)))).toEqual(
      quick.map(() => ({ outcome: 'level' })),
    );
    // Each offset was read once for each, however often its client gave its turn up.
    const reading = setInterval(
      () => slow.forEach(({ drains }) => drains.splice(0).forEach((drain) => drain())),
      5,
    );
    expect(await Promise.all(ends)).toEqual(slow.map(() => ({ outcome: 'level' })));
    clearInterval(reading);
    expect(read.offsets).toBe(16 * MISSED);
    expect(read.most).toBe(4);
  });
});
