import { any, boolean, earliest, instant, integer, json, latest, readModel, text, uuid } from '@app/engine';

/** No row here is an end user's; a dead letter may be. */
export const Experience = readModel(
  'experience',
  { experienceUid: uuid },
  {
    snapshot: latest({
      title: text,
      state: text,
      isDraft: boolean,
      createdAt: instant,
      publishedAt: instant,
      expiresAt: instant,
      triggerType: text,
      recurrencyType: text,
      recurrencyValue: json,
    }),
    // Only newer deliveries carry tags: a snapshot without them says nothing of them.
    tagging: latest({ tags: json }),
    // Every event tells it, by its family if not by the snapshot: a group of its own.
    kind: latest({ type: text }),
    firstPublishedAt: earliest(instant),
    deletedAt: earliest(instant),
    change: latest({
      changedByUid: text,
      changedByEmail: text,
      changedByFirstName: text,
      changedByLastName: text,
    }),
  },
  {
    // Erased as a person is, by its uid: so a demo is removed.
    person: 'experienceUid',
    comment:
      'Experiences (tours, surveys, checklists, hints, banners, posts) as their newest snapshot shows them.',
    columns: {
      experienceUid: "Jimo's uid of the experience; of a changelog post, the post's.",
      title: 'Title.',
      state: 'State as Jimo has it, such as LIVE or PAUSED; status says what it amounts to.',
      isDraft: 'Whether it is a draft.',
      createdAt: 'When it was created in Jimo.',
      publishedAt: 'When it was published, as the snapshot says.',
      expiresAt: 'When it expires; null: never.',
      triggerType: 'How it is triggered, as Jimo has it.',
      recurrencyType: 'How often it is shown, as Jimo has it.',
      recurrencyValue: 'Days, when recurrency_type is DAY_BASED; as received.',
      tags: 'As received: a list of { uid, name }; null when no delivery carried any.',
      type: 'TOUR, SURVEY, CHECKLIST, HINT, BANNER or POST.',
      firstPublishedAt: 'Time of the first event that says it was published.',
      deletedAt: 'When it was deleted; null: it is not. For good, whatever arrives later.',
      changedByUid: 'Uid of the member of the team who changed it last.',
      changedByEmail: 'E-mail address of that member.',
      changedByFirstName: 'First name of that member.',
      changedByLastName: 'Last name of that member.',
      status: 'deleted, draft, expired, paused or live, as of now.',
    },
    // Every engagement event carries the experience, and engagement is partitioned by jimer.
    sharded: true,
    viewColumns: {
      // State alone does not tell the status: a draft is LIVE in the vendor's own example.
      status: {
        type: 'text',
        sql: `CASE
          WHEN deleted_at IS NOT NULL THEN 'deleted'
          WHEN is_draft THEN 'draft'
          WHEN expires_at <= now() THEN 'expired'
          WHEN state = 'PAUSED' THEN 'paused'
          ELSE 'live' END`,
      },
    },
  },
);

export const LifecycleEvent = readModel(
  'lifecycle_event',
  { experienceUid: uuid, occurredAt: instant, eventId: uuid },
  {
    kind: any(text),
    rank: any(integer),
    // What a redelivery may carry anew: one group, so that user and snapshot are of the same delivery.
    content: latest({
      hasSnapshot: boolean,
      title: text,
      state: text,
      isDraft: boolean,
      expiresAt: instant,
      userUid: text,
      userEmail: text,
      userFirstName: text,
      userLastName: text,
    }),
  },
  {
    person: 'experienceUid',
    comment: 'Created, published, status-changed, deleted: one row per lifecycle event of an experience.',
    columns: {
      experienceUid: 'The experience.',
      occurredAt: 'When it happened.',
      eventId: 'Id of the event.',
      kind: 'Name of the event, such as tour.published.',
      rank: 'Order among events of the same time: the greater one is later.',
      hasSnapshot: "Whether the event told the experience's state.",
      title: 'Title after the event.',
      state: 'State after the event, as Jimo has it.',
      isDraft: 'Whether it was a draft after the event.',
      expiresAt: 'When it was to expire, as the event says.',
      userUid: 'Uid of the member of the team who did it.',
      userEmail: 'E-mail address of that member.',
      userFirstName: 'First name of that member.',
      userLastName: 'Last name of that member.',
    },
    indexes: [['occurred_at', 'rank', 'event_id']],
  },
);
