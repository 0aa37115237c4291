import { TOPICS, type CatalogEvent, type EventName } from '@app/catalog';
import { contribute, defineProjection, type Contribution } from '@app/engine';
import { ENGAGEMENT, forKinds } from '../shared/kinds';
import {
  booleanOf,
  experienceOf,
  experienceTypeOf,
  instantOf,
  jsonOf,
  objectOf,
  textOf,
  type JsonObject,
} from '../shared/payload';
import { Experience, LifecycleEvent } from './experiences.tables';

const FAMILIES = ['tour', 'survey', 'checklist', 'hint', 'banner', 'post'] as const;

function lifecycleKinds(change: 'created' | 'published' | 'status-changed' | 'deleted'): EventName[] {
  const families = FAMILIES.filter((family) => !(family === 'post' && change === 'status-changed'));
  return families.map((family) => `${family}.${change}` as EventName);
}

interface Marks {
  readonly firstPublishedAt?: number;
  readonly deletedAt?: number;
}

/** Every event that carries an experience carries a snapshot of it, whoever caused the event. */
function snapshot(event: CatalogEvent, experience: JsonObject, marks: Marks): Contribution {
  const user = objectOf(event.payload['user']);
  return contribute(Experience, event, {
    experienceUid: experience['uid'] as string,
    title: textOf(experience['title']),
    type: experienceTypeOf(event),
    state: textOf(experience['state']),
    isDraft: booleanOf(experience['isDraft']),
    createdAt: instantOf(experience['createdAt']),
    publishedAt: instantOf(experience['publishedAt']),
    expiresAt: instantOf(experience['expiresAt']),
    triggerType: textOf(experience['triggerType']),
    recurrencyType: textOf(experience['recurrencyType']),
    recurrencyValue: jsonOf(experience['recurrencyValue']),
    tags: jsonOf(experience['tags']),
    changedByUid: textOf(user?.['uid']),
    changedByEmail: textOf(user?.['email']),
    changedByFirstName: textOf(user?.['firstName']),
    changedByLastName: textOf(user?.['lastName']),
    ...marks,
  });
}

function lifecycle(event: CatalogEvent, marks: Marks = {}): Contribution[] {
  const experience = experienceOf(event);
  const user = objectOf(event.payload['user']);
  return [
    snapshot(event, experience, marks),
    contribute(LifecycleEvent, event, {
      experienceUid: experience['uid'] as string,
      occurredAt: event.time,
      eventId: event.id,
      kind: event.name,
      rank: event.rank,
      hasSnapshot: ['state', 'isDraft', 'expiresAt'].some((field) => experience[field] !== undefined),
      title: textOf(experience['title']),
      state: textOf(experience['state']),
      isDraft: booleanOf(experience['isDraft']),
      expiresAt: instantOf(experience['expiresAt']),
      userUid: textOf(user?.['uid']),
      userEmail: textOf(user?.['email']),
      userFirstName: textOf(user?.['firstName']),
      userLastName: textOf(user?.['lastName']),
    }),
  ];
}

/** Where each experience stands in its life, from its own events and from what jimers did with it. */
export const experiences = defineProjection<CatalogEvent>({
  name: 'experiences',
  version: 1,
  topics: [TOPICS.lifecycle, TOPICS.engagement],
  tables: [Experience, LifecycleEvent],
  on: {
    ...forKinds(ENGAGEMENT, (event: CatalogEvent) => [snapshot(event, experienceOf(event), {})]),
    ...forKinds([...lifecycleKinds('created'), ...lifecycleKinds('status-changed')], (event: CatalogEvent) =>
      lifecycle(event),
    ),
    ...forKinds(lifecycleKinds('published'), (event: CatalogEvent) =>
      lifecycle(event, { firstPublishedAt: event.time }),
    ),
    ...forKinds(lifecycleKinds('deleted'), (event: CatalogEvent) =>
      lifecycle(event, { deletedAt: event.time }),
    ),
  },
});
