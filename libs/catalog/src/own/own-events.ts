import { backlogItemTriagedEvent } from './backlog-item-triaged';
import { experienceObservedEvent } from './experience-observed';
import { jimerErasedEvent } from './jimer-erased';
import { setAsideDiscardedEvent } from './set-aside-discarded';
import { setAsideReplayedEvent } from './set-aside-replayed';

/** Every event of our own: what is not listed here cannot be appended, and what is listed is in the contracts. */
export const OWN_EVENTS = [
  backlogItemTriagedEvent,
  experienceObservedEvent,
  jimerErasedEvent,
  setAsideDiscardedEvent,
  setAsideReplayedEvent,
] as const;

export type OwnEventName = (typeof OWN_EVENTS)[number]['name'];
