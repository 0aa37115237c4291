import { formatPosition, partitionKey, type LogPosition, type LogRecord } from '@app/engine';
import type { Cluster } from '../kafkajs';
import { eachLeader, fetchFrom, offsetsAt, partitionsOf, type FetchedChunk } from './leader-requests';

/** Room for the batches that the gateway writes. Where a batch is larger, more is asked for. */
const FEW = 32 << 10;
const MOST = 1 << 20;
const LIMITS = { waitMs: 100, bytes: 4 << 20 };

/** The records at these positions, in their order; null for one that the log does not hold. */
export async function recordsAt(
  cluster: Cluster,
  positions: readonly LogPosition[],
): Promise<readonly (LogRecord | null)[]> {
  const topics = [...new Set(positions.map(({ topic }) => topic))];
  const partitions = partitionsOf(cluster, topics);
  const [starts, ends] = await Promise.all([
    offsetsAt(cluster, partitions, 'start'),
    offsetsAt(cluster, partitions, 'end'),
  ]);
  const held = new Map(
    ends.map((end, i) => [partitionKey(end), { low: starts[i]!.offset, high: end.offset }]),
  );
  const search = new Search(
    positions.filter((position) => {
      const bounds = held.get(partitionKey(position));
      return bounds !== undefined && position.offset >= bounds.low && position.offset < bounds.high;
    }),
  );
  for (let partitionBytes = FEW; !search.isOver;) {
    const limits = { ...LIMITS, partitionBytes };
    const chunks = await eachLeader(cluster, search.next, (leader, own) => fetchFrom(leader, own, limits));
    for (const chunk of chunks) search.note(chunk);
    if (chunks.some(({ nextOffset }) => nextOffset === null)) partitionBytes = MOST;
  }
  return positions.map((position) => search.found.get(formatPosition(position)) ?? null);
}

/** A request can name a partition once: neighbours come in one answer, others in the next. */
class Search {
  readonly found = new Map<string, LogRecord>();
  /** By partition what is still to be found, in order of offset. */
  private readonly open = new Map<string, readonly LogPosition[]>();

  constructor(positions: readonly LogPosition[]) {
    for (const [key, own] of Map.groupBy(positions, partitionKey))
      this.open.set(
        key,
        own.toSorted((a, b) => a.offset - b.offset),
      );
  }

  get isOver(): boolean {
    return this.open.size === 0;
  }

  get next(): LogPosition[] {
    return [...this.open.values()].map(([first]) => first!);
  }

  note({ nextOffset, records, ...place }: FetchedChunk): void {
    if (nextOffset === null) return;
    const key = partitionKey(place);
    const wanted = this.open.get(key)!;
    const byOffset = new Map(records.map((record) => [record.offset, record]));
    for (const position of wanted) {
      const record = position.offset < nextOffset ? byOffset.get(position.offset) : undefined;
      if (record) this.found.set(formatPosition(position), record);
    }
    const left = wanted.filter(({ offset }) => offset >= nextOffset);
    if (left.length > 0) this.open.set(key, left);
    else this.open.delete(key);
  }
}
