import { CATALOG, type EventName } from './catalog';

/** For specs: the vendor's published examples and a valid event of every kind. */
export const EXPERIENCE = {
  uid: '0814ae77-568d-41c0-912a-0b4c63dc03ff',
  title: 'Onboarding',
  type: 'TOUR',
  state: 'LIVE',
  isDraft: false,
  publishedAt: '2025-02-19T10:37:10.000Z',
  createdAt: '2025-02-19T10:36:46.000Z',
  expiresAt: null,
  triggerType: 'DEFAULT',
  recurrencyType: 'EVERY_TIME',
  recurrencyValue: 1,
};

export const OBJECTS = {
  experience: EXPERIENCE,
  user: {
    uid: '17de6523-2033-4aaa-a500-d9369b611284',
    email: '[email protected]',
    firstName: 'Sam',
    lastName: 'at Jimo',
  },
  jimer: {
    uid: '17dff65e-434d-4454-bb57-a1167fefbb6b',
    identifyToken: 'sam',
    username: 'Sam',
    email: null,
    createdAt: '2025-02-03T11:50:01.000Z',
    lastActivityAt: '2025-02-21T10:29:28.000Z',
  },
  cta: { uid: 'cta-1' },
  step: { uid: 'step-1', name: 'How likely?', indexOrder: 0, type: 'NPS' },
  survey: { uid: 'response-1' },
  answer: { uid: 'answer-1', value: 9 },
  task: { uid: 'task-1', name: 'Invite a colleague' },
  comment: { uid: 'comment-1', text: 'Great' },
  request: { uid: 'request-1', title: 'Dark mode' },
  project: { uid: '6b0c5a3e-1f1a-4a7e-9a52-0d5a0d7b7a11', name: 'Web' },
};

export const TIME = 1_740_133_769_000;

/** A valid event as it would be sent. */
export function example(name: EventName): Record<string, unknown> {
  const event: Record<string, unknown> = { event: name, version: '0', time: TIME };
  for (const role of CATALOG[name].objects)
    event[role === 'experience' && name.startsWith('post.') ? 'post' : role] = OBJECTS[role];
  return event;
}
