import { unavailable } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { EVENT_LOG, type EventLog } from '../kafka/event-log';
import { CheckpointWatch } from './checkpoint-watch';

const PATIENCE_MS = 5_000;
const RETRY_AFTER_S = 2;

/** Lets a command see everything that is in the log before it decides. */
@Injectable()
export class ProjectedLog {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly watch: CheckpointWatch,
  ) {}

  /**
   * Resolves once a projection has passed everything that stood in a topic when this was called. Every partition:
   * where partitions were added, or are being added, an item's events stand in more than one.
   *
   * @throws {Problem} 503 when the log does not answer, or the projection is behind for too long
   */
  async toItsEnd(topic: string, projection: string): Promise<void> {
    const bounds = await this.log.bounds(topic);
    if (bounds === null)
      throw unavailable(
        'The log does not answer. Send the request again; nothing was changed.',
        RETRY_AFTER_S,
      );
    const last = bounds
      .filter(({ low, high }) => high > low)
      .map(({ partition, high }) => ({ topic, partition, projection, offset: high - 1 }));
    if (await this.watch.passed(last, PATIENCE_MS)) return;
    throw unavailable(
      `The projection ${projection} is behind its log: what others have changed is not known yet. Send the request again; nothing was changed.`,
      RETRY_AFTER_S,
    );
  }
}
