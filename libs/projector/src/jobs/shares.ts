import type { OffsetRange } from '@app/engine';

/** Less is done sooner than another thread has begun. */
const LEAST_OFFSETS = 50_000;

/**
 * Divides ranges of the log so that each share has about as many offsets: the largest goes to whoever has least.
 * Partitions stay whole. There are fewer shares where there is not enough to divide, and at least one.
 */
export function shareOut(ranges: readonly OffsetRange[], atMost: number): OffsetRange[][] {
  const sizeOf = ({ from, to }: OffsetRange): number => to - from;
  const total = ranges.reduce((sum, range) => sum + sizeOf(range), 0);
  const count = Math.max(1, Math.min(atMost, ranges.length, Math.floor(total / LEAST_OFFSETS)));
  const shares = Array.from({ length: count }, () => ({ offsets: 0, ranges: [] as OffsetRange[] }));
  for (const range of [...ranges].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    const share = shares.reduce((least, each) => (each.offsets < least.offsets ? each : least));
    share.ranges.push(range);
    share.offsets += sizeOf(range);
  }
  return shares.map((share) => share.ranges);
}

/**
 * Does all at once. When one fails the others are stopped, and its failure is thrown once all have ended: nothing
 * goes on behind the back of a caller that was told of a failure.
 */
export async function together(
  works: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const all = AbortSignal.any([signal, failed.signal]);
  let failure: { readonly error: unknown } | null = null;
  await Promise.all(
    works.map(async (work) => {
      try {
        await work(all);
      } catch (error) {
        failure ??= { error };
        failed.abort(error);
      }
    }),
  );
  if (failure) throw (failure as { readonly error: unknown }).error;
}
