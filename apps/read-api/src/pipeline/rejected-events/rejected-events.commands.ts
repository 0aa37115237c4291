import { hash } from 'node:crypto';
import { acceptEvent, rejectedDiscarded, rejectedReplayed, uuidsIn, type RejectionKind } from '@app/catalog';
import { formatPosition, type LogPosition } from '@app/engine';
import { AppendUnavailable, type AppendMessage } from '@app/engine-kafka';
import { badParameter, Problem, unavailable, type FieldProblem, type ReadGrant } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { callerOf } from '../../access/access';
import { onlyOne } from '../../common/http/only-one';
import { conflict } from '../../common/http/read-controller';
import { EVENT_LOG, type EventLog } from '../../common/kafka/event-log';
import {
  MOST_IDS,
  type DiscardedEventDto,
  type DiscardedEventsDto,
  type DiscardRejectedEventsDto,
  type ReplayedEventDto,
  type ReplayOutcomeDto,
  type ReplayOutcomesDto,
  type ReplayRejectedEventsDto,
} from './commands.dto';
import { RejectedEventsQueries, type StoredRejectedEvent } from './rejected-events.queries';

const RETRY_AFTER_S = 5;

const WHAT: Readonly<Record<RejectionKind, string>> = {
  quarantine: 'quarantined event',
  unrecognized: 'unrecognized event',
};

/** Replays rejected events, as the gateway would accept them now, or discards them. */
@Injectable()
export class RejectedEventsCommands {
  constructor(
    private readonly events: RejectedEventsQueries,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** @throws {Problem} as `replay`; 409 when it is still not accepted */
  async replayOne(
    kind: RejectionKind,
    workspace: string | null,
    id: string,
    grant: ReadGrant,
  ): Promise<ReplayedEventDto> {
    const event = onlyOne(await this.events.find(kind, [id], workspace), WHAT[kind]);
    if (event.state === 'discarded') throw conflict('It was discarded before.');
    const [outcome] = await this.replayEach(kind, [event], grant);
    const { acceptedId, position, problems } = outcome!;
    if (acceptedId === null || position === null)
      throw conflict('It would not be accepted now either: nothing was appended.', problems);
    return { id: acceptedId, status: 'accepted', position };
  }

  /**
   * Appends those that are accepted now to the topics of their kinds, and then to their own topic that they were. A
   * repetition appends the same records under the same keys, which changes no read model.
   *
   * @throws {Problem} 404 naming the ids that are unknown, 409 those that were discarded: then nothing is appended;
   * 503 when Kafka does not take them all
   */
  async replay(
    kind: RejectionKind,
    workspace: string | null,
    which: ReplayRejectedEventsDto,
    grant: ReadGrant,
  ): Promise<ReplayOutcomesDto> {
    const { events, nextCursor } = await this.selected(
      kind,
      workspace,
      which,
      ({ state }) => state === 'discarded',
    );
    return { items: await this.replayEach(kind, events, grant), nextCursor };
  }

  /** @throws {Problem} as `discard` */
  async discardOne(
    kind: RejectionKind,
    workspace: string | null,
    id: string,
    reason: string,
    grant: ReadGrant,
  ): Promise<DiscardedEventDto> {
    const event = onlyOne(await this.events.find(kind, [id], workspace), WHAT[kind]);
    if (event.state !== 'set-aside') throw conflict(`It was ${event.state} before.`);
    const [discarded] = await this.discardEach(kind, [event], reason, grant);
    return discarded!;
  }

  /**
   * @throws {Problem} 404 naming the ids that are unknown, 409 those that are no longer open: then nothing is
   * appended; 503 when Kafka does not take them all
   */
  async discard(
    kind: RejectionKind,
    workspace: string | null,
    which: DiscardRejectedEventsDto,
    grant: ReadGrant,
  ): Promise<DiscardedEventsDto> {
    const { events, nextCursor } = await this.selected(
      kind,
      workspace,
      which,
      ({ state }) => state !== 'set-aside',
    );
    return { items: await this.discardEach(kind, events, which.reason, grant), nextCursor };
  }

  /** The events of the ids, unless one is in a state in which it is refused; or a page of all that match and wait. */
  private async selected(
    kind: RejectionKind,
    workspace: string | null,
    { ids, all, event, problem, cursor }: ReplayRejectedEventsDto,
    isRefused: (event: StoredRejectedEvent) => boolean,
  ): Promise<{ readonly events: readonly StoredRejectedEvent[]; readonly nextCursor: string | null }> {
    if (!all) {
      if (event !== undefined || problem !== undefined || cursor !== undefined)
        throw badParameter('all', 'is needed with event, problem and cursor');
      const events = await this.byIds(kind, workspace, ids ?? []);
      refuse(ids ?? [], events, isRefused);
      return { events, nextCursor: null };
    }
    if (ids !== undefined) throw badParameter('ids', 'cannot be combined with all');
    const filter = {
      state: 'set-aside',
      ...(event !== undefined && { event }),
      ...(problem !== undefined && { problem }),
    } as const;
    const page = await this.events.matching(kind, workspace, filter, {
      limit: MOST_IDS,
      ...(cursor !== undefined && { cursor }),
    });
    // One that came again with other content is listed with each: the newest is meant, as with ids.
    const events = new Map(page.items.toReversed().map((each) => [`${each.workspace} ${each.id}`, each]));
    return { events: [...events.values()].toReversed(), nextCursor: page.nextCursor };
  }

  private async replayEach(
    kind: RejectionKind,
    events: readonly StoredRejectedEvent[],
    grant: ReadGrant,
  ): Promise<ReplayOutcomeDto[]> {
    const now = Date.now();
    const replayed = events.map((event) => {
      const { workspace, text, time: storedTime } = event;
      return { event, acceptance: acceptEvent({ workspace, text, now, storedTime }) };
    });
    const accepted = replayed.flatMap(({ event, acceptance }) =>
      acceptance.outcome === 'accepted' ? [{ event, acceptance }] : [],
    );
    const positions = (await this.append(accepted.map(({ acceptance }) => acceptance))).map(formatPosition);
    // Only now: what they say must be so, also when this process ends in between.
    await this.append(
      accepted.map(({ event, acceptance }, i) =>
        rejectedReplayed({
          ...aboutEvent(kind, event, now, grant),
          accepted: { id: acceptance.id, position: positions[i]! },
        }),
      ),
    );
    return replayed.map(({ event: { id }, acceptance }): ReplayOutcomeDto => {
      if (acceptance.outcome === 'accepted') {
        const position = positions[accepted.findIndex((each) => each.acceptance === acceptance)]!;
        return { id, outcome: 'accepted', acceptedId: acceptance.id, position, problems: [] };
      }
      const problems: readonly FieldProblem[] =
        acceptance.outcome === 'unrecognized'
          ? [{ path: 'event', message: 'is not in the catalogue' }]
          : (acceptance.problems ?? []);
      return { id, outcome: 'refused', acceptedId: null, position: null, problems };
    });
  }

  private async discardEach(
    kind: RejectionKind,
    events: readonly StoredRejectedEvent[],
    reason: string,
    grant: ReadGrant,
  ): Promise<DiscardedEventDto[]> {
    const now = Date.now();
    const positions = await this.append(
      events.map((event) => rejectedDiscarded({ ...aboutEvent(kind, event, now, grant), reason })),
    );
    return events.map(({ id }, i) => ({ id, status: 'discarded', position: formatPosition(positions[i]!) }));
  }

  /** In the order of the ids, each once. */
  private async byIds(
    kind: RejectionKind,
    workspace: string | null,
    ids: readonly string[],
  ): Promise<StoredRejectedEvent[]> {
    const found = Map.groupBy(await this.events.find(kind, ids, workspace), ({ id }) => id);
    const problems = ids.flatMap((id, i) =>
      found.has(id) ? [] : [{ path: `ids.${i}`, message: `is no ${WHAT[kind]}` }],
    );
    if (problems.length > 0) throw new Problem(404, { detail: 'Some of the events are unknown.', problems });
    const several = [...found.values()].some((events) => events.length > 1);
    if (several) throw badParameter('workspace', 'is needed: several workspaces have one of these events');
    return [...new Set(ids)].map((id) => found.get(id)![0]!);
  }

  private async append(messages: readonly AppendMessage[]): Promise<readonly LogPosition[]> {
    if (messages.length === 0) return [];
    try {
      return await this.log.append(messages);
    } catch (error) {
      if (!(error instanceof AppendUnavailable)) throw error;
      const detail = 'The event cannot be stored now; nothing is wrong with the request. Send it again.';
      throw unavailable(detail, RETRY_AFTER_S, error);
    }
  }
}

function refuse(
  ids: readonly string[],
  events: readonly StoredRejectedEvent[],
  is: (event: StoredRejectedEvent) => boolean,
): void {
  const problems = events
    .filter(is)
    .map(({ id, state }) => ({ path: `ids.${ids.indexOf(id)}`, message: `was ${state} before` }));
  if (problems.length > 0) throw conflict('Some of the events are no longer open.', problems);
}

/** The system event about an event goes to its partition, which was chosen by the key of its record. */
function aboutEvent(
  kind: RejectionKind,
  { workspace, id, text }: StoredRejectedEvent,
  time: number,
  grant: ReadGrant,
) {
  return {
    ...{ workspace, time },
    partitionKey: id + hash('sha256', text, 'hex'),
    setAside: { kind, id },
    carries: uuidsIn(text),
    by: callerOf(grant),
  };
}
