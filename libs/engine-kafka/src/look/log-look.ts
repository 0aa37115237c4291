import { setTimeout as sleep } from 'node:timers/promises';
import { partitionKey, type LogPosition, type LogRecord, type TopicPartition } from '@app/engine';
import type { IHeaders, Kafka } from 'kafkajs';
import { within } from '../appender/deadline';
import { clusterOf, recordOf, type Broker, type Cluster } from '../kafkajs';

export interface PlacedRecord extends TopicPartition {
  readonly record: LogRecord;
  /** All of them; of several of one name their texts with commas between. */
  readonly headers: Readonly<Record<string, string>>;
}

const METADATA_MS = 10_000;
/** As Kafka has them. */
const TIMES = { end: '-1', start: '-2' } as const;
const READ_COMMITTED = 1;
/** Of a partition: its batch comes whole all the same when it is the first of an answer. */
const PARTITION_BYTES = 256 * 1024;
const ANSWER_BYTES = 1 << 20;
/** Only where nothing that was asked for is there; kafkajs gives the request hardly longer. */
const LONGEST_MS = 1_000;
/** A leader is another than was known, or does not know it yet: the next try asks again who it is. */
const MOVED = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH']);
const RETRY_MS = 100;

/**
 * Looks into the log at single places, without a consumer group: a request per broker. It connects when it is asked
 * first, and anew after a failure.
 */
export class LogLook {
  private opened: Promise<Cluster> | null = null;

  constructor(
    private readonly kafka: Kafka,
    /** How long an answer may take. */
    private readonly deadlineMs: number,
  ) {}

  /**
   * Per partition of the topics, in order: where it starts, where it ends (the offset of the record that comes next),
   * or the offset of its first record of a time or later, epoch milliseconds; its end when there is none.
   *
   * @throws when a topic does not exist, or Kafka does not answer in time
   */
  offsets(topics: readonly string[], ...at: readonly ('start' | 'end' | number)[]): Promise<LogPosition[][]> {
    return this.looking(topics, async (cluster) => {
      const places = topics.flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => ({ topic, partition: partitionId }))
          .sort((a, b) => a.partition - b.partition),
      );
      return Promise.all(at.map((time) => offsetsAt(cluster, places, time)));
    });
  }

  /**
   * The records at these places; one that is not there is left out (compacted away, or not written yet), and of many
   * large ones some may be.
   *
   * @throws when a topic does not exist, or Kafka does not answer in time
   */
  records(places: readonly LogPosition[]): Promise<PlacedRecord[]> {
    const topics = [...new Set(places.map(({ topic }) => topic))];
    if (topics.length === 0) return Promise.resolve([]);
    return this.looking(topics, async (cluster) => {
      const found = await eachBroker(cluster, places, (broker, own) => fetchAt(broker, own));
      return found.flat();
    });
  }

  /**
   * The records from these places on, as many as an answer holds: one at least of each place that has any, unless
   * Kafka gives none. Compaction may have removed the record at the place itself.
   *
   * @param bytes that are wanted of each place
   * @throws when a topic does not exist, or Kafka does not answer in time
   */
  onward(places: readonly LogPosition[], bytes = PARTITION_BYTES): Promise<PlacedRecord[]> {
    const topics = [...new Set(places.map(({ topic }) => topic))];
    if (topics.length === 0) return Promise.resolve([]);
    return this.looking(topics, async (cluster) => {
      const found: PlacedRecord[] = [];
      let open = places;
      for (;;) {
        const answers = await eachBroker(cluster, open, (broker, own) => fetchFrom(broker, own, bytes));
        const answered = answers.flat();
        found.push(...answered);
        // An answer has a limit for all of its partitions together: the others are asked for again.
        const had = new Set(answered.map(partitionKey));
        const left = open.filter((place) => !had.has(partitionKey(place)));
        if (left.length === 0 || left.length === open.length) return found;
        open = left;
      }
    });
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = null;
    const cluster = await opened?.catch(() => null);
    await cluster?.disconnect().catch(() => undefined);
  }

  private async looking<T>(topics: readonly string[], look: (cluster: Cluster) => Promise<T>): Promise<T> {
    const deadline = Date.now() + this.deadlineMs;
    for (;;) {
      try {
        return await this.lookOnce(topics, look, deadline - Date.now());
      } catch (error) {
        const { type } = error as { readonly type?: unknown };
        if (!MOVED.has(String(type)) || Date.now() + RETRY_MS >= deadline) throw error;
      }
      await sleep(RETRY_MS);
    }
  }

  private async lookOnce<T>(
    topics: readonly string[],
    look: (cluster: Cluster) => Promise<T>,
    withinMs: number,
  ): Promise<T> {
    const opened = (this.opened ??= this.open());
    const work = async (): Promise<T> => {
      const cluster = await opened;
      await cluster.addMultipleTargetTopics(topics);
      await cluster.refreshMetadataIfNecessary();
      return look(cluster);
    };
    try {
      return await within(withinMs, 'looking into the log', work());
    } catch (error) {
      // A leader may have moved, or the connection be gone: the next look begins anew.
      if (this.opened === opened) void this.close();
      throw error;
    }
  }

  private async open(): Promise<Cluster> {
    const cluster = clusterOf(this.kafka, { metadataMaxAge: METADATA_MS, allowAutoTopicCreation: false });
    try {
      await cluster.connect();
      return cluster;
    } catch (error) {
      await cluster.disconnect().catch(() => undefined);
      throw error;
    }
  }
}

async function offsetsAt(
  cluster: Cluster,
  places: readonly TopicPartition[],
  at: 'start' | 'end' | number,
): Promise<LogPosition[]> {
  const timestamp = typeof at === 'number' ? String(at) : TIMES[at];
  const answers = await eachBroker(cluster, places, (broker, own) =>
    broker.listOffsets({ topics: byTopic(own, ({ partition }) => ({ partition, timestamp })) }),
  );
  const found = new Map(
    answers.flatMap(({ responses }) =>
      responses.flatMap(({ topic, partitions }) =>
        partitions.map(
          ({ partition, offset }) => [partitionKey({ topic, partition }), Number(offset)] as const,
        ),
      ),
    ),
  );
  const offsets = places.map((place) => ({ ...place, offset: found.get(partitionKey(place)) ?? -1 }));
  if (offsets.every(({ offset }) => offset >= 0)) return offsets;
  const ends = await offsetsAt(cluster, places, 'end');
  return offsets.map((each, i) => (each.offset < 0 ? ends[i]! : each));
}

async function fetchAt(broker: Broker, places: readonly LogPosition[]): Promise<PlacedRecord[]> {
  const asked = new Map(places.map((place) => [partitionKey(place), place.offset]));
  const found = await fetchFrom(broker, places, PARTITION_BYTES);
  return found.filter((each) => each.record.offset === asked.get(partitionKey(each)));
}

async function fetchFrom(
  broker: Broker,
  places: readonly LogPosition[],
  bytes: number,
): Promise<PlacedRecord[]> {
  const asked = new Map(places.map((place) => [partitionKey(place), place.offset]));
  const { responses } = await broker.fetch({
    ...{ maxWaitTime: LONGEST_MS, minBytes: 1, maxBytes: ANSWER_BYTES, isolationLevel: READ_COMMITTED },
    topics: byTopic(places, ({ partition, offset }) => ({
      partition,
      fetchOffset: String(offset),
      maxBytes: bytes,
    })),
  });
  return responses.flatMap(({ topicName: topic, partitions }) =>
    partitions.flatMap(({ partition, messages }) =>
      messages
        // A batch comes whole, with what stands before the place.
        .filter(({ offset }) => Number(offset) >= asked.get(partitionKey({ topic, partition }))!)
        .map((message) => ({
          ...{ topic, partition, record: recordOf(message) },
          headers: headersOf(message.headers ?? {}),
        })),
    ),
  );
}

function headersOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString() ?? '']));
}

function eachBroker<P extends TopicPartition, T>(
  cluster: Cluster,
  places: readonly P[],
  ask: (broker: Broker, own: readonly P[]) => Promise<T>,
): Promise<T[]> {
  const led = new Map<string, P[]>();
  for (const [topic, own] of Map.groupBy(places, (place) => place.topic)) {
    const leaders = cluster.findLeaderForPartitions(
      topic,
      own.map(({ partition }) => partition),
    );
    for (const [nodeId, partitions] of Object.entries(leaders))
      led.set(nodeId, [
        ...(led.get(nodeId) ?? []),
        ...own.filter(({ partition }) => partitions.includes(partition)),
      ]);
  }
  return Promise.all([...led].map(async ([nodeId, own]) => ask(await cluster.findBroker({ nodeId }), own)));
}

function byTopic<P extends TopicPartition, T>(places: readonly P[], show: (place: P) => T) {
  return [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    partitions: own.map(show),
  }));
}

/** `topic/partition` */
export const slot = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
