import { jimerErased, JIMER_TOPICS, Observations, type SystemRecord } from '@app/catalog';
import { partitionKey, type LogBounds, type OffsetRange } from '@app/engine';
import type { AppendMessage } from '@app/engine-kafka';
import { isPending, type Erasure, type ErasurePartition } from '@app/engine-postgres';
import { ErasedJimers } from './erased-jimers';
import type { ErasingLog } from './erasing-log';

export interface EraseOptions {
  readonly log: ErasingLog;
  /** Every person who was ever erased. */
  readonly erasures: readonly Erasure[];
  /** Up to where the log was read for those who were erased before. */
  readonly partitions: readonly ErasurePartition[];
  readonly tell: (progress: EraseProgress) => void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

interface EraseProgress {
  readonly phase: 'reading' | 'keeping' | 'removing';
  readonly done: number;
  readonly total: number;
}

interface EraseResult {
  /** How many tombstones were written for each of the erasures, in their order. */
  readonly found: readonly number[];
  /** How many records got a tombstone, by topic. */
  readonly tombstones: Readonly<Record<string, number>>;
  /** How many events were appended to keep facts about experiences. */
  readonly kept: number;
  /** Up to where the partitions have been read now. */
  readonly partitions: readonly ErasurePartition[];
}

const TOMBSTONES_AT_ONCE = 1_000;

/**
 * Removes jimers from the log. For newly requested ones it appends the erasure to every partition, so that read models
 * forget them, and then reads the whole log. For those who were erased before it reads what was appended since, because a
 * delivery may be days late. Facts about experiences that only their events contain are appended without the persons;
 * only then each of their records gets a tombstone in its partition. It is idempotent, wherever it is killed.
 */
export async function erase(options: EraseOptions): Promise<EraseResult> {
  const { log, erasures, signal } = options;
  const pending = erasures.filter(isPending);
  await log.append(announcements(pending, await log.bounds(JIMER_TOPICS)), signal);
  // Later records are left to the next pass.
  const ends = await log.bounds(JIMER_TOPICS);
  const swept = sweptIn(options.partitions, ends);
  const jimers = new ErasedJimers(erasures, (place) => swept.get(partitionKey(place))?.sweptTo ?? 0);
  const ranges = ends.map(({ topic, partition, low, high }) => {
    const known = swept.get(partitionKey({ topic, partition }))?.sweptTo ?? 0;
    return { topic, partition, from: pending.length > 0 ? low : Math.max(low, known), to: high };
  });
  const { places, kept } = await lookThrough(options, jimers, ranges);
  options.tell({ phase: 'keeping', done: 0, total: kept.length });
  await log.append(kept, signal);
  const removed = await remove(options, jimers, places);
  return {
    ...removed,
    kept: kept.length,
    partitions: ends.map(({ topic, partition, high }) => {
      const before = swept.get(partitionKey({ topic, partition }));
      const hasNew = removed.at.has(partitionKey({ topic, partition }));
      return {
        topic,
        partition,
        sweptTo: high,
        tombstonedAt: hasNew ? options.now() : (before?.tombstonedAt ?? null),
      };
    }),
  };
}

/** Up to where each partition was read. One that is shorter now belongs to a recreated topic and starts again. */
function sweptIn(
  partitions: readonly ErasurePartition[],
  ends: readonly LogBounds[],
): ReadonlyMap<string, ErasurePartition> {
  const high = new Map(ends.map((end) => [partitionKey(end), end.high]));
  return new Map(
    partitions
      .filter((partition) => partition.sweptTo <= (high.get(partitionKey(partition)) ?? -1))
      .map((partition) => [partitionKey(partition), partition]),
  );
}

function announcements(erasures: readonly Erasure[], bounds: readonly LogBounds[]): AppendMessage[] {
  return erasures.flatMap(({ workspace, jimerUid, erasedAt, requestedBy }) =>
    bounds.map(({ topic, partition }) => {
      const about = { workspace, jimer: { uid: jimerUid }, time: erasedAt.getTime(), by: requestedBy };
      const known = JIMER_TOPICS.find((each) => each === topic)!;
      return { ...jimerErased({ ...about, topic: known }), partition };
    }),
  );
}

/** First pass: finds the partitions with their records, and the facts that only they contain. */
async function lookThrough(
  { log, signal, tell }: EraseOptions,
  jimers: ErasedJimers,
  ranges: readonly OffsetRange[],
): Promise<{ readonly places: readonly OffsetRange[]; readonly kept: readonly SystemRecord[] }> {
  const observations = new Observations();
  const places = new Map<string, OffsetRange>();
  const total = sizeOf(ranges);
  let done = 0;
  await log.read(
    ranges,
    ({ topic, partition, records, fromOffset, nextOffset }) => {
      const key = partitionKey({ topic, partition });
      for (const record of records) {
        const found = jimers.look({ topic, partition }, record);
        if (found === null || found.isGone) continue;
        const isTheirs = found.owners.length > 0;
        if (found.event) observations.add(found.event, isTheirs);
        if (!isTheirs) continue;
        const from = places.get(key)?.from ?? record.offset;
        places.set(key, { topic, partition, from, to: record.offset + 1 });
      }
      done += nextOffset - fromOffset;
      tell({ phase: 'reading', done, total });
      return Promise.resolve();
    },
    signal,
  );
  return { places: [...places.values()], kept: observations.records() };
}

/** Second pass: reads the partitions with their records again, and writes a tombstone for each record. */
async function remove(
  { log, signal, tell, erasures }: EraseOptions,
  jimers: ErasedJimers,
  ranges: readonly OffsetRange[],
): Promise<Pick<EraseResult, 'found' | 'tombstones'> & { readonly at: ReadonlySet<string> }> {
  const found = new Map<Erasure, number>();
  const tombstones: Record<string, number> = {};
  const at = new Set<string>();
  const total = sizeOf(ranges);
  let done = 0;
  let waiting: AppendMessage[] = [];
  const flush = async (): Promise<void> => {
    const messages = waiting;
    waiting = [];
    await log.append(messages, signal);
  };
  await log.read(
    ranges,
    async ({ topic, partition, records, fromOffset, nextOffset }) => {
      for (const record of records) {
        const looked = jimers.look({ topic, partition }, record);
        // A compacted topic accepts no record without a key.
        if (looked === null || looked.isGone || looked.owners.length === 0 || record.key === null) continue;
        for (const owner of looked.owners) found.set(owner, (found.get(owner) ?? 0) + 1);
        tombstones[topic] = (tombstones[topic] ?? 0) + 1;
        at.add(partitionKey({ topic, partition }));
        waiting.push({ topic, partition, key: record.key, partitionKey: '', headers: {}, value: null });
        if (waiting.length >= TOMBSTONES_AT_ONCE) await flush();
      }
      done += nextOffset - fromOffset;
      tell({ phase: 'removing', done, total });
    },
    signal,
  );
  await flush();
  return { found: erasures.map((erasure) => found.get(erasure) ?? 0), tombstones, at };
}

function sizeOf(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}
