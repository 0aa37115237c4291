import type { ExperienceStatus } from './experience';

/** What the last part of an event's name says of who did it, as in "Sam started the tour". */
const DID: Readonly<Record<string, string>> = {
  created: 'created',
  published: 'published',
  'status-changed': 'paused or resumed',
  deleted: 'deleted',
  started: 'started',
  completed: 'completed',
  dismissed: 'dismissed',
  seen: 'saw',
  liked: 'liked',
  commented: 'commented on',
  'cta.clicked': 'clicked a button of',
  'step.answered': 'answered a question of',
  'task.completed': 'completed a task of',
  'task.skipped': 'skipped a task of',
};

/** What the experience is after a change of its status, as in "Sam paused the tour". */
const CHANGED_TO: Readonly<Record<ExperienceStatus, string>> = {
  draft: 'took back to a draft',
  live: 'set live',
  paused: 'paused',
  expired: 'ended',
  deleted: 'deleted',
};

/** A change of an experience in words: "paused the tour". */
export function changeWords({ event, status }: { event: string; status: ExperienceStatus }): string {
  const [kind, change] = event.split('.');
  return change === 'status-changed' ? `${CHANGED_TO[status]} the ${kind}` : eventWords(event);
}

/** The event in words: "started the tour"; the name itself of one that is not known here. */
export function eventWords(event: string): string {
  if (event === 'request.created') return 'submitted feedback';
  const dot = event.indexOf('.');
  const did = DID[event.slice(dot + 1)];
  return did === undefined ? event : `${did} the ${event.slice(0, dot)}`;
}
