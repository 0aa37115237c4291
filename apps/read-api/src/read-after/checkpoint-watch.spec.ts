import { CheckpointWatch, type Awaited } from './checkpoint-watch';

/** Checkpoints in memory, by `projection topic/partition`; it answers the watch's one query. */
class MemoryCheckpoints {
  readonly next = new Map<string, number>();
  queries = 0;
  broken: Error | null = null;

  planned<T>(_sql: string, parameters: readonly unknown[]): Promise<T[]> {
    this.queries += 1;
    if (this.broken) return Promise.reject(this.broken);
    const [keys, projections, topics, partitions, offsets] = parameters as [
      string[],
      string[],
      string[],
      number[],
      number[],
    ];
    const passed = keys.filter((_key, i) => {
      const next = this.next.get(`${projections[i]} ${topics[i]}/${partitions[i]}`) ?? 0;
      return next > offsets[i]!;
    });
    return Promise.resolve(passed.map((key) => ({ key }) as T));
  }
}

const at = (offset: number, projection = 'journeys'): Awaited => ({
  projection,
  topic: 'jimo.engagement',
  partition: 3,
  offset,
});

describe('waiting for positions', () => {
  it('is over at once when all are passed', async () => {
    const checkpoints = new MemoryCheckpoints();
    checkpoints.next.set('journeys jimo.engagement/3', 8);
    expect(await new CheckpointWatch(checkpoints).passed([at(7)], 1_000)).toBe(true);
    expect(checkpoints.queries).toBe(1);
  });

  it('waits until the last projection has passed', async () => {
    const checkpoints = new MemoryCheckpoints();
    const passed = new CheckpointWatch(checkpoints).passed([at(7), at(7, 'jimers')], 5_000);
    checkpoints.next.set('journeys jimo.engagement/3', 8);
    setTimeout(() => checkpoints.next.set('jimers jimo.engagement/3', 8), 40);
    expect(await passed).toBe(true);
    expect(checkpoints.queries).toBeGreaterThan(2);
  });

  it('does not take the offset itself for passed', async () => {
    const checkpoints = new MemoryCheckpoints();
    checkpoints.next.set('journeys jimo.engagement/3', 7);
    expect(await new CheckpointWatch(checkpoints).passed([at(7)], 30)).toBe(false);
  });

  it('asks once for all who wait', async () => {
    const checkpoints = new MemoryCheckpoints();
    const watch = new CheckpointWatch(checkpoints);
    const waits = Array.from({ length: 50 }, (_none, i) => watch.passed([at(i)], 60));
    expect(await Promise.all(waits)).toEqual(waits.map(() => false));
    expect(checkpoints.queries).toBeLessThan(15);
  });

  it('fails all who wait when the database does, and works again afterwards', async () => {
    const checkpoints = new MemoryCheckpoints();
    checkpoints.broken = new Error('gone');
    const watch = new CheckpointWatch(checkpoints);
    await expect(watch.passed([at(1)], 100)).rejects.toThrow('gone');
    checkpoints.broken = null;
    checkpoints.next.set('journeys jimo.engagement/3', 2);
    expect(await watch.passed([at(1)], 100)).toBe(true);
  });

  it('has nothing to wait for without positions', async () => {
    expect(await new CheckpointWatch(new MemoryCheckpoints()).passed([], 0)).toBe(true);
  });
});
