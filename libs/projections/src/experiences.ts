import {
  ENGAGEMENT,
  EXPERIENCE_OBSERVED,
  EXPERIENCE_TYPES,
  TOPICS,
  type CatalogEvent,
  type ObjectReader,
} from '@app/catalog';
import {
  any,
  boolean,
  computed,
  contains,
  contribute,
  earliest,
  equals,
  hasElement,
  instant,
  integer,
  json,
  latest,
  logPosition,
  part,
  readModel,
  text,
  uuid,
  type Contribution,
  type EngineEvent,
} from '@app/engine';
import { catalogProjection, forKinds, forMeaning } from './shared/catalog-projection';
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
} from './shared/payload';
import { instantOf } from './shared/times';

export const EXPERIENCE_STATUSES = ['deleted', 'draft', 'expired', 'paused', 'live'] as const;
export type ExperienceStatus = (typeof EXPERIENCE_STATUSES)[number];

const FEW = 'a workspace has some hundreds of experiences, and its view merges them all anyway';

/** No row here is an end user's; a dead letter may be. */
export const Experience = readModel(
  'experience',
  'Experiences (tours, surveys, checklists, hints, banners, posts) as their newest snapshot shows them.',
  {
    key: {
      experienceUid: uuid("Jimo's uid of the experience; of a changelog post, the post's.").as('uid'),
    },
    columns: {
      snapshot: latest({
        title: text('Title.'),
        state: text('State as Jimo has it, such as LIVE or PAUSED; status says what it amounts to.').like(
          'LIVE',
        ),
        isDraft: boolean('Whether it is a draft.'),
        createdAt: instant('When it was created in Jimo.'),
        publishedAt: instant('When it was published, as the snapshot says.'),
        expiresAt: instant('When it expires; null: never.'),
        triggerType: text('How it is triggered, as Jimo has it.').like('DEFAULT'),
        recurrencyType: text('How often it is shown, as Jimo has it.').like('SINGLE_TIME'),
        recurrencyValue: json('Days, when it is shown again after some days (DAY_BASED); as received.'),
      }),
      // Only newer deliveries carry tags: a snapshot without them says nothing of them.
      tagging: latest({
        tags: json('As received: a list of { uid, name }; null when no delivery carried any.'),
      }),
      // Every event tells it, by its family if not by the snapshot: a group of its own.
      kind: latest({ type: text('TOUR, SURVEY, CHECKLIST, HINT, BANNER or POST.').like('TOUR') }),
      firstPublishedAt: earliest(instant('Time of the first event that says it was published.')),
      deletedAt: earliest(instant('When it was deleted; null: it is not. For good, whatever arrives later.')),
      change: latest({
        changedByUid: text('Uid of the member of the team who changed it last.'),
        changedByEmail: text('E-mail address of that member.'),
        changedByFirstName: text('First name of that member.'),
        changedByLastName: text('Last name of that member.'),
      }),
    },
    // Erased as a person is, by its uid: so a demo is removed.
    person: 'experienceUid',
    // Every engagement event carries the experience, and engagement is partitioned by jimer.
    sharded: true,
    viewColumns: {
      // State alone does not tell the status: a draft is LIVE in the vendor's own example.
      status: computed(
        text('deleted, draft, expired, paused or live, as of now.').oneOf(EXPERIENCE_STATUSES).required(),
        `CASE
          WHEN deleted_at IS NOT NULL THEN 'deleted'
          WHEN is_draft THEN 'draft'
          WHEN expires_at <= now() THEN 'expired'
          WHEN state = 'PAUSED' THEN 'paused'
          ELSE 'live' END`,
      ),
    },
    api: {
      path: 'experiences',
      item: 'experience',
      list: 'Experiences (posts are those of type POST), deleted ones included',
      get: 'An experience, as its newest snapshot shows it',
      fields: [
        ...(['experienceUid', 'workspace', 'title', 'type', 'status', 'state', 'isDraft'] as const),
        ...(['createdAt', 'publishedAt', 'expiresAt', 'triggerType', 'recurrencyType'] as const),
        ...(['recurrencyValue', 'tags', 'firstPublishedAt', 'deletedAt'] as const),
        part('lastChangedBy', 'Who made the newest change that names a user.', 'User', {
          uid: 'changedByUid',
          email: 'changedByEmail',
          firstName: 'changedByFirstName',
          lastName: 'changedByLastName',
        }),
      ],
      filters: {
        type: equals('type', 'Only experiences of this type.', {
          ...{ oneOf: EXPERIENCE_TYPES, scans: FEW },
        }),
        status: equals('status', 'Only those of this status.', { scans: FEW }),
        tag: hasElement('tags', 'Uid or name of a tag, exactly.', { members: ['uid', 'name'] }),
        q: contains(['title'], 'A part of the title, in any letter case.'),
      },
    },
  },
);

export const LifecycleEvent = readModel(
  'lifecycle_event',
  'Created, published, status-changed, deleted: one row per lifecycle event of an experience.',
  {
    key: {
      experienceUid: uuid('The experience.'),
      occurredAt: instant('When it happened.').as('time'),
      eventId: uuid('Id of the event.').as('id'),
    },
    columns: {
      kind: any(text('Name of the event, such as tour.published.').as('event').required()),
      rank: any(integer('Order among events of the same time: the greater one is later.').required()),
      position: logPosition('Where its newest record is in its topic: partition × 2^40 + offset.'),
      // What a redelivery may carry anew: one group, so that user and snapshot are of the same delivery.
      content: latest({
        hasSnapshot: boolean("Whether the event told the experience's state."),
        title: text('Title after the event.'),
        state: text('State after the event, as Jimo has it.'),
        isDraft: boolean('Whether it was a draft after the event.'),
        expiresAt: instant('When it was to expire, as the event says.'),
        userUid: text('Uid of the member of the team who did it.'),
        userEmail: text('E-mail address of that member.'),
        userFirstName: text('First name of that member.'),
        userLastName: text('Last name of that member.'),
      }),
    },
    person: 'experienceUid',
    indexes: [['occurred_at', 'rank', 'event_id']],
  },
);

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
  about: 'Experiences and their lifecycle',
  app: 'experience-projector',
  version: 7,
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
