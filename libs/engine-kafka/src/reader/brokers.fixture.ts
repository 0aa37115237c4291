import fc from 'fast-check';
import type { Broker, Cluster } from '../kafkajs';

/** A batch of a partition as compaction left it: it still covers the offsets whose records are gone. */
export interface GivenBatch {
  readonly first: number;
  readonly last: number;
  readonly kept: readonly number[];
}

export interface GivenPartition {
  readonly leader: string;
  readonly batches: readonly GivenBatch[];
  /** At or beyond the last batch: compaction may have removed whole ones, at the end of the log too. */
  readonly end: number;
}

export const TOPIC = 'of-the-spec';

/** Partitions with gaps between records, between batches and before the end. */
export const partitions: fc.Arbitrary<readonly GivenPartition[]> = fc.array(
  fc
    .record({
      leader: fc.constantFrom('1', '2'),
      steps: fc.array(
        fc.record({
          gap: fc.oneof(fc.constant(0), fc.nat(3)),
          kept: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
        }),
        { maxLength: 5 },
      ),
      tail: fc.oneof(fc.constant(0), fc.nat(3)),
    })
    .map(({ leader, steps, tail }): GivenPartition => {
      const batches: GivenBatch[] = [];
      let next = 0;
      for (const { gap, kept } of steps) {
        const first = next + gap;
        const all = kept.map((isKept, i) => (isKept ? first + i : -1));
        batches.push({ first, last: first + kept.length - 1, kept: all.filter((offset) => offset >= 0) });
        next = first + kept.length;
      }
      return { leader, batches, end: next + tail };
    }),
  { minLength: 1, maxLength: 4 },
);

export const keptIn = ({ batches }: GivenPartition): number[] => batches.flatMap(({ kept }) => kept);

/**
 * Leaders that answer as Kafka does: whole batches, as many as there is room for, and in any case one of the first
 * partition that has any.
 *
 * @param room batches per answer
 * @param failing the numbers of the answers, from 1, that are an error
 */
export function brokersOf(
  given: readonly GivenPartition[],
  room: number,
  failing: ReadonlySet<number> = new Set(),
): Cluster & { readonly fetches: () => number } {
  let fetches = 0;
  const broker: Broker = {
    listOffsets: ({ topics }) =>
      Promise.resolve({
        responses: topics.map(({ topic, partitions: asked }) => ({
          topic,
          partitions: asked.map(({ partition, timestamp }) => ({
            partition,
            offset: String(timestamp === '-1' ? given[partition]!.end : 0),
          })),
        })),
      }),
    fetch: async ({ topics }) => {
      if (failing.has(++fetches)) throw Object.assign(new Error('gone'), { retriable: true });
      await new Promise(setImmediate);
      let left = room;
      // As kafkajs does, they are asked for in any order.
      const turned = <T>(all: readonly T[]): T[] => [
        ...all.slice(fetches % all.length),
        ...all.slice(0, fetches % all.length),
      ];
      return {
        responses: topics.map(({ topic, partitions: asked }) => ({
          topicName: topic,
          partitions: turned(asked).map(({ partition, fetchOffset }) => {
            const { batches, end } = given[partition]!;
            const found = batches.filter(({ last }) => last >= Number(fetchOffset)).slice(0, left);
            left -= found.length;
            const messages = found.flatMap(({ kept }) =>
              kept.map((offset) => ({ offset: String(offset), timestamp: '0', key: null, value: null })),
            );
            const last = found.at(-1);
            return {
              ...{ partition, highWatermark: String(end), lastStableOffset: String(end) },
              ...{ abortedTransactions: [], messages, nextOffset: last ? last.last + 1 : null },
            } as never;
          }),
        })),
      };
    },
  };
  return {
    fetches: () => fetches,
    findTopicPartitionMetadata: () => given.map((_each, partitionId) => ({ partitionId })),
    findLeaderForPartitions: (_topic: string, asked: readonly number[]) =>
      Object.fromEntries(
        [...Map.groupBy(asked, (partition) => given[partition]!.leader)].map(([leader, own]) => [
          leader,
          own,
        ]),
      ),
    findBroker: () => Promise.resolve(broker),
  } as unknown as Cluster & { readonly fetches: () => number };
}
