import { partitionKey, type LogPosition, type LogRecord, type TopicPartition } from '@app/engine';
import { recordsFrom, type Broker, type Cluster } from '../kafkajs';

/** Where a partition starts, where it ends (the offset of its next record), or a time in epoch milliseconds. */
export type PointInLog = 'start' | 'end' | number;

/** What a leader gave of a partition from an offset on. */
export interface FetchedChunk extends TopicPartition {
  readonly from: number;
  /** In order of offset. */
  readonly records: readonly LogRecord[];
  /** Everything that exists before it and from `from` on is in `records`; null when the answer had no room for it. */
  readonly nextOffset: number | null;
  /** The offset of the record that comes next in the partition. */
  readonly end: number;
}

export interface FetchLimits {
  /** How long the broker waits where none of the positions has a record. */
  readonly waitMs: number;
  /** Bytes of a partition. The first batch of an answer is given whole in any case. */
  readonly partitionBytes: number;
  readonly bytes: number;
}

/** As Kafka has them. It takes no other negative number: the log has no record of before 1970. */
const POINTS = { end: '-1', start: '-2' } as const;
const READ_COMMITTED = 1;

/**
 * The positions by their leaders, in their order.
 *
 * @throws {Error} for a partition that does not exist
 */
export function byLeader<P extends TopicPartition>(
  cluster: Cluster,
  places: readonly P[],
): ReadonlyMap<string, readonly P[]> {
  const leaders = new Map<string, string>();
  for (const [topic, own] of Map.groupBy(places, (place) => place.topic)) {
    const partitions = own.map(({ partition }) => partition);
    for (const [nodeId, led] of Object.entries(cluster.findLeaderForPartitions(topic, partitions)))
      for (const partition of led) leaders.set(partitionKey({ topic, partition }), nodeId);
  }
  return Map.groupBy(places, (place) => {
    const leader = leaders.get(partitionKey(place));
    if (leader === undefined) throw new Error(`there is no partition ${partitionKey(place)}`);
    return leader;
  });
}

/** Asks each leader for its positions, all at the same time. */
export async function eachLeader<P extends TopicPartition, T>(
  cluster: Cluster,
  places: readonly P[],
  ask: (leader: Broker, own: readonly P[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const found = await Promise.all(
    [...byLeader(cluster, places)].map(async ([nodeId, own]) =>
      ask(await cluster.findBroker({ nodeId }), own),
    ),
  );
  return found.flat();
}

/**
 * kafkajs asks for the partitions in an order of its own, so that none waits for long: an answer has room for one
 * partition at least.
 *
 * @param positions of different partitions
 */
export async function fetchFrom(
  leader: Broker,
  positions: readonly LogPosition[],
  { waitMs, partitionBytes, bytes }: FetchLimits,
): Promise<FetchedChunk[]> {
  const asked = new Map(positions.map((position) => [partitionKey(position), position]));
  const { responses } = await leader.fetch({
    ...{ maxWaitTime: waitMs, minBytes: 1, maxBytes: bytes, isolationLevel: READ_COMMITTED },
    topics: byTopic(positions, ({ partition, offset }) => ({
      partition,
      fetchOffset: String(offset),
      maxBytes: partitionBytes,
    })),
  });
  const first = responses[0]?.partitions[0];
  return responses.flatMap(({ topicName: topic, partitions }) =>
    partitions.map((fetched): FetchedChunk => {
      const { partition } = fetched;
      const { offset: from } = asked.get(partitionKey({ topic, partition }))!;
      const end = Number(fetched.lastStableOffset);
      // The first partition is given its first batch, however large: without one, compaction has left none there.
      const isEmptyUpToEnd = fetched === first && end > from;
      const nextOffset = fetched.nextOffset ?? (isEmptyUpToEnd ? end : null);
      return { topic, partition, from, records: recordsFrom(topic, fetched, from), nextOffset, end };
    }),
  );
}

/** The offset of each partition at a point in the log; its end where it has no record of that time or later. */
export async function offsetsAt(
  cluster: Cluster,
  places: readonly TopicPartition[],
  at: PointInLog,
): Promise<LogPosition[]> {
  const timestamp = typeof at === 'number' ? String(Math.max(0, at)) : POINTS[at];
  const answers = await eachLeader(cluster, places, async (leader, own) => {
    const { responses } = await leader.listOffsets({
      topics: byTopic(own, ({ partition }) => ({ partition, timestamp })),
    });
    return responses.flatMap(({ topic, partitions }) =>
      partitions.map(
        ({ partition, offset }) => [partitionKey({ topic, partition }), Number(offset)] as const,
      ),
    );
  });
  const found = new Map(answers);
  const offsets = places.map((place) => ({ ...place, offset: found.get(partitionKey(place)) ?? -1 }));
  if (offsets.every(({ offset }) => offset >= 0)) return offsets;
  const ends = await offsetsAt(cluster, places, 'end');
  return offsets.map((each, i) => (each.offset < 0 ? ends[i]! : each));
}

/** Every partition of the topics, in order. */
export function partitionsOf(cluster: Cluster, topics: readonly string[]): TopicPartition[] {
  return topics.flatMap((topic) =>
    cluster
      .findTopicPartitionMetadata(topic)
      .map(({ partitionId }) => ({ topic, partition: partitionId }))
      .sort((a, b) => a.partition - b.partition),
  );
}

function byTopic<P extends TopicPartition, T>(places: readonly P[], show: (place: P) => T) {
  return [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    partitions: own.map(show),
  }));
}
