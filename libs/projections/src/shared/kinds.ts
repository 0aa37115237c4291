import { eventsThatMean, type EventName, type Meaning } from '@app/catalog';

/** The same handler for several kinds of event. */
export function forKinds<H>(kinds: readonly EventName[], handler: H): Partial<Record<EventName, H>> {
  return Object.fromEntries(kinds.map((kind) => [kind, handler]));
}

/** The same handler for all events that mean this. */
export function forMeaning<H>(meaning: Meaning, handler: H): Partial<Record<EventName, H>> {
  return forKinds(eventsThatMean(meaning), handler);
}
