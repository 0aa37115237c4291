import { eventsThatMean } from '@app/catalog';
import {
  any,
  by,
  count,
  date,
  earliest,
  greatest,
  instant,
  latest,
  readModel,
  tally,
  text,
  uid,
  utcDay,
  uuid,
} from '@app/engine';

export const Journey = readModel(
  'journey',
  { jimerUid: uuid, experienceUid: uuid },
  {
    snapshot: latest({ title: text, type: text }),
    firstSeenAt: earliest(instant),
    lastEventAt: greatest(instant),
    startedAt: earliest(instant),
    lastStartedAt: greatest(instant),
    completedAt: earliest(instant),
    lastCompletedAt: greatest(instant),
    dismissedAt: earliest(instant),
    lastDismissedAt: greatest(instant),
    likedAt: earliest(instant),
  },
  {
    person: 'jimerUid',
    comment: 'What each end user has seen, started, finished and dismissed: one row per user and experience.',
    columns: {
      jimerUid: 'The end user.',
      experienceUid: 'The experience.',
      title: "The experience's title, as the user's newest event on it says.",
      type: "The experience's type, as the user's newest event on it says.",
      firstSeenAt: 'Time of the first event of any kind.',
      lastEventAt: 'Time of the newest event of any kind.',
      startedAt: 'First start.',
      lastStartedAt: 'Newest start.',
      completedAt: 'First completion.',
      lastCompletedAt: 'Newest completion.',
      dismissedAt: 'First dismissal.',
      lastDismissedAt: 'Newest dismissal.',
      likedAt: 'First like.',
      state: 'seen, started, completed or dismissed: how the newest run stands.',
      in_state_since: 'When the newest event happened that put it into its state; for seen the first event.',
    },
    generated: {
      // The newest run decides; a completion or dismissal without a start counts as such.
      state: {
        type: 'text',
        sql: `CASE
          WHEN last_completed_at >= COALESCE(last_started_at, last_completed_at) THEN 'completed'
          WHEN last_dismissed_at >= COALESCE(last_started_at, last_dismissed_at) THEN 'dismissed'
          WHEN last_started_at IS NOT NULL THEN 'started'
          ELSE 'seen' END`,
      },
    },
    viewColumns: {
      // A completion that came before the newest start is not what the state says.
      in_state_since: {
        type: 'timestamptz',
        sql: `CASE state
          WHEN 'completed' THEN last_completed_at
          WHEN 'dismissed' THEN last_dismissed_at
          WHEN 'started' THEN last_started_at
          ELSE first_seen_at END`,
      },
    },
    ownerFirst: true,
    indexes: [['experience_uid', 'state', 'jimer_uid']],
  },
);

export const Touch = readModel(
  'touch',
  // The event id determines the time; with the time before it, the key is the timeline's order as well.
  { jimerUid: uuid, occurredAt: instant, eventId: uuid },
  { kind: any(text), experienceUid: any(uuid) },
  {
    person: 'jimerUid',
    comment: 'The timeline of each end user: one row per event that carries the user.',
    columns: {
      jimerUid: 'The end user.',
      occurredAt: 'When it happened.',
      eventId: 'Id of the event.',
      kind: 'Name of the event, such as tour.started.',
      experienceUid: 'The experience that it is about; null for submitted feedback.',
    },
    ownerFirst: true,
  },
);

export const Task = readModel(
  'task',
  { jimerUid: uuid, experienceUid: uuid, taskUid: uid },
  { outcome: latest({ name: text, status: text }) },
  {
    person: 'jimerUid',
    comment: 'Checklist tasks of each end user with their newest status, completed or skipped.',
    columns: {
      jimerUid: 'The end user.',
      experienceUid: 'The checklist.',
      taskUid: 'Uid of the task.',
      name: 'Name of the task.',
      status: 'completed or skipped, whichever is newest; on a tie completed.',
      at: 'When that was.',
    },
    ownerFirst: true,
    viewColumns: { at: { type: 'timestamptz', sql: 'outcome_time' } },
  },
);

const perTask = { experienceUid: by('experienceUid'), taskUid: by('taskUid') };

export const KnownTask = readModel(
  'known_task',
  { experienceUid: uuid, taskUid: uid },
  { label: latest({ name: text }) },
  {
    person: 'experienceUid',
    comment: 'Tasks of checklists, as the newest event on each names it.',
    columns: { experienceUid: 'The checklist.', taskUid: 'Uid of the task.', name: 'Name of the task.' },
    sharded: true,
  },
);

export const TaskCounts = tally(
  'task_counts',
  { experienceUid: uuid, taskUid: uid },
  {
    completed: count(Task, perTask, { column: 'status', oneOf: ['completed'] }),
    skipped: count(Task, perTask, { column: 'status', oneOf: ['skipped'] }),
  },
  {
    comment: 'End users per task of a checklist whose newest event on it is a completion, or a skip.',
    columns: {
      experienceUid: 'The checklist.',
      taskUid: 'Uid of the task.',
      completed: 'End users whose newest event on it is a completion.',
      skipped: 'End users whose newest event on it is a skip.',
    },
  },
);

const perDay = (column: string) => ({ experienceUid: by('experienceUid'), day: utcDay(column) });

export const Funnel = tally(
  'funnel',
  { experienceUid: uuid, day: date },
  {
    saw: count(Journey, perDay('firstSeenAt')),
    started: count(Journey, perDay('startedAt')),
    completed: count(Journey, perDay('completedAt')),
    // It counts among those who started on the day, so that its share of them is never above one.
    startedAndCompleted: count(Journey, perDay('startedAt'), {
      column: 'lastCompletedAt',
      atLeast: 'startedAt',
    }),
    dismissed: count(Journey, perDay('dismissedAt')),
    likes: count(Journey, perDay('likedAt')),
    ctaClicks: count(Touch, perDay('occurredAt'), { column: 'kind', oneOf: eventsThatMean('click') }),
    comments: count(Touch, perDay('occurredAt'), { column: 'kind', oneOf: eventsThatMean('comment') }),
  },
  {
    comment:
      'Per experience and UTC day: end users by the day of their first event, start, completion, dismissal and like, and those who first started and have completed since; clicks and comments by event.',
    columns: {
      experienceUid: 'The experience.',
      day: 'UTC day.',
      saw: 'End users whose first event of any kind on it was on the day.',
      started: 'End users whose first start was on the day.',
      completed: 'End users whose first completion was on the day.',
      startedAndCompleted:
        'Of the end users who first started on the day, those who have completed at or after that start, whenever.',
      dismissed: 'End users whose first dismissal was on the day.',
      likes: 'End users whose first like was on the day.',
      ctaClicks: 'Clicks on a call to action on the day.',
      comments: 'Comments on the day.',
    },
  },
);
