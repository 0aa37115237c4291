import { ENGAGEMENT, EXPERIENCE_OBSERVED, TOPICS, type CatalogEvent, type ObjectReader } from '@app/catalog';
import { contribute, type Contribution, type EngineEvent } from '@app/engine';
import { catalogProjection } from '../shared/catalog-projection';
import { forKinds, forMeaning } from '../shared/kinds';
import {
  booleanOf,
  experienceOf,
  experienceTypeOf,
  jsonOf,
  objectOf,
  observationOf,
  observedObject,
  textOf,
  typeOf,
} from '../shared/payload';
import { instantOf } from '../shared/times';
import { Experience, LifecycleEvent } from './experiences.tables';

interface Marks {
  readonly firstPublishedAt?: number;
  readonly deletedAt?: number;
}

const NO_MARKS: Marks = {};

/** What an event shows of an experience. */
interface Shown {
  readonly experience: ObjectReader;
  readonly user: ObjectReader;
  readonly type: string | undefined;
}

function shownBy(event: CatalogEvent): Shown {
  const experience = experienceOf(event);
  return { experience, user: objectOf(event, 'user'), type: experienceTypeOf(event, experience) };
}

function observed(event: CatalogEvent): Contribution[] {
  const observation = observationOf(event);
  if (observation === null) return [];
  const experience = observedObject(observation, 'experience');
  const user = observedObject(observation, 'user');
  return [snapshot(observation, { experience, user, type: typeOf(experience, observation.family) })];
}

/** Every event that carries an experience carries a snapshot of it, whoever caused the event. */
function snapshot(
  event: EngineEvent,
  { experience, user, type }: Shown,
  marks: Marks = NO_MARKS,
): Contribution {
  return contribute(Experience, event, {
    experienceUid: experience.get('uid') as string,
    title: textOf(experience.get('title')),
    type,
    state: textOf(experience.get('state')),
    isDraft: booleanOf(experience.get('isDraft')),
    createdAt: instantOf(experience.get('createdAt')),
    publishedAt: instantOf(experience.get('publishedAt')),
    expiresAt: instantOf(experience.get('expiresAt')),
    triggerType: textOf(experience.get('triggerType')),
    recurrencyType: textOf(experience.get('recurrencyType')),
    recurrencyValue: jsonOf(experience.get('recurrencyValue')),
    tags: jsonOf(experience.get('tags')),
    changedByUid: textOf(user.get('uid')),
    changedByEmail: textOf(user.get('email')),
    changedByFirstName: textOf(user.get('firstName')),
    changedByLastName: textOf(user.get('lastName')),
    firstPublishedAt: marks.firstPublishedAt,
    deletedAt: marks.deletedAt,
  });
}

function lifecycle(event: CatalogEvent, marks: Marks = NO_MARKS): Contribution[] {
  const shown = shownBy(event);
  const { experience, user } = shown;
  return [
    snapshot(event, shown, marks),
    contribute(LifecycleEvent, event, {
      experienceUid: experience.get('uid') as string,
      occurredAt: event.time,
      eventId: event.id,
      kind: event.name,
      rank: event.rank,
      hasSnapshot: ['state', 'isDraft', 'expiresAt'].some((field) => experience.get(field) !== undefined),
      title: textOf(experience.get('title')),
      state: textOf(experience.get('state')),
      isDraft: booleanOf(experience.get('isDraft')),
      expiresAt: instantOf(experience.get('expiresAt')),
      userUid: textOf(user.get('uid')),
      userEmail: textOf(user.get('email')),
      userFirstName: textOf(user.get('firstName')),
      userLastName: textOf(user.get('lastName')),
    }),
  ];
}

/** Where each experience stands in its life, from its own events and from what jimers did with it. */
export const experiences = catalogProjection({
  name: 'experiences',
  version: 6,
  topics: [TOPICS.lifecycle, TOPICS.engagement],
  tables: [Experience, LifecycleEvent],
  on: {
    ...forKinds(ENGAGEMENT, (event: CatalogEvent) => [snapshot(event, shownBy(event))]),
    [EXPERIENCE_OBSERVED]: observed,
    ...forMeaning('creation', (event: CatalogEvent) => lifecycle(event)),
    ...forMeaning('status change', (event: CatalogEvent) => lifecycle(event)),
    ...forMeaning('publication', (event: CatalogEvent) => lifecycle(event, { firstPublishedAt: event.time })),
    ...forMeaning('deletion', (event: CatalogEvent) => lifecycle(event, { deletedAt: event.time })),
  },
});
