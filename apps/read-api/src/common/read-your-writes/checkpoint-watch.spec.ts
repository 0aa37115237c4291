import { CheckpointWatch, type Awaited } from './checkpoint-watch';

/** Checkpoints in memory, by `projection topic/partition`; it answers the watch's one query. */
class MemoryCheckpoints {
  readonly next = new Map<string, number>();
  queries = 0;
  parameters = 0;
  broken: Error | null = null;

  planned<T>(_sql: string, parameters: readonly unknown[]): Promise<T[]> {
    this.queries += 1;
    if (this.broken) return Promise.reject(this.broken);
    const [projections, topics, partitions] = parameters as [string[], string[], number[]];
    this.parameters = Math.max(this.parameters, projections.length + topics.length + partitions.length);
    const rows = [...this.next].map(([key, next]) => {
      const [, projection, topic, partition] = /^(\S+) (\S+)\/(\d+)$/.exec(key)!;
      return { projection: projection!, topic: topic!, partition: Number(partition), next };
    });
    return Promise.resolve(
      rows.filter(
        ({ projection, topic, partition }) =>
          projections.includes(projection) && topics.includes(topic) && partitions.includes(partition),
      ) as T[],
    );
  }
}

const at = (offset: number, projection = 'journeys', partition = 3): Awaited => ({
  projection,
  topic: 'jimo.engagement',
  partition,
  offset,
});

describe('waiting for positions', () => {
  it('is over at once when all are passed', async () => {
    const checkpoints = new MemoryCheckpoints();
    checkpoints.next.set('journeys jimo.engagement/3', 8);
    expect(await new CheckpointWatch(checkpoints).passed([at(7)], 60_000)).toBe(true);
    expect(checkpoints.queries).toBe(1);
  });

  it('waits until the last projection has passed', async () => {
    const checkpoints = new MemoryCheckpoints();
    const passed = new CheckpointWatch(checkpoints).passed([at(7), at(7, 'jimers')], 60_000);
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

  it('goes by the furthest of several positions in a partition', async () => {
    const checkpoints = new MemoryCheckpoints();
    checkpoints.next.set('journeys jimo.engagement/3', 8);
    expect(await new CheckpointWatch(checkpoints).passed([at(9), at(7)], 30)).toBe(false);
  });

  it('finds what a checkpoint had passed before anybody else waited for it', async () => {
    const checkpoints = new MemoryCheckpoints();
    const watch = new CheckpointWatch(checkpoints);
    checkpoints.next.set('journeys jimo.engagement/3', 8);
    const stays = watch.passed([at(100)], 200);
    expect(await watch.passed([at(1)], 60_000)).toBe(true);
    expect(await watch.passed([at(7)], 60_000)).toBe(true);
    expect(await stays).toBe(false);
  });

  it('asks once for all who wait', async () => {
    const checkpoints = new MemoryCheckpoints();
    const watch = new CheckpointWatch(checkpoints);
    const waits = Array.from({ length: 50 }, (_none, i) => watch.passed([at(i)], 60));
    expect(await Promise.all(waits)).toEqual(waits.map(() => false));
    expect(checkpoints.queries).toBeLessThan(15);
  });

  it('asks for one number per partition, however many positions are waited for', async () => {
    const checkpoints = new MemoryCheckpoints();
    const watch = new CheckpointWatch(checkpoints);
    const waits = Array.from({ length: 300 }, (_none, i) =>
      watch.passed(
        Array.from({ length: 100 }, (_same, j) => at(i * 100 + j, 'journeys', j % 12)),
        50,
      ),
    );
    expect(await Promise.all(waits)).toEqual(waits.map(() => false));
    expect(checkpoints.parameters).toBe(1 + 1 + 12);
  });

  it('ends with the reason of a signal', async () => {
    const refused = new AbortController();
    const passed = new CheckpointWatch(new MemoryCheckpoints()).passed([at(1)], 60_000, refused.signal);
    refused.abort(new Error('no such position'));
    await expect(passed).rejects.toThrow('no such position');
  });

  it('fails all who wait when the database does, and works again afterwards', async () => {
    const checkpoints = new MemoryCheckpoints();
    checkpoints.broken = new Error('gone');
    const watch = new CheckpointWatch(checkpoints);
    await expect(watch.passed([at(1)], 60_000)).rejects.toThrow('gone');
    checkpoints.broken = null;
    checkpoints.next.set('journeys jimo.engagement/3', 2);
    expect(await watch.passed([at(1)], 60_000)).toBe(true);
  });

  it('has nothing to wait for without positions', async () => {
    expect(await new CheckpointWatch(new MemoryCheckpoints()).passed([], 0)).toBe(true);
  });
});
