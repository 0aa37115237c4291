import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  append,
  decodeTestEvent,
  everything,
  live,
  liveOn,
  testEvent,
  Trace,
  verified,
  verifiedMemory,
  type TestEvent,
} from '@app/testing';
import fc from 'fast-check';
import { NO_HEADERS, type LogRecord } from '../log/record';
import { CheckpointOutOfRange } from '../log/checkpoint';
import { MemoryLog } from '@app/engine-memory';
import type { LogBounds } from '../log/log-reader';
import type { VerifyStore } from './verify-store';
import type { RefoldPart } from './refold';
import type { SummedPart } from './summing-part';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 1);
const ID = (i: number): string => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
/** At least as many rows as events: every event has its own id, and nobody is erased. */
const events = (count: number): TestEvent[] =>
  fc.sample(testEvent, { numRuns: count, seed: 9 }).map((event, i) => ({ ...event, id: ID(i), name: 'a' }));

const onLeft = (of: readonly TestEvent[]) => [{ topic: 'left', partition: 0, events: of }];

function record(event: TestEvent, timestamp: number): Omit<LogRecord, 'offset'> {
  return {
    key: Buffer.from(event.id),
    value: Buffer.from(JSON.stringify(event)),
    headers: NO_HEADERS,
    timestamp,
  };
}

/** A clock that does not advance until the last record has been read. */
function clock(durationMs: number): () => number {
  let asked = 0;
  return () => NOW + (asked++ === 0 ? 0 : durationMs);
}

describe('a verification', () => {
  it('is indeterminate when the run took longer than a record needs to displace another', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(5)));
    expect(await verified(life, under.verify, { now: clock(MINUTE) })).toMatchObject({ outcome: 'clean' });
    const report = await verified(life, under.verify, { now: clock(MINUTE + 1) });
    expect(report).toMatchObject({
      outcome: 'indeterminate',
      reasons: ['the verification took longer than min.compaction.lag.ms (60000)'],
      comparedRows: null,
    });
  });

  it('is indeterminate when the projection lags by more than that, even if a gap hides the next record', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(5)));
    const log = new Compacted(life.log, (_topic, _partition, offset) => offset > 4 && offset < 40);
    for (let i = 0; i < 60; i++) life.log.append('left', 0, record(events(1)[0]!, NOW - 2 * MINUTE + i));
    const verifiedAt = (now: number) =>
      verified({ ...life, source: { log, decode: decodeTestEvent } }, under.verify, { now: () => now });
    // The first existing record is at offset 40.
    const displaces = NOW - 2 * MINUTE + 35 + MINUTE;
    expect((await verifiedAt(displaces)).outcome).toBe('clean');
    expect(await verifiedAt(displaces + 1)).toMatchObject({
      outcome: 'indeterminate',
      reasons: [expect.stringMatching(/^left\/0: the first record that is not applied, of .* is older/)],
    });
  });

  it('does not count a partition that was never read, whatever it contains', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(5)));
    life.log.append('right', 1, record(events(1)[0]!, NOW));
    expect((await verified(life, under.verify, { now: () => NOW + 1 })).outcome).toBe('clean');
    expect((await verified(life, under.verify, { now: () => NOW + 2 * MINUTE })).outcome).toBe(
      'indeterminate',
    );
  });

  it('is indeterminate when compaction may have made the difference, and still lists it', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(5)));
    const [key] = traces(under);
    await under.remove(Trace, key!);
    const report = await verified(life, under.verify, { now: clock(2 * MINUTE) });
    expect(report.outcome).toBe('indeterminate');
    expect(report.comparedRows!.rows.listed).toMatchObject([{ table: 'trace', kind: 'missing' }]);
  });

  it('stays clean when compaction has removed redeliveries, which the ledger counts as gaps', async () => {
    const under = verifiedMemory();
    const [first, ...others] = events(6);
    const life = await live(under, onLeft([first!, ...others, first!]));
    const log = new Compacted(life.log, (_topic, _partition, offset) => offset === 0);
    const report = await verified({ ...life, source: { log, decode: decodeTestEvent } }, under.verify);
    expect(report).toMatchObject({ outcome: 'clean', offsets: [], records: 6 });
  });

  it('finds records that are missing from the log although no later copy displaced them', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(6)));
    const log = new Compacted(life.log, (_topic, _partition, offset) => offset === 2);
    const report = await verified({ ...life, source: { log, decode: decodeTestEvent } }, under.verify);
    expect(report.outcome).toBe('differs');
    expect(report.offsets).toEqual([]);
    expect(report.comparedRows!.rows.listed).toContainEqual(
      expect.objectContaining({ table: 'trace', kind: 'extra' }),
    );
  });

  it('is indeterminate when the beginning of the log is lost', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(6)));
    const log = new Compacted(life.log, (_topic, _partition, offset) => offset < 2, { 'left/0': 2 });
    const report = await verified({ ...life, source: { log, decode: decodeTestEvent } }, under.verify);
    expect(report).toMatchObject({
      outcome: 'indeterminate',
      reasons: ['left/0: the log begins at offset 2; what was before it is lost'],
    });
  });

  it('refuses a log that is not the one that was applied', async () => {
    const under = verifiedMemory();
    await live(under, onLeft(events(6)));
    const shorter = await live(verifiedMemory(), onLeft(events(3)));
    await expect(verified(shorter, under.verify)).rejects.toThrow(CheckpointOutOfRange);
    const other = await live(verifiedMemory(), onLeft(events(9).slice(3)));
    await expect(verified(other, under.verify)).rejects.toThrow('is not the one that was applied');
  });

  it('compares rows of live tables later, and reports when events since have removed the difference', async () => {
    const under = verifiedMemory();
    const all = events(12);
    const life = await live(under, onLeft(all.slice(0, 6)));
    const [key] = traces(under);
    await under.remove(Trace, key!);
    const meanwhile: VerifyStore = {
      codec: under.verify.codec,
      digests: under.verify.digests.bind(under.verify),
      rows: async (...asked: Parameters<typeof under.verify.rows>) => {
        // Every event comes again, and others with it.
        await liveOn(under, life.log, onLeft(all));
        return under.verify.rows(...asked);
      },
    };
    expect(await verified(life, meanwhile)).toMatchObject({
      outcome: 'differs',
      records: 6,
      comparedRows: { settled: true, rows: { count: 0, listed: [] } },
    });
  });

  it('lists records that cannot be applied although the store counts them as applied', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(4)));
    const offset = append(life.log, 'left', 0, { ...events(5)[4]!, name: 'refuse' });
    const { checkpoints, ledgers: offsets } = under.store.serving(everything.name);
    checkpoints.set('left/0', { next: offset + 1, lastKey: null });
    offsets.get('left/0')!.changed++;
    expect(await verified(life, under.verify)).toMatchObject({
      outcome: 'differs',
      comparedRows: null,
      offsets: [{ topic: 'left', partition: 0, log: { deadLettered: 1 }, stored: { deadLettered: 0 } }],
      unapplied: { count: 1, listed: [{ offset, reason: 'Error: the handler refuses this event' }] },
    });
  });

  it('lists at most a hundred rows and counts the others', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(150)));
    for (const key of traces(under)) await under.remove(Trace, key);
    const report = await verified(life, under.verify);
    expect(report.comparedRows!.rows.count).toBe(150);
    expect(report.comparedRows!.rows.listed).toHaveLength(100);
  });

  it('keeps no more rows in memory than allowed, except for those of one batch', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(2_000)), 10);
    const report = await verified(life, under.verify, { maxRows: 100 });
    expect(report.outcome).toBe('clean');
    expect(report.spilledRows).toBeGreaterThan(2_000);
    expect(report.peakRows).toBeLessThanOrEqual(100 + 3 * 10);
  });

  it('spills to a file that a killed process cannot leave behind', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(200)), 10);
    const folder = mkdtempSync(join(tmpdir(), 'spills-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    try {
      let seen: string[] = [];
      const report = (): void => void (seen = seen.concat(readdirSync(folder)));
      const { spilledRows } = await verified(life, under.verify, { maxRows: 5, report });
      expect(spilledRows).toBeGreaterThan(0);
      expect(seen).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      rmdirSync(folder);
    }
  });

  it('ends when one of its parts fails, after the others have stopped', async () => {
    const under = verifiedMemory();
    const life = await live(under, onLeft(events(20)));
    let stopped = false;
    const closed: string[] = [];
    const part = (name: string, fold: RefoldPart<SummedPart>['fold']): RefoldPart<SummedPart> => ({
      fold,
      merge: () => Promise.reject(new Error('not reached')),
      count: () => Promise.reject(new Error('not reached')),
      close: () => void closed.push(name),
    });
    const divide = () => [
      { part: part('fails', () => Promise.reject(new Error('no more memory'))), ranges: [] },
      {
        part: part('goes on', async (_task, _read, signal) => {
          await once(signal, 'abort');
          await new Promise(setImmediate);
          stopped = true;
          throw signal.reason;
        }),
        ranges: [],
      },
    ];
    await expect(verified(life, under.verify, { divide })).rejects.toThrow('no more memory');
    expect(stopped).toBe(true);
    expect(closed).toEqual(['fails', 'goes on']);
  });
});

function traces({ store }: ReturnType<typeof verifiedMemory>) {
  return store
    .rowsOf(Trace)
    .map(({ workspace, who, at, eventId }) => ({ workspace, who, at, eventId })) as Parameters<
    ReturnType<typeof verifiedMemory>['remove']
  >[1][];
}

/** A log from which compaction has removed records. */
class Compacted extends MemoryLog {
  constructor(
    private readonly whole: MemoryLog,
    private readonly isGone: (topic: string, partition: number, offset: number) => boolean,
    private readonly lows: Readonly<Record<string, number>> = {},
  ) {
    super([], 0);
  }

  override async bounds(topics: readonly string[]): Promise<readonly LogBounds[]> {
    const bounds = await this.whole.bounds(topics);
    return bounds.map((each) => ({ ...each, low: this.lows[`${each.topic}/${each.partition}`] ?? each.low }));
  }

  override read(...[ranges, take, signal]: Parameters<MemoryLog['read']>): Promise<void> {
    return this.whole.read(
      ranges,
      (batch) => {
        const { topic, partition } = batch;
        const records = batch.records.filter(({ offset }) => !this.isGone(topic, partition, offset));
        return take({ ...batch, records });
      },
      signal,
    );
  }
}
