import { join } from 'node:path';
import type { Folded, FoldTask, RefoldPart, SpillIndex, SummedPart } from '@app/engine/adapters';
import type { JobPart } from '../threads/job-part';
import { ThreadPool } from '../threads/thread-pool';
import type * as Refolder from './refolder';

/** A part of a refold in its own thread, which keeps the part's sums from step to step. */
export class ThreadedRefold implements RefoldPart<SummedPart> {
  private readonly thread = new ThreadPool<typeof Refolder>(join(__dirname, 'refolder.js'), 1);

  constructor(
    private readonly part: JobPart,
    private readonly buckets: number,
  ) {}

  fold(task: FoldTask, read: (offsets: number) => void, signal: AbortSignal): Promise<Folded> {
    const { part, buckets } = this;
    return this.thread.run('fold', { part, buckets, task }, signal, read);
  }

  merge(
    spills: readonly SpillIndex[],
    groups: readonly number[],
    signal: AbortSignal,
  ): Promise<SpillIndex | null> {
    return this.thread.run('merge', { spills, groups }, signal);
  }

  count(spills: readonly SpillIndex[], groups: readonly number[], signal: AbortSignal): Promise<SummedPart> {
    return this.thread.run('count', { spills, groups }, signal);
  }

  /** Ends the thread, which frees the disk, because Node closes the files that the thread has left open. */
  close(): Promise<void> {
    return this.thread.close();
  }
}
