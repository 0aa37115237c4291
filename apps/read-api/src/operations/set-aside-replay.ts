import { hash } from 'node:crypto';
import { acceptEvent, setAsideReplayed, uuidsIn, type Acceptance, type SetAsideKind } from '@app/catalog';
import { AppendUnavailable, type AppendMessage, type Position } from '@app/engine-kafka';
import {
  callerOf,
  onlyOne,
  unavailable,
  type FieldProblem,
  type Problem,
  type ReadGrant,
} from '@app/platform';
import { SetAsideQueries, type StoredSetAside } from '@app/projections';
import { Inject, Injectable } from '@nestjs/common';
import { EVENT_LOG, type EventLog } from '../log/event-log';
import { conflict } from './conflict';
import type { ReplayedEventDto } from './set-aside-replay.dto';

const RETRY_AFTER_S = 5;

/** Takes events that were set aside once more, as the gateway would take them now. */
@Injectable()
export class SetAsideReplay {
  constructor(
    private readonly setAside: SetAsideQueries,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /**
   * Appends it to the topic of its kind, and then to its own topic that it was. A repetition appends the same
   * record under the same key, which changes no read model.
   *
   * @throws {Problem} 404 when it is unknown, 409 when it is still not accepted, 503 when Kafka does not take it
   */
  async replay(
    kind: SetAsideKind,
    workspace: string | null,
    id: string,
    grant: ReadGrant,
  ): Promise<ReplayedEventDto> {
    const what = kind === 'quarantine' ? 'quarantined event' : 'unrecognized event';
    const event = onlyOne(await this.setAside.find(kind, id, workspace), what);
    const now = Date.now();
    const { workspace: home, text, time: storedTime } = event;
    const acceptance = acceptEvent({ workspace: home, text, now, storedTime });
    if (acceptance.outcome !== 'accepted') throw stillNot(acceptance);
    const position = positionOf(await this.append(acceptance));
    // Only now: what it says must be so, also when this process ends in between.
    await this.append(
      setAsideReplayed({
        workspace: home,
        time: now,
        partitionKey: keyOf(event, acceptance.value),
        setAside: { kind, id: event.id },
        accepted: { id: acceptance.id, position },
        carries: uuidsIn(text),
        by: callerOf(grant),
      }),
    );
    return { id: acceptance.id, status: 'accepted', position };
  }

  private async append(message: AppendMessage): Promise<Position> {
    try {
      const [position] = await this.log.append([message]);
      return position!;
    } catch (error) {
      if (!(error instanceof AppendUnavailable)) throw error;
      const detail = 'The event cannot be stored now; nothing is wrong with the request. Send it again.';
      throw unavailable(detail, RETRY_AFTER_S, error);
    }
  }
}

function positionOf({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}@${offset}`;
}

/** Of its own record, by which its partition was chosen: what is told of it goes there as well. */
function keyOf({ id }: StoredSetAside, value: Buffer): string {
  return id + hash('sha256', value, 'hex');
}

function stillNot(acceptance: Exclude<Acceptance, { readonly outcome: 'accepted' }>): Problem {
  const problems: readonly FieldProblem[] =
    acceptance.outcome === 'unrecognized'
      ? [{ path: 'event', message: 'is not in the catalogue' }]
      : (acceptance.problems ?? []);
  return conflict('It would not be accepted now either: nothing was appended.', problems);
}
