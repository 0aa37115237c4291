import { murmur2 } from './produce/murmur2';

/**
 * The partition that Java's default partitioner gives a key of these UTF-8 bytes: murmur2.
 *
 * @param partitions how many the topic has
 */
export function partitionOf(partitionKey: string, partitions: number): number {
  return (murmur2(partitionKey) & 0x7fffffff) % partitions;
}
