import type { Kafka } from 'kafkajs';
import type { DecodedPartition } from './fetch-response';
import { internals } from './internals';

/** A kafkajs client's connections to the brokers, as far as they are used here; kafkajs keeps them to itself. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
  /** Partitions by the id of the node that leads them. */
  findLeaderForPartitions(
    topic: string,
    partitions: readonly number[],
  ): Readonly<Record<string, readonly number[]>>;
  findBroker(node: { readonly nodeId: string }): Promise<Broker>;
  refreshMetadata(): Promise<void>;
  findControllerBroker(): Promise<{ readonly connectionPool: { send<T>(call: unknown): Promise<T> } }>;
}

interface OfTopic<P> {
  readonly topic: string;
  readonly partitions: readonly P[];
}

export interface Broker {
  listOffsets(request: {
    readonly topics: readonly OfTopic<{ readonly partition: number; readonly timestamp: string }>[];
  }): Promise<{
    readonly responses: readonly OfTopic<{ readonly partition: number; readonly offset: string }>[];
  }>;
  fetch(request: {
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly isolationLevel: number;
    readonly topics: readonly OfTopic<{
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }>[];
  }): Promise<{
    readonly responses: readonly {
      readonly topicName: string;
      readonly partitions: readonly DecodedPartition[];
    }[];
  }>;
}

interface ClusterOptions {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
}

/** @throws {Error} when the installed kafkajs is not the one that this is written for */
export function clusterOf(kafka: Kafka, options: ClusterOptions): Cluster {
  return internals().createCluster(kafka, options);
}
