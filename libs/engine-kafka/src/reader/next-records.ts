import { partitionKey, type LogPosition, type LogRecord, type TopicPartition } from '@app/engine';
import type { Cluster } from '../kafkajs';
import { eachLeader, fetchFrom, type FetchedChunk } from './leader-requests';

export interface PlacedRecord extends TopicPartition {
  readonly record: LogRecord;
}

const ANSWER_BYTES = 1 << 20;
/** Only where none of the positions has a record; kafkajs gives the request hardly longer. */
const EMPTY_WAIT_MS = 1_000;

/**
 * The records from these positions on: one at least of each that has any, unless Kafka gives none.
 *
 * @param positions of different partitions
 * @param bytes that are wanted of each
 */
export async function recordsFrom(
  cluster: Cluster,
  positions: readonly LogPosition[],
  bytes: number,
): Promise<PlacedRecord[]> {
  const limits = { waitMs: EMPTY_WAIT_MS, partitionBytes: bytes, bytes: ANSWER_BYTES };
  const found: PlacedRecord[] = [];
  for (let open = positions; open.length > 0;) {
    const chunks = await eachLeader(cluster, open, (leader, own) => fetchFrom(leader, own, limits));
    for (const { topic, partition, records } of chunks)
      for (const record of records) found.push({ topic, partition, record });
    const left = stillOpen(open, chunks);
    const isStuck = left.length === open.length && left.every((position, i) => position === open[i]);
    if (isStuck) return found;
    open = left;
  }
  return found;
}

/**
 * Where to ask again. An answer has a limit for all of its partitions together; and compaction may have removed what
 * a batch had from the position on, so that the answer only leads further.
 */
function stillOpen(asked: readonly LogPosition[], chunks: readonly FetchedChunk[]): LogPosition[] {
  const answers = new Map(chunks.map((chunk) => [partitionKey(chunk), chunk]));
  return asked.flatMap((position) => {
    const answer = answers.get(partitionKey(position));
    if (!answer) return [position];
    const { records, nextOffset, end } = answer;
    const offset = nextOffset ?? position.offset;
    if (records.length > 0 || offset >= end) return [];
    return offset > position.offset ? [{ ...position, offset }] : [position];
  });
}
