import type { LogReader, RecordBatch, RecordFinder } from '@app/engine';

/** A log under test, with a way to write to it. */
export interface LogUnderTest {
  readonly reader: LogReader & RecordFinder;
  /** A new topic; the values of each partition are its records, in order. */
  fill(partitions: readonly (readonly string[])[]): Promise<string>;
}

const values = (count: number): string[] => Array.from({ length: count }, (_, i) => `value ${i}`);
const never = new AbortController().signal;

/** Every adapter of `LogReader` and `RecordFinder` runs this. */
export function logReaderContract(open: () => LogUnderTest): void {
  const collect = async (
    { reader }: LogUnderTest,
    ranges: Parameters<LogReader['read']>[0],
  ): Promise<RecordBatch[]> => {
    const batches: RecordBatch[] = [];
    await reader.read(
      ranges,
      (batch) => {
        batches.push(batch);
        return Promise.resolve();
      },
      never,
    );
    return batches;
  };

  it('gives the bounds of every partition, including empty ones', async () => {
    const under = open();
    const topic = await under.fill([values(7), [], values(2)]);
    expect(await under.reader.bounds([topic])).toEqual([
      { topic, partition: 0, low: 0, high: 7 },
      { topic, partition: 1, low: 0, high: 0 },
      { topic, partition: 2, low: 0, high: 2 },
    ]);
  });

  it('hands over exactly the records of the ranges, in consecutive batches', async () => {
    const under = open();
    const topic = await under.fill([values(20), values(9), values(5)]);
    const batches = await collect(under, [
      { topic, partition: 0, from: 3, to: 17 },
      { topic, partition: 2, from: 0, to: 5 },
    ]);
    for (const [partition, from, to] of [
      [0, 3, 17],
      [2, 0, 5],
    ] as const) {
      const own = batches.filter((batch) => batch.partition === partition);
      expect(own[0]!.fromOffset).toBe(from);
      expect(own.at(-1)!.nextOffset).toBe(to);
      own.slice(1).forEach((batch, i) => expect(batch.fromOffset).toBe(own[i]!.nextOffset));
      const records = own.flatMap((batch) => batch.records);
      expect(records.map(({ offset }) => offset)).toEqual(
        Array.from({ length: to - from }, (_, i) => from + i),
      );
      expect(records.map(({ value }) => value!.toString())).toEqual(values(20).slice(from, to));
    }
    expect(batches.every(({ partition }) => partition !== 1)).toBe(true);
  });

  it('finds the records at positions in their order, and null for what it does not hold', async () => {
    const under = open();
    const topic = await under.fill([values(4), [], values(9)]);
    const places = [
      ...([
        [2, 8],
        [0, 3],
        [2, 9],
        [0, 0],
        [1, 0],
        [2, 8],
        [3, 0],
        [2, 2],
      ] as const),
    ].map(([partition, offset]) => ({ topic, partition, offset }));
    const found = await under.reader.recordsAt(places);
    expect(found.map((record) => record && `${record.offset} ${String(record.value)}`)).toEqual([
      ...['8 value 8', '3 value 3', null, '0 value 0', null, '8 value 8', null, '2 value 2'],
    ]);
    expect(await under.reader.recordsAt([])).toEqual([]);
  });

  it('reads nothing where there is nothing to read', async () => {
    const under = open();
    const topic = await under.fill([values(3)]);
    expect(await collect(under, [{ topic, partition: 0, from: 2, to: 2 }])).toEqual([]);
    expect(await collect(under, [])).toEqual([]);
  });

  it('hands over one batch at a time, and throws what the callback throws', async () => {
    const under = open();
    const topic = await under.fill([values(30), values(30)]);
    let taking = 0;
    let taken = 0;
    const ranges = [0, 1].map((partition) => ({ topic, partition, from: 0, to: 30 }));
    const reading = under.reader.read(
      ranges,
      async () => {
        expect(++taking).toBe(1);
        await new Promise(setImmediate);
        taking--;
        if (++taken === 2) throw new Error('enough');
      },
      never,
    );
    await expect(reading).rejects.toThrow('enough');
    expect(taken).toBe(2);
  });

  it('ends when its signal is aborted, also if that was before the start', async () => {
    const under = open();
    const topic = await under.fill([values(30)]);
    const stop = new AbortController();
    const ranges = [{ topic, partition: 0, from: 0, to: 30 }];
    const take = (): Promise<void> => Promise.resolve(stop.abort(new Error('told to')));
    await expect(under.reader.read(ranges, take, AbortSignal.abort(new Error('before')))).rejects.toThrow(
      'before',
    );
    const all = [...ranges, { ...ranges[0]!, partition: 1 }];
    const two = await under.fill([values(30), values(30)]);
    await expect(
      under.reader.read(
        all.map((range) => ({ ...range, topic: two })),
        take,
        stop.signal,
      ),
    ).rejects.toThrow('told to');
  });
}
