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
import { CannotApply, COLUMN_TYPES, contribute, type Contribution } from '@app/engine';
import { catalogProjection } from '../shared/catalog-projection';
import { SetAsideEvent } from './set-aside.tables';

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

function placed(event: CatalogEvent): readonly Contribution[] {
  const { text } = event;
  const payload = payloadOf(text);
  return [
    contribute(SetAsideEvent, event, {
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

/** Another kind of our own is of a newer version of this code, and nothing to show here. */
function told(event: CatalogEvent): readonly Contribution[] {
  if (event.name === REJECTED_DISCARDED) return discarded(event);
  if (event.name !== REJECTED_REPLAYED) return [];
  const { setAside, accepted, carries } = readRejectedReplayed(event);
  return [
    contribute(SetAsideEvent, event, {
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
    contribute(SetAsideEvent, event, {
      topic: setAside.kind,
      eventId: setAside.id,
      ...mentioned(carries),
      discardedAt: event.time,
      discardReason: reason,
    }),
  ];
}

/** What the gateway accepted but could not place, so that a newcomer sees why an event did not arrive. */
export const setAside = catalogProjection({
  name: 'set-aside',
  version: 4,
  topics: [TOPICS.quarantine, TOPICS.unrecognized],
  tables: [SetAsideEvent],
  // Not by name: an event of an unknown kind may have the name of one of our own.
  otherwise: (event) => (event.origin === 'system' ? told(event) : placed(event)),
});
