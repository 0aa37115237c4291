import { isSamePartition, partitionKey, type TopicPartition } from '../log/log-position';
import type { LogBounds, LogReader, OffsetRange } from '../log/log-reader';
import type { GenerationSnapshot } from './verify-store';

/** The first record of a partition that is not applied yet. */
interface FirstRecord extends TopicPartition {
  /** Record timestamp in epoch milliseconds. */
  readonly timestamp: number;
}

/**
 * The first record at or after each checkpoint. It may be a redelivery that displaces an earlier copy, before the
 * checkpoint, once it is older than `min.compaction.lag.ms`. The records after it are younger.
 */
export async function firstRecordsAfter(
  log: LogReader,
  { checkpoints }: GenerationSnapshot,
  bounds: readonly LogBounds[],
  signal: AbortSignal,
): Promise<FirstRecord[]> {
  const found: FirstRecord[] = [];
  let lagging: OffsetRange[] = bounds.flatMap((each) => {
    const { topic, partition, low, high } = each;
    const own = checkpoints.find((other) => isSamePartition(other, each));
    const from = Math.max(own?.checkpoint.next ?? 0, low);
    return from < high ? [{ topic, partition, from, to: high }] : [];
  });
  // The next offset usually has a record. Where compaction left a gap, ever longer ranges are read.
  for (let offsets = 1; lagging.length > 0; offsets *= 4) {
    const asked = lagging.map((range) => ({ ...range, to: Math.min(range.from + offsets, range.to) }));
    const first = new Map<string, FirstRecord>();
    await log.read(
      asked,
      ({ topic, partition, records }) => {
        const slot = partitionKey({ topic, partition });
        if (records[0] && !first.has(slot))
          first.set(slot, { topic, partition, timestamp: records[0].timestamp });
        return Promise.resolve();
      },
      signal,
    );
    found.push(...first.values());
    lagging = lagging.flatMap((range, i) => {
      const from = asked[i]!.to;
      return first.has(partitionKey(range)) || from >= range.to ? [] : [{ ...range, from }];
    });
  }
  return found;
}

/**
 * Says why records that were applied may be missing from the log that was read.
 *
 * @param startedAt and `endedAt`: epoch milliseconds, before the snapshot and after the last record was read
 */
export function reasonsForDoubt(
  snapshot: GenerationSnapshot,
  bounds: readonly LogBounds[],
  unread: readonly FirstRecord[],
  time: { readonly startedAt: number; readonly endedAt: number; readonly minCompactionLagMs: number },
): string[] {
  const { startedAt, endedAt, minCompactionLagMs } = time;
  const reasons: string[] = [];
  if (endedAt - startedAt > minCompactionLagMs)
    reasons.push(`the verification took longer than min.compaction.lag.ms (${minCompactionLagMs})`);
  for (const record of unread)
    if (endedAt - record.timestamp > minCompactionLagMs)
      reasons.push(
        `${partitionKey(record)}: the first record that is not applied, of ${new Date(record.timestamp).toISOString()}, ` +
          `is older than min.compaction.lag.ms (${minCompactionLagMs})`,
      );
  for (const held of bounds) {
    const { low } = held;
    const own = snapshot.checkpoints.find((each) => isSamePartition(each, held));
    // Offsets that were gaps already when the projection passed them held no records that could be lost.
    if (own && own.checkpoint.next > 0 && low > own.ledger.gaps)
      reasons.push(`${partitionKey(held)}: the log begins at offset ${low}; what was before it is lost`);
  }
  return reasons;
}
