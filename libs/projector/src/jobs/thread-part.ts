import type { Folded, FoldTask, RefoldPart, SpillIndex, SummedPart } from '@app/engine';
import type { HelperThread } from './helper-thread';

/** A part of a refold that another thread does. */
export class ThreadPart implements RefoldPart<SummedPart> {
  constructor(
    private readonly helper: HelperThread,
    private readonly buckets: number,
  ) {}

  fold(task: FoldTask, read: (offsets: number) => void, signal: AbortSignal): Promise<Folded> {
    return this.helper.do({ kind: 'fold', buckets: this.buckets, task }, signal, read);
  }

  merge(
    spills: readonly SpillIndex[],
    groups: readonly number[],
    signal: AbortSignal,
  ): Promise<SpillIndex | null> {
    return this.helper.do({ kind: 'merge', spills, groups }, signal);
  }

  count(spills: readonly SpillIndex[], groups: readonly number[], signal: AbortSignal): Promise<SummedPart> {
    return this.helper.do({ kind: 'count', spills, groups }, signal);
  }

  close(): Promise<void> {
    return this.helper.stop();
  }
}
