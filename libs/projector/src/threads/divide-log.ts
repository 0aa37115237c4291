import type { OffsetRange } from '@app/engine';

/** A thread takes longer to start than this one takes for fewer. */
const LEAST_OFFSETS = 50_000;

/**
 * Divides ranges of the log so that each share has about as many offsets: the largest range goes to the smallest
 * share. Partitions stay whole. There are fewer shares where there is not enough to divide, and at least one.
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
