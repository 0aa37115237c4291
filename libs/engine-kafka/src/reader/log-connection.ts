import type { Kafka } from 'kafkajs';
import { clusterOf, type Cluster } from '../kafkajs';

const METADATA_MS = 10_000;

/** Connections to the brokers, with the leaders of the topics known. */
export async function connectTo(kafka: Kafka, topics: readonly string[]): Promise<Cluster> {
  const cluster = clusterOf(kafka, { metadataMaxAge: METADATA_MS, allowAutoTopicCreation: false });
  try {
    await cluster.connect();
    await cluster.addMultipleTargetTopics(topics);
    return cluster;
  } catch (error) {
    await cluster.disconnect().catch(() => undefined);
    throw error;
  }
}
