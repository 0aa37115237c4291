import { backlogItemTriagedEvent } from './backlog-item-triaged';
import { experienceObservedEvent } from './experience-observed';
import { jimerErasedEvent } from './jimer-erased';
import { rejectedDiscardedEvent } from './rejected-discarded';
import { rejectedReplayedEvent } from './rejected-replayed';

/** Every system event. What is listed is in the contracts (system-events.spec.ts holds the list to what is exported). */
export const SYSTEM_EVENTS = [
  backlogItemTriagedEvent,
  experienceObservedEvent,
  jimerErasedEvent,
  rejectedDiscardedEvent,
  rejectedReplayedEvent,
] as const;

export type SystemEventName = (typeof SYSTEM_EVENTS)[number]['name'];
