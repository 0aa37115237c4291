import { everything, lease, silent, testEvent, Trace, type TestEvent } from '@app/testing';
import fc from 'fast-check';
import { NO_HEADERS, type RecordBatch } from '../log/record';
import { MemoryStore } from '@app/engine-memory';
import type { BatchCommit, CommitOutcome, LiveGeneration, ProjectionStore } from './projection-store';
import type { Checkpoint } from '../log/checkpoint';
import type { ProjectionDeclaration } from '../declare/projection';
import { Projector, type BatchLease } from './projector';

const events = fc.sample(testEvent, { numRuns: 8, seed: 3 }).map((event, i) => ({
  ...event,
  id: `00000000-0000-4000-8000-0000000001${String(i).padStart(2, '0')}`,
}));

function batch(from: number, to: number): RecordBatch {
  const records = events.slice(from, to).map((_, i) => ({
    offset: from + i,
    key: Buffer.from(String(from + i)),
    value: Buffer.from('{}'),
    headers: NO_HEADERS,
    timestamp: 0,
  }));
  return { topic: 'left', partition: 0, fromOffset: from, nextOffset: to, records };
}

function projectorOver(store: ProjectionStore, observer = silent): Projector<TestEvent> {
  return new Projector<TestEvent>(
    [everything],
    (record) => ({ ok: true, event: events[record.offset]! }),
    store,
    observer,
  );
}

/** A store whose first commits can be given other outcomes. */
class Interposed implements ProjectionStore {
  readonly inner = new MemoryStore([everything]);

  constructor(private readonly before: (commit: BatchCommit) => CommitOutcome | null) {}

  live(projections: readonly ProjectionDeclaration[]): Promise<readonly LiveGeneration[]> {
    return this.inner.live(projections);
  }

  checkpoint(generation: number, topic: string, partition: number): Promise<Checkpoint> {
    return this.inner.checkpoint(generation, topic, partition);
  }

  async commit(commit: BatchCommit): Promise<CommitOutcome> {
    return this.before(commit) ?? this.inner.commit(commit);
  }
}

describe('a projector', () => {
  it('requests a read from the checkpoint when a batch starts beyond it', async () => {
    const store = new MemoryStore([everything]);
    const projector = projectorOver(store);
    await projector.apply(batch(0, 2), lease);
    expect(await projector.apply(batch(4, 6), lease)).toEqual({ outcome: 'resync', position: 2 });
    expect(store.rowsOf(Trace)).toHaveLength(2);
  });

  it('applies only what is new of a batch that overlaps the checkpoint', async () => {
    const store = new MemoryStore([everything]);
    const projector = projectorOver(store);
    await projector.apply(batch(0, 4), lease);
    expect(await projector.apply(batch(2, 6), lease)).toEqual({ outcome: 'applied', position: 6 });
    expect(await projector.apply(batch(2, 6), lease)).toEqual({ outcome: 'applied', position: 6 });
    expect(store.rowsOf(Trace)).toHaveLength(6);
  });

  it('drops its batch and resynchronises when another owner moved the checkpoint meanwhile', async () => {
    const store = new MemoryStore([everything]);
    const stale = projectorOver(store);
    await stale.apply(batch(0, 2), lease);
    await projectorOver(store).apply(batch(2, 5), lease);
    expect(await stale.apply(batch(2, 4), lease)).toEqual({ outcome: 'resync', position: 5 });
    expect(await stale.apply(batch(5, 8), lease)).toEqual({ outcome: 'applied', position: 8 });
    expect(store.rowsOf(Trace)).toHaveLength(8);
  });

  it('waits and retries while the store does not answer, and makes no dead letter', async () => {
    let faults = 3;
    const store = new Interposed(() => {
      if (faults-- > 0) throw new Error('connection refused');
      return null;
    });
    const waits: number[] = [];
    const patient: BatchLease = { ...lease, wait: (ms) => Promise.resolve(void waits.push(ms)) };
    const recovered: string[] = [];
    const observer = {
      ...silent,
      retrying: () => undefined,
      recovered: (name: string) => void recovered.push(name),
    };
    await projectorOver(store, observer).apply(batch(0, 3), patient);
    expect(waits).toEqual([100, 200, 400]);
    expect(recovered).toEqual([everything.name]);
    expect(store.inner.deadLetters).toEqual([]);
    expect(store.inner.rowsOf(Trace)).toHaveLength(3);
  });

  it('gives the batch up when its partition is lost while it waits, and reports that', async () => {
    const store = new Interposed(() => {
      throw new Error('connection refused');
    });
    const lost: BatchLease = { ...lease, wait: () => Promise.reject(new Error('lost')) };
    const abandoned: string[] = [];
    const observer = {
      ...silent,
      retrying: () => undefined,
      abandoned: (name: string) => void abandoned.push(name),
    };
    await expect(projectorOver(store, observer).apply(batch(0, 3), lost)).rejects.toThrow('lost');
    expect(abandoned).toEqual([everything.name]);
  });

  it('makes a dead letter of the one record that the database refuses, and applies all others', async () => {
    const poison = events[5]!.id;
    const store = new Interposed((commit) => {
      const traces = commit.rows.get(Trace) ?? [];
      const index = Trace.columns.find((column) => column.name === 'eventId')!.index;
      const refused = traces.some((row) => row[index] === poison);
      return refused ? { outcome: 'refused', reason: 'index row size exceeds maximum' } : null;
    });
    expect(await projectorOver(store).apply(batch(0, 8), lease)).toEqual({ outcome: 'applied', position: 8 });
    expect(store.inner.rowsOf(Trace)).toHaveLength(7);
    expect(store.inner.deadLetters.map(({ offset, reason }) => ({ offset, reason }))).toEqual([
      { offset: 5, reason: 'refused by the database: index row size exceeds maximum' },
    ]);
  });

  it('notices by the record before its checkpoint that the topic was recreated', async () => {
    const store = new MemoryStore([everything]);
    await projectorOver(store).apply(batch(0, 4), lease);
    const same = batch(3, 6);
    const other = {
      ...same,
      records: same.records.map((record) => ({ ...record, key: Buffer.from(`other ${record.offset}`) })),
    };
    expect(await projectorOver(store).apply(other, lease)).toEqual({ outcome: 'foreign-log', position: 4 });
    expect(store.rowsOf(Trace)).toHaveLength(4);
    expect(await projectorOver(store).apply(same, lease)).toEqual({ outcome: 'applied', position: 6 });
  });

  it('takes no batch while the projection is paused, and continues from its checkpoint afterwards', async () => {
    const store = new MemoryStore([everything]);
    const projector = projectorOver(store);
    await projector.apply(batch(0, 2), lease);
    store.pause(everything.name);
    await projector.refresh();
    expect(projector.takes('left')).toBe(false);
    expect(await projector.apply(batch(2, 4), lease)).toEqual({ outcome: 'not-taken', position: 2 });
    expect(store.rowsOf(Trace)).toHaveLength(2);
    store.resume(everything.name);
    expect(await projector.apply(batch(2, 4), lease)).toEqual({ outcome: 'applied', position: 4 });
    expect(store.rowsOf(Trace)).toHaveLength(4);
  });

  it('changes nothing once the projection is paused, even before it has noticed', async () => {
    const store = new MemoryStore([everything]);
    const projector = projectorOver(store);
    await projector.apply(batch(0, 2), lease);
    store.pause(everything.name);
    await projector.apply(batch(2, 4), lease);
    expect(store.rowsOf(Trace)).toHaveLength(2);
    expect(await projector.position('left', 0)).toBe(2);
  });
});
