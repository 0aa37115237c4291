import { Partitioners, type PartitionMetadata } from 'kafkajs';

const javaPartitioner = Partitioners.DefaultPartitioner();
/** By number of partitions: kafkajs asks for their metadata, but only their number decides. */
const metadataOf = new Map<number, PartitionMetadata[]>();

/**
 * The partition that Java's default partitioner gives a key of these UTF-8 bytes: murmur2.
 *
 * @param partitions how many the topic has
 */
export function partitionOf(partitionKey: string, partitions: number): number {
  let partitionMetadata = metadataOf.get(partitions);
  if (!partitionMetadata) {
    partitionMetadata = Array.from({ length: partitions }, () => ({}) as PartitionMetadata);
    metadataOf.set(partitions, partitionMetadata);
  }
  return javaPartitioner({ topic: '', partitionMetadata, message: { key: partitionKey, value: null } });
}
