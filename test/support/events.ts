import { randomUUID } from 'node:crypto';
import { CATALOG, type EventName } from '@app/catalog';

type Json = Record<string, unknown>;

export function experience(overrides: Json = {}): Json {
  return {
    uid: randomUUID(),
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
    ...overrides,
  };
}

export function jimer(overrides: Json = {}): Json {
  return {
    uid: randomUUID(),
    identifyToken: 'sam',
    username: 'Sam',
    email: null,
    createdAt: '2025-02-03T11:50:01.000Z',
    lastActivityAt: '2025-02-21T10:29:28.000Z',
    ...overrides,
  };
}

export const user = {
  uid: '17de6523-2033-4aaa-a500-d9369b611284',
  email: 'sam@example.com',
  firstName: 'Sam',
  lastName: 'at Jimo',
};

/** An event of a kind with every object that the catalogue lists for it. */
export function eventOf(name: EventName, time: number | string, objects: Json = {}): Json {
  const defaults: Record<string, () => unknown> = {
    experience: () => experience(),
    user: () => user,
    jimer: () => jimer(),
    cta: () => ({ uid: randomUUID() }),
    step: () => ({ uid: randomUUID(), name: 'How likely?', indexOrder: 0, type: 'NPS' }),
    survey: () => ({ uid: randomUUID() }),
    answer: () => ({ uid: randomUUID(), value: '9' }),
    task: () => ({ uid: randomUUID(), name: 'Invite a colleague' }),
    comment: () => ({ uid: randomUUID() }),
    request: () => ({ uid: randomUUID(), title: 'Dark mode' }),
    project: () => ({ uid: randomUUID(), name: 'Feedback' }),
  };
  const event: Json = { event: name, version: '0', time };
  for (const role of CATALOG[name].objects) {
    const member =
      role === 'experience' && name.startsWith('post.') && name !== 'post.cta.clicked' ? 'post' : role;
    event[member] = objects[member] ?? objects[role] ?? defaults[role]!();
  }
  return event;
}

/** A time of its own for every call, a whole second as the vendor's are. */
let second = 1_740_000_000;
export const nextTime = (): number => ++second * 1_000;
