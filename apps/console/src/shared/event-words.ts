import { meaningOf, type Meaning } from '@app/client';
import type { ExperienceStatus } from './experience';

/** The verb for an event's meaning, as in "Sam started the tour". */
const DID: Readonly<Record<Exclude<Meaning, 'submission'>, string>> = {
  creation: 'created',
  publication: 'published',
  'status change': 'paused or resumed',
  deletion: 'deleted',
  start: 'started',
  completion: 'completed',
  dismissal: 'dismissed',
  view: 'saw',
  like: 'liked',
  comment: 'commented on',
  click: 'clicked a button of',
  answer: 'answered a question of',
  'task completion': 'completed a task of',
  'task skip': 'skipped a task of',
};

/** The verb for a change to this status, as in "Sam paused the tour". */
const CHANGED_TO: Readonly<Record<ExperienceStatus, string>> = {
  draft: 'unpublished',
  live: 'resumed',
  paused: 'paused',
  expired: 'ended',
  deleted: 'deleted',
};

const familyOf = (event: string): string => event.slice(0, event.indexOf('.'));

/** A change of an experience in words: "paused the tour". */
export function changeWords({ event, status }: { event: string; status: ExperienceStatus }): string {
  return meaningOf(event) === 'status change'
    ? `${CHANGED_TO[status]} the ${familyOf(event)}`
    : eventWords(event);
}

/** The event in words, as "started the tour"; an unknown event's own name. */
export function eventWords(event: string): string {
  const meaning = meaningOf(event);
  if (meaning === null) return event;
  return meaning === 'submission' ? 'submitted feedback' : `${DID[meaning]} the ${familyOf(event)}`;
}
