import type { RecordBatch } from '@app/engine';
import { NO_HEADERS, type ApplyOutcome, type BatchLease } from '@app/engine/adapters';
import { BatchGate, type BatchApplier } from './batch-gate';

const lease: BatchLease = { renew: () => Promise.resolve(), wait: () => Promise.resolve() };

function batch(partition: number, records = 1, topic = 'left'): RecordBatch {
  const record = { key: null, value: null, headers: NO_HEADERS, timestamp: 0 };
  return {
    topic,
    partition,
    fromOffset: 0,
    nextOffset: records,
    records: Array.from({ length: records }, (_, offset) => ({ ...record, offset })),
  };
}

/** Applies groups on demand, and remembers them. */
class Applier implements BatchApplier {
  readonly groups: (readonly RecordBatch[])[] = [];
  readonly alone: RecordBatch[] = [];
  private readonly pending: ((fault?: Error) => void)[] = [];

  takes(topic: string): boolean {
    return topic !== 'paused';
  }

  apply(one: RecordBatch): Promise<ApplyOutcome> {
    this.alone.push(one);
    return new Promise(() => undefined);
  }

  applyAll(batches: readonly RecordBatch[]): Promise<readonly ApplyOutcome[]> {
    this.groups.push(batches);
    return new Promise((resolve, reject) => {
      this.pending.push((fault) => {
        if (fault) reject(fault);
        else resolve(batches.map(({ nextOffset }) => ({ outcome: 'applied', position: nextOffset })));
      });
    });
  }

  /** Ends the oldest group that is being applied. */
  finish(fault?: Error): void {
    this.pending.shift()!(fault);
  }

  get partitions(): number[][] {
    return this.groups.map((group) => group.map(({ partition }) => partition));
  }
}

/** The gate waits for the end of a turn of the event loop, before or after which a timer may run. */
const turn = async () => {
  for (let i = 0; i < 3; i++) await new Promise(setImmediate);
};

describe('the gate through which batches share transactions', () => {
  it('groups batches that arrive together, and those that arrive while a group is applied', async () => {
    const applier = new Applier();
    const gate = new BatchGate(applier, { concurrency: 1, minRecords: 10, maxRecords: 100 });
    const first = [0, 1, 2].map((partition) => gate.apply(batch(partition, 2), lease));
    await turn();
    const later = [3, 4].map((partition) => gate.apply(batch(partition, 3), lease));
    await turn();
    expect(applier.partitions).toEqual([[0, 1, 2]]);
    applier.finish();
    expect(await Promise.all(first)).toEqual(Array(3).fill({ outcome: 'applied', position: 2 }));
    await turn();
    expect(applier.partitions).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    applier.finish();
    expect(await Promise.all(later)).toHaveLength(2);
  });

  it('works on several groups at once, each with a share of the waiting batches, when many wait', async () => {
    const applier = new Applier();
    const gate = new BatchGate(applier, { concurrency: 2, minRecords: 10, maxRecords: 100 });
    for (let partition = 0; partition < 6; partition++) void gate.apply(batch(partition, 5), lease);
    await turn();
    expect(applier.partitions).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  it('stops filling a group once it has many records, but accepts one large batch', async () => {
    const applier = new Applier();
    const gate = new BatchGate(applier, { concurrency: 1, minRecords: 10, maxRecords: 10 });
    for (const records of [6, 5, 40, 1]) void gate.apply(batch(records, records), lease);
    await turn();
    for (let i = 0; i < 3; i++) {
      applier.finish();
      await turn();
    }
    expect(applier.partitions).toEqual([[6], [5], [40], [1]]);
  });

  it('fails all batches of a group with the fault that ended it, and continues with the next', async () => {
    const applier = new Applier();
    const gate = new BatchGate(applier, { concurrency: 1, minRecords: 10, maxRecords: 100 });
    const lost = [0, 1].map((partition) => gate.apply(batch(partition), lease));
    await turn();
    applier.finish(new Error('lost'));
    for (const one of lost) await expect(one).rejects.toThrow('lost');
    const next = gate.apply(batch(2), lease);
    await turn();
    applier.finish();
    expect(await next).toEqual({ outcome: 'applied', position: 1 });
  });

  it('lets no batch wait behind one that no generation takes', async () => {
    const applier = new Applier();
    const gate = new BatchGate(applier, { concurrency: 1, minRecords: 10, maxRecords: 100 });
    void gate.apply(batch(0, 1, 'paused'), lease);
    const other = gate.apply(batch(1), lease);
    await turn();
    applier.finish();
    expect(await other).toMatchObject({ outcome: 'applied' });
    expect(applier.alone).toHaveLength(1);
  });
});
