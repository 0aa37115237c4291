import { ALL_TOPICS } from '@app/catalog';
import { partitionKey, type LogPosition } from '@app/engine';
import type { KafkaLogReader, TopicSettingsWatch } from '@app/engine-kafka';
import { unavailable, type Logger } from '@app/platform';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { TopicDto } from './topics.dto';

const FRESH_MS = 5_000;
const RETRY_SECONDS = 5;
const MINUTE_MS = 60_000;

/** Of a partition, the newest record that was looked at. */
interface Newest {
  /** Where the partition ended then. */
  readonly end: number;
  /** Null: the record before the end is compacted away. */
  readonly time: number | null;
}

/** How the topics stand, read from Kafka for all callers together, and for the next some seconds. */
export class TopicRates implements OnApplicationBootstrap, OnApplicationShutdown {
  private last: { readonly at: number; readonly topics: Promise<readonly TopicDto[]> } | null = null;
  private readonly newest = new Map<string, Newest>();

  constructor(
    private readonly log: Pick<KafkaLogReader, 'offsets' | 'recordsAt'>,
    private readonly logger: Logger,
    private readonly settings: Pick<TopicSettingsWatch, 'start' | 'stop' | 'state'>,
    private readonly clock: () => number = Date.now,
  ) {}

  onApplicationBootstrap(): void {
    this.settings.start();
  }

  onApplicationShutdown(): void {
    this.settings.stop();
  }

  /** @throws {Problem} 503 when Kafka does not answer within seconds */
  async list(): Promise<readonly TopicDto[]> {
    const now = this.clock();
    if (!this.last || now - this.last.at >= FRESH_MS) this.last = { at: now, topics: this.read(now) };
    const { last } = this;
    try {
      return await last.topics;
    } catch (error) {
      if (this.last === last) this.last = null;
      this.logger.warn({ reason: String(error) }, 'Kafka does not tell how its topics stand');
      throw unavailable('Kafka does not answer, or has not all of the topics.', RETRY_SECONDS, error);
    }
  }

  private async read(now: number): Promise<readonly TopicDto[]> {
    const times = [now - MINUTE_MS, now - 10 * MINUTE_MS] as const;
    const [starts, ends, minute, ten] = await this.log.offsets(ALL_TOPICS, 'start', 'end', ...times);
    await this.lookAtNewest(starts!, ends!);
    return ALL_TOPICS.map((topic) => {
      const of = (offsets: readonly LogPosition[] | undefined) =>
        offsets!.filter((each) => each.topic === topic).map(({ offset }) => offset);
      const [start, end] = [of(starts), of(ends)];
      const newest = end.flatMap(
        (_end, partition) => this.newest.get(partitionKey({ topic, partition }))?.time ?? [],
      );
      const { differences } = this.settings.state;
      return {
        name: topic,
        partitions: end.map((endOffset, partition) => ({
          partition,
          startOffset: start[partition]!,
          endOffset,
        })),
        records: sum(end) - sum(start),
        recordsPerSecond: {
          lastMinute: (sum(end) - sum(of(minute))) / 60,
          last10Minutes: (sum(end) - sum(of(ten))) / 600,
        },
        newestAt: newest.length === 0 ? null : new Date(Math.max(...newest)).toISOString(),
        settingDifferences:
          differences
            ?.filter((each) => each.topic === topic)
            .map(({ setting, found, wanted }) => ({ setting, found, wanted })) ?? null,
      };
    });
  }

  /** Only where something came since: an idle topic costs nothing. */
  private async lookAtNewest(starts: readonly LogPosition[], ends: readonly LogPosition[]): Promise<void> {
    const moved = ends.filter(
      (end, i) => end.offset > starts[i]!.offset && this.newest.get(partitionKey(end))?.end !== end.offset,
    );
    const records = await this.log.recordsAt(moved.map((place) => ({ ...place, offset: place.offset - 1 })));
    for (const [i, end] of moved.entries()) {
      const key = partitionKey(end);
      const time = records[i]?.timestamp ?? this.newest.get(key)?.time ?? null;
      this.newest.set(key, { end: end.offset, time });
    }
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
