import { BANNERS } from './events/banners';
import { CHECKLISTS } from './events/checklists';
import type { EventDefinition, Meaning } from './events/definition';
import { FEEDBACK } from './events/feedback';
import { HINTS } from './events/hints';
import { POSTS } from './events/posts';
import { SURVEYS } from './events/surveys';
import { TOURS } from './events/tours';
import { TOPICS } from './topics';

/** A new event is a class in its family's file and a line in that family's list, which says what it means. */
const EVENTS = [...TOURS, ...SURVEYS, ...CHECKLISTS, ...HINTS, ...BANNERS, ...POSTS, ...FEEDBACK] as const;

type Definition = (typeof EVENTS)[number];
export type EventName = Definition['name'];

/** What the event of that name carries. */
export type EventOf<N extends EventName> = InstanceType<Extract<Definition, { readonly name: N }>['type']>;
export type EventPayloads = { readonly [N in EventName]: EventOf<N> };

/** The events by name. */
export const CATALOG = Object.fromEntries(
  EVENTS.map((definition) => [definition.name, definition]),
) as unknown as Readonly<Record<EventName, EventDefinition<EventName>>>;

export const EVENT_NAMES: readonly EventName[] = EVENTS.map(({ name }) => name);

/** The events that mean one of these, in whatever family. */
export function eventsThatMean(...meanings: readonly Meaning[]): readonly EventName[] {
  return EVENT_NAMES.filter((name) => meanings.includes(CATALOG[name].means));
}

/** Everything that a jimer does with an experience. */
export const ENGAGEMENT: readonly EventName[] = EVENT_NAMES.filter(
  (name) => CATALOG[name].topic === TOPICS.engagement,
);

const BY_NAME: ReadonlyMap<string, EventDefinition<EventName>> = new Map(
  EVENTS.map((definition) => [definition.name, definition]),
);

/** The definition of an event name as it came from outside, or undefined when it is not in the catalogue. */
export function definitionOf(name: string): EventDefinition<EventName> | undefined {
  return BY_NAME.get(name);
}
