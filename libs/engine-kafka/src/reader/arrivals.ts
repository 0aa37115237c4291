import { partitionKey, type LogPosition, type LogRecord } from '@app/engine';
import type { KafkaLogReader } from './kafka-log-reader';

/** Records of a partition that are looked through where the last one is nobody's. */
const LOOK_BACK = 50;
const DAY_MS = 86_400_000;

/** Who sent a record; null for one that nobody sent: a tombstone, or a system event. */
export type SenderOf = (record: LogRecord) => string | null;

/** When what arrived in the log last, by sender, as its partitions' last records tell. */
export class Arrivals {
  private readonly seen = new Map<string, number>();
  private readonly newestAt = new Map<string, number>();
  private isEmpty = true;

  constructor(
    private readonly log: Pick<KafkaLogReader, 'offsets' | 'recordsFrom'>,
    private readonly topics: readonly string[],
    private readonly senderOf: SenderOf,
  ) {}

  /**
   * When the newest record of each sender that is among the last of a partition was appended, in epoch milliseconds;
   * of those that others have outrun since it was first asked, the last that was seen. Partitions that have not grown
   * cost nothing.
   *
   * @throws when Kafka does not answer in time, or has not all of the topics
   */
  async newest(): Promise<{ readonly bySender: ReadonlyMap<string, number>; readonly isEmpty: boolean }> {
    const [starts, ends] = await this.log.offsets(this.topics, 'start', 'end');
    this.isEmpty = ends!.every(({ offset }) => offset === 0);
    const grown = ends!.flatMap((end, i) =>
      end.offset > starts![i]!.offset && this.seen.get(partitionKey(end)) !== end.offset
        ? [{ end, start: starts![i]!.offset }]
        : [],
    );
    const last = (back: number) => (each: (typeof grown)[number]) => ({
      ...each.end,
      offset: Math.max(each.start, each.end.offset - back),
    });
    const sent = await this.note(grown.map(last(1)));
    await this.note(grown.filter(({ end }) => !sent.has(partitionKey(end))).map(last(LOOK_BACK)));
    for (const { end } of grown) this.seen.set(partitionKey(end), end.offset);
    return { bySender: this.newestAt, isEmpty: this.isEmpty };
  }

  /**
   * What arrived by sender in a stretch as long as the time since `from`, a week before, or a day before where the log
   * is younger. Of each partition the first records are counted that one request gives, so that there may have been more.
   *
   * @param from epoch milliseconds
   * @returns null where the log is younger than a day then
   * @throws when Kafka does not answer in time
   */
  async before(
    from: number,
    now: number,
  ): Promise<{ readonly days: number; readonly bySender: ReadonlyMap<string, number> } | null> {
    const [starts, week, day] = await this.log.offsets(
      this.topics,
      'start',
      from - 7 * DAY_MS,
      from - DAY_MS,
    );
    const hasOlder = (places: readonly LogPosition[]): boolean =>
      places.some(({ offset }, i) => offset > starts![i]!.offset);
    const days = hasOlder(week!) ? 7 : hasOlder(day!) ? 1 : null;
    if (days === null) return null;
    const begin = from - days * DAY_MS;
    const end = Math.min(from, now - days * DAY_MS);
    const [ends] = await this.log.offsets(this.topics, end);
    const places = (days === 7 ? week! : day!).filter(({ offset }, i) => offset < ends![i]!.offset);
    const bySender = new Map<string, number>();
    for (const { record } of await this.log.recordsFrom(places)) {
      if (record.timestamp < begin || record.timestamp >= end) continue;
      const sender = this.senderOf(record);
      if (sender !== null) bySender.set(sender, (bySender.get(sender) ?? 0) + 1);
    }
    return { days, bySender };
  }

  /** @returns the partitions in which somebody's record was found */
  private async note(places: readonly LogPosition[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const { topic, partition, record } of await this.log.recordsFrom(places)) {
      const sender = this.senderOf(record);
      if (sender === null) continue;
      found.add(partitionKey({ topic, partition }));
      this.newestAt.set(sender, Math.max(record.timestamp, this.newestAt.get(sender) ?? 0));
    }
    return found;
  }
}
