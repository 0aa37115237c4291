import { ALL_TOPICS, decodeEvent } from '@app/catalog';
import { partitionKey, type LogPosition, type RecordBatch } from '@app/engine';
import type { KafkaLogReader } from '@app/engine-kafka';
import type { Logger } from '@app/platform';
import type { LogTail } from '../common/log-tail/log-tail';
import { ActivityWindow, MINUTE_MS, minuteOf } from './activity-window';
import { MOST_MINUTES } from './activity.dto';

export interface ActivityParts {
  readonly log: Pick<KafkaLogReader, 'offsets'>;
  readonly tail: Pick<LogTail, 'follow'>;
  readonly logger: Logger;
  readonly limits: ActivityLimits;
  readonly clock: () => number;
}

export interface ActivityLimits {
  /** How many minutes are counted. */
  readonly minutes: number;
  /** Records of the log that are read again at the start. */
  readonly readBack: number;
  /** Counts in memory. */
  readonly cells: number;
  /** How long one who asks waits for what is in the log to be read. */
  readonly patienceMs: number;
  /** How long the log is followed after the last one has asked. */
  readonly lingerMs: number;
}

/** What one process keeps and does for those who look at the activity, however many they are. */
export const ACTIVITY_LIMITS: ActivityLimits = {
  minutes: MOST_MINUTES,
  readBack: 500_000,
  cells: 200_000,
  patienceMs: 5_000,
  lingerMs: 60_000,
};

/** Minutes, of which the most are read back that are not too many records. */
const LOOK_BACK = [120, 60, 30, 15, 5, 1] as const;

/** Follows all topics from some minutes ago, and counts. */
export class FollowedActivity {
  private readonly stopping = new AbortController();
  private readonly finished: Promise<void>;
  private readonly read: Map<string, number>;
  private hasFailed = false;
  private moved = Promise.withResolvers<void>();

  private constructor(
    private readonly parts: ActivityParts,
    readonly window: ActivityWindow,
    private readonly starts: readonly LogPosition[],
  ) {
    this.read = new Map(starts.map((place) => [partitionKey(place), place.offset]));
    this.finished = parts.tail
      .follow(starts, (batch) => this.take(batch), this.stopping.signal)
      .catch((error: unknown) => this.fail(error));
  }

  /** @throws when the log does not answer */
  static async open(parts: ActivityParts): Promise<FollowedActivity> {
    const { log, limits, clock } = parts;
    const now = clock();
    const times = LOOK_BACK.filter((minutes) => minutes <= limits.minutes).map(
      (minutes) => minuteOf(now) - (minutes - 1) * MINUTE_MS,
    );
    const [ends, ...candidates] = await log.offsets(ALL_TOPICS, 'end', ...times);
    const chosen = candidates.findIndex(
      (starts) =>
        starts.reduce((sum, { offset }, i) => sum + ends![i]!.offset - offset, 0) <= limits.readBack,
    );
    const window = new ActivityWindow(times[chosen] ?? now, limits.minutes, limits.cells);
    return new FollowedActivity(parts, window, candidates[chosen] ?? ends!);
  }

  /**
   * Waits until everything is counted that was in the log before this call.
   *
   * @returns `outdated` when the topics are not those that it began with, or what is in them could not be counted
   * @throws when the log does not answer
   */
  async level(): Promise<'level' | 'late' | 'outdated'> {
    const [ends] = await this.parts.log.offsets(ALL_TOPICS, 'end');
    const isOutdated =
      this.hasFailed ||
      ends!.length !== this.starts.length ||
      ends!.some((end) => end.offset < (this.read.get(partitionKey(end)) ?? 0));
    if (isOutdated) return 'outdated';
    const deadline = AbortSignal.timeout(this.parts.limits.patienceMs);
    const late = new Promise<void>((resolve) =>
      deadline.addEventListener('abort', () => resolve(), { once: true }),
    );
    while (ends!.some((end) => end.offset > this.read.get(partitionKey(end))!)) {
      if (this.hasFailed) return 'outdated';
      if (deadline.aborted || this.stopping.signal.aborted) return 'late';
      await Promise.race([this.moved.promise, late]);
    }
    return 'level';
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.move();
    await this.finished;
  }

  private fail(error: unknown): void {
    this.parts.logger.error({ err: error }, 'the activity cannot count what it reads');
    this.hasFailed = true;
    this.move();
  }

  private take({ topic, partition, nextOffset, records }: RecordBatch): Promise<void> {
    const now = this.parts.clock();
    for (const record of records) {
      const decoded = decodeEvent(record);
      if (decoded.ok) this.window.add(topic, decoded.event, now);
    }
    this.read.set(partitionKey({ topic, partition }), nextOffset);
    this.move();
    return Promise.resolve();
  }

  private move(): void {
    const { resolve } = this.moved;
    this.moved = Promise.withResolvers<void>();
    resolve();
  }
}
