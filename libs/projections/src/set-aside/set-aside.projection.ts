import { TOPICS, type CatalogEvent } from '@app/catalog';
import { CannotApply, contribute, defineProjection, json } from '@app/engine';
import { SetAsideEvent } from './set-aside.tables';

/** What cannot be stored as JSON (nested too deep, or from another producer and none) is kept as the text it was. */
function payloadOf(text: string): string {
  try {
    json.normalise(text);
    return text;
  } catch (error) {
    if (error instanceof CannotApply) return JSON.stringify(text);
    throw error;
  }
}

/** What the gateway accepted but could not place, so that a newcomer sees why an event did not arrive. */
export const setAside = defineProjection<CatalogEvent>({
  name: 'set-aside',
  version: 1,
  topics: [TOPICS.quarantine, TOPICS.unrecognized],
  tables: [SetAsideEvent],
  otherwise: (event) => [
    contribute(SetAsideEvent, event, {
      // Only a quarantined event carries problems.
      topic: event.problems === undefined ? 'unrecognized' : 'quarantine',
      eventId: event.id,
      eventName: event.name,
      occurredAt: event.time,
      receivedAt: event.receivedAt,
      problems: JSON.stringify(event.problems ?? []),
      payload: payloadOf(event.text),
    }),
  ],
});
