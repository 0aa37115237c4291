import {
  any,
  boolean,
  computed,
  earliest,
  instant,
  integer,
  json,
  latest,
  readModel,
  text,
  uuid,
} from '@app/engine';

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
        state: text('State as Jimo has it, such as LIVE or PAUSED; status says what it amounts to.'),
        isDraft: boolean('Whether it is a draft.'),
        createdAt: instant('When it was created in Jimo.'),
        publishedAt: instant('When it was published, as the snapshot says.'),
        expiresAt: instant('When it expires; null: never.'),
        triggerType: text('How it is triggered, as Jimo has it.'),
        recurrencyType: text('How often it is shown, as Jimo has it.'),
        recurrencyValue: json('Days, when recurrency_type is DAY_BASED; as received.'),
      }),
      // Only newer deliveries carry tags: a snapshot without them says nothing of them.
      tagging: latest({
        tags: json('As received: a list of { uid, name }; null when no delivery carried any.'),
      }),
      // Every event tells it, by its family if not by the snapshot: a group of its own.
      kind: latest({ type: text('TOUR, SURVEY, CHECKLIST, HINT, BANNER or POST.') }),
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
        text('deleted, draft, expired, paused or live, as of now.').required(),
        `CASE
          WHEN deleted_at IS NOT NULL THEN 'deleted'
          WHEN is_draft THEN 'draft'
          WHEN expires_at <= now() THEN 'expired'
          WHEN state = 'PAUSED' THEN 'paused'
          ELSE 'live' END`,
      ),
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
