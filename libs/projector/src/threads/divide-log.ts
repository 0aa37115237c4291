import type { OffsetRange } from '@app/engine';

/** For fewer offsets, starting a thread takes longer than the work. */
const LEAST_OFFSETS = 50_000;

/**
 * Divides ranges of the log into shares with about the same number of offsets: the largest range goes to the smallest
 * share. Partitions are not divided. There is at least one share, and fewer than `atMost` if there is little to do.
 */
export function divideLog(ranges: readonly OffsetRange[], atMost: number): OffsetRange[][] {
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
