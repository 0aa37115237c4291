import { isSamePartition, partitionKey, type TopicPartition } from '../log/log-position';
import type { LogBounds, LogReader, OffsetRange } from '../log/log-reader';
import type { GenerationSnapshot } from './verify-store';

/** The oldest record at or beyond a partition's checkpoint. */
interface RecordBeyond extends TopicPartition {
  /** Record timestamp in epoch milliseconds. */
  readonly timestamp: number;
}

/**
 * The first record at or beyond each checkpoint. Such a record may be a redelivery that displaces its earlier
 * copy, before the checkpoint, once it is older than `min.compaction.lag.ms`; the ones after it are younger.
 */
export async function recordsBeyond(
  log: LogReader,
  { checkpoints }: GenerationSnapshot,
  bounds: readonly LogBounds[],
  signal: AbortSignal,
): Promise<RecordBeyond[]> {
  const found: RecordBeyond[] = [];
  let lagging: OffsetRange[] = bounds.flatMap((each) => {
    const { topic, partition, low, high } = each;
    const place = checkpoints.find((other) => isSamePartition(other, each));
    const from = Math.max(place?.checkpoint.next ?? 0, low);
    return from < high ? [{ topic, partition, from, to: high }] : [];
  });
  // As a rule the very next offset has one; where compaction left a gap, ever more are asked for.
  for (let offsets = 1; lagging.length > 0; offsets *= 4) {
    const asked = lagging.map((range) => ({ ...range, to: Math.min(range.from + offsets, range.to) }));
    const first = new Map<string, RecordBeyond>();
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
 * Why the log that was read may not be the one that was applied any more.
 *
 * @param startedAt and `endedAt`: epoch milliseconds, before the snapshot and after the last record was read
 */
export function doubts(
  snapshot: GenerationSnapshot,
  bounds: readonly LogBounds[],
  beyond: readonly RecordBeyond[],
  time: { readonly startedAt: number; readonly endedAt: number; readonly minCompactionLagMs: number },
): string[] {
  const { startedAt, endedAt, minCompactionLagMs } = time;
  const reasons: string[] = [];
  if (endedAt - startedAt > minCompactionLagMs)
    reasons.push(`the verification took longer than min.compaction.lag.ms (${minCompactionLagMs})`);
  for (const place of beyond)
    if (endedAt - place.timestamp > minCompactionLagMs)
      reasons.push(
        `${partitionKey(place)}: the first record that is not applied, of ${new Date(place.timestamp).toISOString()}, ` +
          `is older than min.compaction.lag.ms (${minCompactionLagMs})`,
      );
  for (const held of bounds) {
    const { low } = held;
    const place = snapshot.checkpoints.find((each) => isSamePartition(each, held));
    // Offsets that were gaps when they were passed, such as those before the first record, took nothing along.
    if (place && place.checkpoint.next > 0 && low > place.ledger.gaps)
      reasons.push(`${partitionKey(held)}: the log begins at offset ${low}; what was before it is lost`);
  }
  return reasons;
}
