import { partitionKey, type LogPosition } from '@app/engine';
import type { Admin, Kafka, Message, Producer } from 'kafkajs';
import { partitionOf } from '../partitioner';
import { within } from './deadline';
import type { AppendMessage } from './message';

/** kafkajs ignores what it does not know of a message; the partitioner reads and writes these. */
interface RoutedMessage extends Message {
  readonly partitionKey: string;
  /** Chosen once: a retry must not move the message when partitions were added in between. */
  partition?: number;
}

/** Writes batches. One that rejects may have been written, wholly or in part. */
export interface LogWriter {
  /** @returns one position per message, in their order */
  write(messages: readonly AppendMessage[]): Promise<LogPosition[]>;
  /** Gives up its connections; never throws. */
  discard(): Promise<void>;
}

const ACK_MS = 3_000;
const METADATA_MS = 60_000;

/**
 * An idempotent producer, until its first failed call: then it has to be discarded. kafkajs reuses the sequence numbers
 * of a failed batch that the broker may have written all the same, and the broker would take the next batch for a
 * duplicate, drop it and acknowledge it.
 */
export class KafkaLogWriter implements LogWriter {
  private constructor(private readonly producer: Producer) {}

  /** @throws when Kafka does not give a producer id */
  static async connect(kafka: Kafka, deadlineMs: number): Promise<KafkaLogWriter> {
    const producer = kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MS,
      createPartitioner: () => route,
      // The sender retries for longer: what waits fails now, with the reason that Kafka does not accept it.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 },
    });
    const writer = new KafkaLogWriter(producer);
    try {
      await within(deadlineMs, 'connecting a producer', producer.connect());
    } catch (error) {
      void writer.discard();
      throw error;
    }
    return writer;
  }

  async write(messages: readonly AppendMessage[]): Promise<LogPosition[]> {
    const routed = messages.map(({ key, value, headers, partitionKey, partition }): RoutedMessage => {
      return { key, value, headers: headers, partitionKey, ...(partition !== undefined && { partition }) };
    });
    const byTopic = Map.groupBy(routed, (_message, index) => messages[index]!.topic);
    const written = await this.producer.sendBatch({
      acks: -1,
      timeout: ACK_MS,
      topicMessages: [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic })),
    });
    const next = new Map<string, number[]>();
    for (const { topicName, partition, baseOffset } of written) {
      let offsets = next.get(topicName);
      if (!offsets) next.set(topicName, (offsets = []));
      offsets[partition] = Number(baseOffset ?? -1);
    }
    return routed.map(({ partition = -1 }, index) => {
      const { topic } = messages[index]!;
      const offsets = next.get(topic);
      const offset = offsets?.[partition] ?? -1;
      // kafkajs can lose a partition whose leader moves while another leader's part has succeeded.
      if (!offsets || !Number.isSafeInteger(offset) || offset < 0)
        throw new Error(`Kafka's answer tells no offset for ${partitionKey({ topic, partition })}`);
      offsets[partition] = offset + 1;
      return { topic, partition, offset };
    });
  }

  async discard(): Promise<void> {
    await this.producer.disconnect().catch(() => undefined);
  }
}

function route({ message, partitionMetadata }: { message: Message; partitionMetadata: unknown[] }): number {
  const routed = message as RoutedMessage;
  return (routed.partition ??= partitionOf(routed.partitionKey, partitionMetadata.length));
}

/**
 * Whether every partition has a leader and enough replicas in sync to take `acks=all`.
 *
 * @throws {Error} saying which has not
 */
export async function assertWritable(
  admin: Admin,
  topics: readonly string[],
  minInsyncReplicas: number,
): Promise<void> {
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
  for (const { name, partitions } of metadata.topics)
    for (const { partitionId, leader, isr } of partitions) {
      const place = partitionKey({ topic: name, partition: partitionId });
      if (leader < 0) throw new Error(`${place} has no leader`);
      if (isr.length < minInsyncReplicas)
        throw new Error(`${place} has ${isr.length} of ${minInsyncReplicas} replicas in sync`);
    }
}
