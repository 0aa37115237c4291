import { ALL_TOPICS, decodeEvent, JIMER_ERASED, JIMER_TOPICS, jimersOf, uuidsIn } from '@app/catalog';
import {
  formatPosition,
  partitionKey,
  type LogReader,
  type LogRecord,
  type TopicPartition,
} from '@app/engine';
import { maxCompactionLagsOf, withAdmin } from '@app/engine-kafka';
import type { Kafka } from 'kafkajs';

/** What the log still contains of a jimer. */
export interface LogProof {
  readonly topic: string;
  readonly partitions: number;
  /** Partitions that contain the erasure. */
  readonly erasedIn: number;
  /** Records of the jimer without a tombstone; the first of them by position. */
  readonly remaining: number;
  readonly positions: readonly string[];
  /** Records of the jimer with a tombstone that compaction has not removed yet. */
  readonly waiting: number;
  /** The latest time at which compaction will have removed them; null if there are none. */
  readonly goneBy: Date | null;
  /** Records of others that contain the uid. */
  readonly mentions: number;
}

const POSITIONS = 20;

interface Found {
  erasedIn: Set<number>;
  /** Positions by key, of records that have no tombstone. */
  remaining: Map<string, string>;
  waiting: number;
  lastTombstone: number;
  mentions: number;
}

/**
 * Searches the whole log for jimers, independently of the read models.
 *
 * @param uids in lower case
 * @param workspace null for all
 * @returns the findings by uid
 */
export async function proveInLog(
  {
    reader,
    kafka,
    signal,
  }: { readonly reader: LogReader; readonly kafka: Kafka; readonly signal: AbortSignal },
  uids: readonly string[],
  workspace: string | null,
  tell: (done: number, total: number) => void,
): Promise<ReadonlyMap<string, readonly LogProof[]>> {
  const bounds = await reader.bounds(ALL_TOPICS);
  const found = new Map(
    uids.map((uid) => [uid, new Map(ALL_TOPICS.map((topic) => [topic as string, nothing()]))]),
  );
  const remaining = new Standing();
  const total = bounds.reduce((sum, { low, high }) => sum + high - low, 0);
  let done = 0;
  await reader.read(
    bounds.map(({ topic, partition, low, high }) => ({ topic, partition, from: low, to: high })),
    ({ topic, partition, records, fromOffset, nextOffset }) => {
      for (const record of records) note(found, remaining, workspace, { topic, partition }, record);
      done += nextOffset - fromOffset;
      tell(done, total);
      return Promise.resolve();
    },
    signal,
  );
  const lags = await withAdmin(kafka, (admin) => maxCompactionLagsOf(admin, ALL_TOPICS));
  const partitionsOf = (topic: string): number => bounds.filter((each) => each.topic === topic).length;
  return new Map(
    [...found].map(([uid, topics]) => [
      uid,
      [...topics].map(([topic, { erasedIn, remaining, waiting, lastTombstone, mentions }]): LogProof => ({
        ...{ topic, partitions: partitionsOf(topic), erasedIn: erasedIn.size, waiting, mentions },
        remaining: remaining.size,
        positions: [...remaining.values()].slice(0, POSITIONS),
        goneBy: waiting > 0 ? new Date(lastTombstone + lags.get(topic)!) : null,
      })),
    ]),
  );
}

/** Topics in which every partition has to contain the erasure. */
export const hasErasure = ({ topic, partitions, erasedIn }: LogProof): boolean =>
  !(JIMER_TOPICS as readonly string[]).includes(topic) || erasedIn === partitions;

const nothing = (): Found => ({
  erasedIn: new Set(),
  remaining: new Map(),
  waiting: 0,
  lastTombstone: 0,
  mentions: 0,
});

/** Findings by record key, so that a tombstone is not searched for in all of them. */
class Standing {
  private readonly byKey = new Map<string, Found[]>();

  add(place: TopicPartition, { key, offset }: LogRecord, found: Found): void {
    const slot = slotOf(place, key);
    const position = formatPosition({ ...place, offset });
    if (!found.remaining.has(slot)) this.byKey.set(slot, [...(this.byKey.get(slot) ?? []), found]);
    found.remaining.set(slot, position);
  }

  bury(place: TopicPartition, { key, timestamp }: LogRecord): void {
    const slot = slotOf(place, key);
    for (const found of this.byKey.get(slot) ?? []) {
      found.remaining.delete(slot);
      found.waiting++;
      found.lastTombstone = Math.max(found.lastTombstone, timestamp);
    }
    this.byKey.delete(slot);
  }
}

const slotOf = (place: TopicPartition, key: Buffer | null): string =>
  `${partitionKey(place)} ${key?.toString('latin1') ?? ''}`;

function note(
  all: ReadonlyMap<string, ReadonlyMap<string, Found>>,
  remaining: Standing,
  workspace: string | null,
  place: TopicPartition,
  record: LogRecord,
): void {
  if (record.value === null) return remaining.bury(place, record);
  const named = uuidsIn(record.value.toString('utf8')).filter((uid) => all.has(uid));
  if (named.length === 0) return;
  const decoded = decodeEvent(record);
  const event = decoded.ok ? decoded.event : null;
  if (event && workspace !== null && event.workspace !== workspace) return;
  const theirs = event && jimersOf(event);
  for (const uid of named) {
    const found = all.get(uid)!.get(place.topic)!;
    if (event?.origin === 'system' && event.name === JIMER_ERASED) found.erasedIn.add(place.partition);
    else if (theirs && !theirs.includes(uid)) found.mentions++;
    else remaining.add(place, record, found);
  }
}
