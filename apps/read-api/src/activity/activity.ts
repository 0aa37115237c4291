import { unavailable } from '@app/platform';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { ActivityDto } from './activity.dto';
import { MINUTE_MS, minuteOf } from './activity-window';
import { FollowedActivity, type ActivityParts } from './followed-activity';

const RETRY_SECONDS = 2;
/** Who asks within a second is answered from the same look. */
const FRESH_MS = 1_000;

interface Level {
  readonly asked: number;
  /** When everything up to then was counted; null: not yet. */
  readonly until: Promise<number | null>;
}

/** What happens just now, counted once for all who ask; nothing is followed while nobody does. */
export class Activity implements BeforeApplicationShutdown {
  private followed: Promise<FollowedActivity> | null = null;
  private level: Level | null = null;
  private lastUntil: number | null = null;
  private linger: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(private readonly parts: ActivityParts) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.abandon();
  }

  /** @throws {Problem} 503 when Kafka does not answer, or has more to tell than could be counted in time */
  async of(workspace: string | null, minutes: number): Promise<ActivityDto> {
    if (this.stopping) throw unavailable('This process is stopping.', RETRY_SECONDS);
    clearTimeout(this.linger);
    this.linger = setTimeout(() => void this.abandon(), this.parts.limits.lingerMs).unref();
    const followed = await this.follow();
    const until = await this.untilNow(followed);
    const since = Math.max(followed.window.since, minuteOf(until) - (minutes - 1) * MINUTE_MS);
    return {
      since: iso(since),
      until: iso(until),
      minutes: followed.window
        .of(workspace, minutes, until)
        .map(({ at, ...counts }) => ({ at: iso(at), ...counts })),
    };
  }

  private async follow(): Promise<FollowedActivity> {
    const followed = (this.followed ??= FollowedActivity.open(this.parts));
    try {
      return await followed;
    } catch (error) {
      if (this.followed === followed) this.followed = null;
      throw unavailable('Kafka does not answer, or has not all of the topics.', RETRY_SECONDS, error);
    }
  }

  private async untilNow(followed: FollowedActivity): Promise<number> {
    const now = this.parts.clock();
    if (!this.level || now - this.level.asked >= FRESH_MS)
      this.level = { asked: now, until: this.lookFor(followed, now) };
    const until = await this.level.until;
    if (until === null) throw unavailable('What the log holds is being counted. Ask again.', RETRY_SECONDS);
    return until;
  }

  private async lookFor(followed: FollowedActivity, now: number): Promise<number | null> {
    const level = await followed.level().catch((error: unknown) => {
      this.parts.logger.warn({ reason: String(error) }, 'the activity cannot tell whether it is complete');
      return 'late' as const;
    });
    if (level === 'level') this.lastUntil = now;
    // The next one who asks begins with the topics as they are.
    else if (level === 'outdated') await this.abandon();
    return this.lastUntil;
  }

  private async abandon(): Promise<void> {
    clearTimeout(this.linger);
    const { followed } = this;
    [this.followed, this.level, this.lastUntil] = [null, null, null];
    await (await followed?.catch(() => null))?.stop();
  }
}

const iso = (time: number): string => new Date(time).toISOString();
