import { any, boolean, earliest, instant, integer, json, latest, readModel, text, uuid } from '@app/engine';

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
    comment:
      'Experiences (tours, surveys, checklists, hints, banners, posts) as their newest snapshot shows them.',
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
  { comment: 'Created, published, status-changed, deleted: one row per lifecycle event of an experience.' },
);
