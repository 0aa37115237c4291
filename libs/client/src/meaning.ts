import { EVENT_MEANINGS } from './event-meanings';

export type EventName = keyof typeof EVENT_MEANINGS;
/** What an event says that happened, in whatever family of experiences: a start, a completion, a publication. */
export type Meaning = (typeof EVENT_MEANINGS)[EventName];

/** What the event of that name means; null for a system event and for one that this version does not know. */
export function meaningOf(event: string): Meaning | null {
  return Object.hasOwn(EVENT_MEANINGS, event) ? EVENT_MEANINGS[event as EventName] : null;
}

/** The names of Jimo's events, in the order of the catalogue. */
export const EVENT_NAMES = Object.keys(EVENT_MEANINGS) as readonly EventName[];
