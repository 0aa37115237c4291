import { textHeaders, type LogPosition } from '@app/engine';
import type { PlacedRecord } from '@app/engine-kafka';
import fc from 'fast-check';
import { BackwardScan, type ScanLimits } from './backward-scan';
import type { ScanRange } from './scan-lane';

const TOPIC = 'log';
const ROOMY: ScanLimits = {
  records: 1e9,
  bytes: 1e9,
  milliseconds: 60_000,
  buffered: 1e6,
  bufferedBytes: 1e9,
};

interface Written {
  readonly offset: number;
  readonly timestamp: number;
  readonly bytes?: number;
}

const placed = (partition: number, { offset, timestamp, bytes = 10 }: Written): PlacedRecord => ({
  topic: TOPIC,
  partition,
  record: { offset, timestamp, key: null, value: Buffer.alloc(bytes), headers: textHeaders({}) },
});

/** Partitions as Kafka answers them: whole batches, as many as an answer has room for. */
class Partitions {
  asked = 0;

  constructor(
    private readonly partitions: readonly (readonly Written[])[],
    private readonly perAnswer = 7,
  ) {}

  from = (places: readonly LogPosition[]): Promise<PlacedRecord[]> => {
    this.asked++;
    return Promise.resolve(
      places.flatMap(({ partition, offset }) =>
        this.partitions[partition]!.filter((each) => each.offset >= offset)
          .slice(0, this.perAnswer)
          .map((each) => placed(partition, each)),
      ),
    );
  };

  /** In no order, without those that are gone. */
  at = (positions: readonly LogPosition[]): Promise<PlacedRecord[]> => {
    this.asked++;
    return Promise.resolve(
      positions
        .flatMap(({ partition, offset }) =>
          this.partitions[partition]!.filter((each) => each.offset === offset).map((each) =>
            placed(partition, each),
          ),
        )
        .reverse(),
    );
  };

  get ranges(): ScanRange[] {
    return this.partitions.map((own, partition) => ({
      ...{ topic: TOPIC, partition, from: 0 },
      to: (own.at(-1)?.offset ?? -1) + 1,
    }));
  }

  /** Newest first, as one scan without limits gives them. */
  get all(): string[] {
    const heads = this.partitions.map((own) => [...own]);
    const all: string[] = [];
    for (;;) {
      const [next] = heads
        .map((own, partition) => ({ partition, last: own.at(-1) }))
        .filter(({ last }) => last !== undefined)
        .sort((a, b) => b.last!.timestamp - a.last!.timestamp || a.partition - b.partition);
      if (!next) return all;
      all.push(`${next.partition}@${heads[next.partition]!.pop()!.offset}`);
    }
  }
}

interface Scanned {
  readonly found: string[];
  readonly ranges: readonly ScanRange[];
  readonly scan: BackwardScan<string>;
}

async function page(
  log: Partitions,
  ranges: readonly ScanRange[],
  options: {
    readonly limit?: number;
    readonly limits?: Partial<ScanLimits>;
    readonly isWanted?: (text: string) => boolean;
    readonly chunk?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Scanned> {
  const { limit = Infinity, limits = {}, isWanted = () => true, chunk = 3 } = options;
  const textOf = ({ partition, record }: PlacedRecord) => `${partition}@${record.offset}`;
  const scan = new BackwardScan<string>(
    ranges,
    {
      from: log.from,
      at: log.at,
      select: (records) => Promise.resolve(records.map(textOf).map((text) => (isWanted(text) ? text : null))),
      limits: { ...ROOMY, ...limits },
      signal: options.signal ?? new AbortController().signal,
    },
    chunk,
  );
  const found: string[] = [];
  for (let next; found.length < limit && (next = await scan.next()) !== null;) found.push(next);
  scan.skip();
  return { found, scan, ranges: ranges.map((range, i) => ({ ...range, to: scan.offsets[i]! })) };
}

/** Offsets with the gaps of compaction, times that hardly ever fall. */
const written = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 40 }), step: fc.integer({ min: -2, max: 20 }) }), {
    maxLength: 60,
  })
  .map((steps) => {
    let [offset, timestamp] = [-1, 1_000];
    return steps.map(({ gap, step }) => ({ offset: (offset += gap), timestamp: (timestamp += step) }));
  });

describe('a scan from the end of the log to its beginning', () => {
  it('passes every record once, newest first, over pages of any size and limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(written, { minLength: 1, maxLength: 4 }),
        fc.record({
          limit: fc.integer({ min: 1, max: 30 }),
          records: fc.integer({ min: 1, max: 100 }),
          buffered: fc.integer({ min: 1, max: 50 }),
          bufferedBytes: fc.integer({ min: 1, max: 500 }),
          chunk: fc.integer({ min: 1, max: 50 }),
          perAnswer: fc.integer({ min: 1, max: 20 }),
          every: fc.integer({ min: 1, max: 5 }),
        }),
        async (partitions, { limit, chunk, perAnswer, every, ...limits }) => {
          const log = new Partitions(partitions, perAnswer);
          const isWanted = (text: string) => Number(text.split('@')[1]) % every === 0;
          const found: string[] = [];
          let ranges: readonly ScanRange[] = log.ranges;
          while (ranges.some(({ from, to }) => from < to)) {
            const before = ranges;
            const scanned = await page(log, ranges, { limit, limits, isWanted, chunk });
            found.push(...scanned.found);
            ({ ranges } = scanned);
            expect(ranges).not.toEqual(before);
            expect(scanned.scan.remaining).toBe(ranges.reduce((sum, { from, to }) => sum + to - from, 0));
          }
          expect(found).toEqual(log.all.filter(isWanted));
        },
      ),
    );
  });

  it('reads only what is known to be wanted below an offset', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(written, { minLength: 1, maxLength: 3 }),
        fc.record({
          limit: fc.integer({ min: 1, max: 30 }),
          buffered: fc.integer({ min: 1, max: 50 }),
          below: fc.integer({ min: 0, max: 500 }),
          every: fc.integer({ min: 1, max: 5 }),
        }),
        async (partitions, { limit, buffered, below, every }) => {
          const log = new Partitions(partitions);
          const isWanted = (text: string) => Number(text.split('@')[1]) % every === 0;
          const found: string[] = [];
          // Some of them are gone.
          const offsets = Array.from({ length: below }, (_none, offset) => offset).filter(
            (offset) => offset % every === 0,
          );
          let ranges: readonly ScanRange[] = log.ranges.map((range) => ({
            ...range,
            known: { below, offsets },
          }));
          while (ranges.some(({ from, to }) => from < to)) {
            const scanned = await page(log, ranges, { limit, limits: { buffered }, isWanted });
            found.push(...scanned.found);
            ({ ranges } = scanned);
          }
          const read = partitions.map((own) =>
            own.filter(({ offset }) => offset >= below || offsets.includes(offset)),
          );
          expect(found).toEqual(new Partitions(read).all.filter(isWanted));
        },
      ),
    );
  });

  it('reads nothing else where all that is wanted is known', async () => {
    const many = Array.from({ length: 10_000 }, (_none, offset) => ({ offset, timestamp: offset }));
    const log = new Partitions([many]);
    const known = { below: 10_000, offsets: [3, 77, 5_000] };
    const { found, scan } = await page(log, [{ ...log.ranges[0]!, known }]);
    expect(found).toEqual(['0@5000', '0@77', '0@3']);
    expect([log.asked, scan.scanned, scan.remaining]).toEqual([1, 3, 0]);
  });

  it('reads no more than its limit asks for where the newest are wanted', async () => {
    const many = Array.from({ length: 10_000 }, (_none, offset) => ({ offset, timestamp: offset }));
    const log = new Partitions([many, many], 50);
    const { found, scan } = await page(log, log.ranges, { limit: 4 });
    expect(found).toEqual(['0@9999', '1@9999', '0@9998', '1@9998']);
    expect([log.asked, scan.scanned, scan.remaining]).toEqual([1, 6, 20_000 - 4]);
    expect(scan.passedTo).toBe(9_998);
  });

  it('stops at its limits and says how far it has come', async () => {
    const many = Array.from({ length: 1_000 }, (_none, offset) => ({ offset, timestamp: offset }));
    const none = { isWanted: () => false, chunk: 100 };
    for (const limits of [{ records: 150 }, { bytes: 1_500 }, { milliseconds: 0 }]) {
      const log = new Partitions([many], 100);
      const { found, scan } = await page(log, log.ranges, { ...none, limits });
      expect(found).toEqual([]);
      expect(scan.remaining).toBe(limits.milliseconds === 0 ? 1_000 : 700);
      expect(scan.passedTo).toBe(limits.milliseconds === 0 ? null : 700);
    }
  });

  it('keeps no more bytes than there is room for, and reads on from there', async () => {
    const large = Array.from({ length: 20 }, (_none, offset) => ({
      offset,
      timestamp: offset,
      bytes: 1_000,
    }));
    const log = new Partitions([large], 20);
    const { found } = await page(log, log.ranges, { chunk: 20, limits: { bufferedBytes: 3_500 } });
    expect(found).toEqual(log.all);
    expect(log.asked).toBeGreaterThan(5);
  });

  it('ends when whoever asked is gone', async () => {
    const log = new Partitions([[{ offset: 0, timestamp: 0 }]]);
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(page(log, log.ranges, { signal: gone })).rejects.toThrow('gone');
    expect(log.asked).toBe(0);
  });
});
