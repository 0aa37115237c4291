export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The position of a record in the log. */
export interface LogPosition extends TopicPartition {
  readonly offset: number;
}

/** The largest partition number that Kafka allows. */
const LAST_PARTITION = 2 ** 31 - 2;
const POSITION = /^([\w.-]{1,249})\/(\d{1,10})@(\d{1,16})$/;

/** `topic/partition`, for messages and as a key of maps. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** `topic/partition@offset`, as the gateway and the read API write it. */
export function formatPosition({ topic, partition, offset }: LogPosition): string {
  return `${topic}/${partition}@${offset}`;
}

/** @returns null when the text is not a position that Kafka could have given to a record */
export function parsePosition(text: string): LogPosition | null {
  const [, topic, partition, offset] = POSITION.exec(text) ?? [];
  const position = { topic: topic ?? '', partition: Number(partition), offset: Number(offset) };
  const isPosition = position.partition <= LAST_PARTITION && Number.isSafeInteger(position.offset);
  return isPosition ? position : null;
}

const OFFSETS = 2 ** 40;
/** Beyond it, a packed position would not be exact: a double holds 53 bits. */
const LAST_PACKED_PARTITION = 2 ** 13 - 1;

/**
 * Partition and offset as one number that is exact and orders by both: partition × 2^40 + offset.
 *
 * @throws {RangeError} from partition 8,192 or offset 2^40 on
 */
export function packPosition(partition: number, offset: number): number {
  if (partition > LAST_PACKED_PARTITION || offset >= OFFSETS)
    throw new RangeError(`partition ${partition}, offset ${offset}: too large to be kept as one number`);
  return partition * OFFSETS + offset;
}

export function unpackPosition(packed: number): Omit<LogPosition, 'topic'> {
  return { partition: Math.floor(packed / OFFSETS), offset: packed % OFFSETS };
}

/** Orders by topic (UTF-16 units), then by number. Everyone who locks checkpoints uses this order. */
export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}

export function isSamePartition(a: TopicPartition, b: TopicPartition): boolean {
  return a.partition === b.partition && a.topic === b.topic;
}
