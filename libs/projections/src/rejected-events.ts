import { hash } from 'node:crypto';
import {
  readRejectedDiscarded,
  readRejectedReplayed,
  REJECTED_DISCARDED,
  REJECTED_REPLAYED,
  TOPICS,
  uuidsIn,
  type CatalogEvent,
} from '@app/catalog';
import {
  any,
  CannotApply,
  COLUMN_TYPES,
  contribute,
  earliest,
  instant,
  json,
  latest,
  readModel,
  set,
  text,
  uid,
  union,
  uuid,
  type Contribution,
} from '@app/engine';
import { catalogProjection } from './shared/catalog-projection';

export const RejectedEvent = readModel(
  'set_aside_event',
  'Accepted events that no read model takes: invalid (quarantine) or of an unknown kind (unrecognized); which were accepted later, when they were replayed, and which were given up.',
  {
    // An event that came again with other content may mention others: each such content goes with its own.
    key: {
      topic: uid('quarantine or unrecognized.'),
      eventId: uuid('The id that the gateway answered.').as('id'),
      mentioning: uid('Digest of mentions.'),
    },
    columns: {
      mentions: union(
        set('Every UUID in the event: it goes when one of them is that of an end user who is erased.'),
      ),
      eventName: any(text('Name of the event as it was sent.').as('event').like('tour.started')),
      occurredAt: any(instant('The time that the event gives.').as('time')),
      receivedAt: earliest(instant('When it was accepted; null when only its replay is known.')),
      // The text as it was received where the payload, which Postgres has to hold as JSON, is not that.
      content: latest({
        problems: json('Why it is in quarantine: a list of { path, message }; empty for an unknown kind.'),
        payload: json('The whole event, as received.'),
        original: text('Its text, where payload could not hold that.'),
      }),
      replay: latest({
        replayedAt: instant('When a replay of it was accepted, the newest if there were several.'),
        acceptedId: uuid('The id under which it was accepted then.'),
        replayedPosition: uid('Where the accepted event stands in the log: topic/partition@offset.').like(
          'jimo.engagement/3@17',
        ),
      }),
      discard: latest({
        discardedAt: instant('When it was given up, the newest if that was told several times.'),
        discardReason: text('Why it was given up.'),
      }),
    },
    person: 'mentions',
    indexes: [['topic', 'received_at', 'event_id']],
  },
);

/** What cannot be stored as JSON (nested too deep, or from another producer and none) is kept as the text it was. */
function payloadOf(text: string): string {
  try {
    // JSON's null alone is "no value" to a column.
    return (COLUMN_TYPES.json.normalise(text) as string | null) ?? text;
  } catch (error) {
    if (error instanceof CannotApply) return JSON.stringify(text);
    throw error;
  }
}

/** Whom a payload may be about: part of the key, so that all that is told of a row is of the same. */
function mentioned(uuids: readonly string[]): {
  readonly mentioning: string;
  readonly mentions: readonly string[];
} {
  const mentions = [...uuids].sort();
  return { mentioning: hash('sha256', mentions.join(), 'hex').slice(0, 32), mentions };
}

function rejected(event: CatalogEvent): readonly Contribution[] {
  const { text } = event;
  const payload = payloadOf(text);
  return [
    contribute(RejectedEvent, event, {
      // Only a quarantined event carries problems.
      topic: event.problems === undefined ? 'unrecognized' : 'quarantine',
      eventId: event.id,
      ...mentioned(uuidsIn(text)),
      eventName: event.name,
      occurredAt: event.time,
      receivedAt: event.receivedAt,
      problems: JSON.stringify(event.problems ?? []),
      payload,
      original: payload === text ? null : text,
    }),
  ];
}

/** Ignores system events that a newer release introduced. */
function decided(event: CatalogEvent): readonly Contribution[] {
  if (event.name === REJECTED_DISCARDED) return discarded(event);
  if (event.name !== REJECTED_REPLAYED) return [];
  const { setAside, accepted, carries } = readRejectedReplayed(event);
  return [
    contribute(RejectedEvent, event, {
      topic: setAside.kind,
      eventId: setAside.id,
      ...mentioned(carries),
      replayedAt: event.time,
      acceptedId: accepted.id,
      replayedPosition: accepted.position,
    }),
  ];
}

function discarded(event: CatalogEvent): readonly Contribution[] {
  const { setAside, reason, carries } = readRejectedDiscarded(event);
  return [
    contribute(RejectedEvent, event, {
      topic: setAside.kind,
      eventId: setAside.id,
      ...mentioned(carries),
      discardedAt: event.time,
      discardReason: reason,
    }),
  ];
}

/** What the gateway accepted but could not place, so that a newcomer sees why an event did not arrive. */
export const rejectedEvents = catalogProjection({
  // The name is an identity: tables, checkpoints and dead letters are kept under it.
  name: 'set-aside',
  about: 'Rejected events: quarantined or unrecognized',
  app: 'feedback-projector',
  version: 4,
  topics: [TOPICS.quarantine, TOPICS.unrecognized],
  tables: [RejectedEvent],
  // Not by name: an event of an unknown kind may have the name of a system event.
  otherwise: (event) => (event.origin === 'system' ? decided(event) : rejected(event)),
});
