import { ENGAGEMENT, eventsThatMean, EXPERIENCE_OBSERVED, TOPICS, type CatalogEvent } from '@app/catalog';
import {
  any,
  by,
  computed,
  contribute,
  count,
  date,
  earliest,
  greatest,
  instant,
  latest,
  logPosition,
  readModel,
  tally,
  text,
  uid,
  utcDay,
  uuid,
  type Contribution,
} from '@app/engine';
import { catalogProjection, forKinds, forMeaning } from './shared/catalog-projection';
import {
  experienceOf,
  experienceTypeOf,
  jimerOf,
  objectOf,
  observationOf,
  observedObject,
  textOf,
} from './shared/payload';

export const JOURNEY_STATES = ['seen', 'started', 'completed', 'dismissed'] as const;
export type JourneyState = (typeof JOURNEY_STATES)[number];

export const Journey = readModel(
  'journey',
  'What each end user has seen, started, finished and dismissed: one row per user and experience.',
  {
    key: { jimerUid: uuid('The end user.'), experienceUid: uuid('The experience.') },
    columns: {
      snapshot: latest({
        title: text("The experience's title, as the user's newest event on it says."),
        type: text("The experience's type, as the user's newest event on it says."),
      }),
      firstSeenAt: earliest(instant('Time of the first event of any kind.').required()),
      lastEventAt: greatest(instant('Time of the newest event of any kind.').required()),
      startedAt: earliest(instant('First start.')),
      lastStartedAt: greatest(instant('Newest start.')),
      completedAt: earliest(instant('First completion.')),
      lastCompletedAt: greatest(instant('Newest completion.')),
      dismissedAt: earliest(instant('First dismissal.')),
      lastDismissedAt: greatest(instant('Newest dismissal.')),
      likedAt: earliest(instant('First like.')),
    },
    person: 'jimerUid',
    generated: {
      // The newest run decides; a completion or dismissal without a start counts as such.
      state: computed(
        text('seen, started, completed or dismissed: how the newest run stands.')
          .oneOf(JOURNEY_STATES)
          .required(),
        `CASE
          WHEN last_completed_at >= COALESCE(last_started_at, last_completed_at) THEN 'completed'
          WHEN last_dismissed_at >= COALESCE(last_started_at, last_dismissed_at) THEN 'dismissed'
          WHEN last_started_at IS NOT NULL THEN 'started'
          ELSE 'seen' END`,
      ),
    },
    viewColumns: {
      // A completion that came before the newest start is not what the state says.
      inStateSince: computed(
        instant(
          'When the newest event happened that put it into its state; for seen the first event.',
        ).required(),
        `CASE state
          WHEN 'completed' THEN last_completed_at
          WHEN 'dismissed' THEN last_dismissed_at
          WHEN 'started' THEN last_started_at
          ELSE first_seen_at END`,
      ),
    },
    ownerFirst: true,
    indexes: [['experience_uid', 'state', 'jimer_uid']],
  },
);

export const Touch = readModel(
  'touch',
  'The timeline of each end user: one row per event that carries the user.',
  {
    // The event id determines the time; with the time before it, the key is the timeline's order as well.
    key: {
      jimerUid: uuid('The end user.'),
      occurredAt: instant('When it happened.').as('time'),
      eventId: uuid('Id of the event.').as('id'),
    },
    columns: {
      kind: any(text('Name of the event, such as tour.started.').as('event').like('tour.started').required()),
      experienceUid: any(uuid('The experience that it is about; null for submitted feedback.')),
      position: logPosition(
        'Where its newest record is in the topic of its kind: partition × 2^40 + offset.',
      ),
    },
    person: 'jimerUid',
    ownerFirst: true,
  },
);

export const Task = readModel(
  'task',
  'Checklist tasks of each end user with their newest status, completed or skipped.',
  {
    key: {
      jimerUid: uuid('The end user.'),
      experienceUid: uuid('The checklist.'),
      taskUid: uid('Uid of the task.').as('uid'),
    },
    columns: {
      outcome: latest({
        name: text('Name of the task.'),
        status: text('completed or skipped, whichever is newest; on a tie completed.')
          .oneOf(['completed', 'skipped'])
          .required(),
      }),
    },
    person: 'jimerUid',
    ownerFirst: true,
    viewColumns: { at: computed(instant('When that was.').required(), 'outcome_time') },
  },
);

const perTask = { experienceUid: by('experienceUid'), taskUid: by('taskUid') };

export const KnownTask = readModel(
  'known_task',
  'Tasks of checklists, as the newest event on each names it.',
  {
    key: { experienceUid: uuid('The checklist.'), taskUid: uid('Uid of the task.').as('uid') },
    columns: { label: latest({ name: text('Name of the task.') }) },
    person: 'experienceUid',
    sharded: true,
  },
);

export const TaskCounts = tally(
  'task_counts',
  'End users per task of a checklist whose newest event on it is a completion, or a skip.',
  {
    key: { experienceUid: uuid('The checklist.'), taskUid: uid('Uid of the task.') },
    counts: {
      completed: count('End users whose newest event on it is a completion.', Task, perTask, {
        column: 'status',
        oneOf: ['completed'],
      }),
      skipped: count('End users whose newest event on it is a skip.', Task, perTask, {
        column: 'status',
        oneOf: ['skipped'],
      }),
    },
  },
);

const perDay = (column: string) => ({ experienceUid: by('experienceUid'), day: utcDay(column) });

export const Funnel = tally(
  'funnel',
  'Per experience and UTC day: end users by the day of their first event, start, completion, dismissal and like, and those who first started and have completed since; clicks and comments by event.',
  {
    key: { experienceUid: uuid('The experience.'), day: date('UTC day.') },
    counts: {
      saw: count(
        'End users whose first event of any kind on it was on the day.',
        Journey,
        perDay('firstSeenAt'),
      ),
      started: count('End users whose first start was on the day.', Journey, perDay('startedAt')),
      completed: count('End users whose first completion was on the day.', Journey, perDay('completedAt')),
      // It counts among those who started on the day, so that its share of them is never above one.
      startedAndCompleted: count(
        'Of the end users who first started on the day, those who have completed at or after that start, whenever.',
        Journey,
        perDay('startedAt'),
        { column: 'lastCompletedAt', atLeast: 'startedAt' },
      ),
      dismissed: count('End users whose first dismissal was on the day.', Journey, perDay('dismissedAt')),
      likes: count('End users whose first like was on the day.', Journey, perDay('likedAt')),
      ctaClicks: count('Clicks on a call to action on the day.', Touch, perDay('occurredAt'), {
        column: 'kind',
        oneOf: eventsThatMean('click'),
      }),
      comments: count('Comments on the day.', Touch, perDay('occurredAt'), {
        column: 'kind',
        oneOf: eventsThatMean('comment'),
      }),
    },
  },
);

/** What an event says of the journey beside that it was there. */
type Mark = 'started' | 'completed' | 'dismissed' | 'liked';

/** An event on an experience: it moves the journey by its mark and stands in the timeline. */
function step(event: CatalogEvent, mark?: Mark): Contribution[] {
  const { time } = event;
  const jimerUid = jimerOf(event).get('uid') as string;
  const experience = experienceOf(event);
  const experienceUid = experience.get('uid') as string;
  const title = experience.get('title');
  const hasSnapshot = title !== undefined || experience.get('type') !== undefined;
  const started = mark === 'started' ? time : undefined;
  const completed = mark === 'completed' ? time : undefined;
  const dismissed = mark === 'dismissed' ? time : undefined;
  return [
    contribute(Journey, event, {
      jimerUid,
      experienceUid,
      title: textOf(title),
      type: hasSnapshot ? experienceTypeOf(event, experience) : undefined,
      firstSeenAt: time,
      lastEventAt: time,
      startedAt: started,
      lastStartedAt: started,
      completedAt: completed,
      lastCompletedAt: completed,
      dismissedAt: dismissed,
      lastDismissedAt: dismissed,
      likedAt: mark === 'liked' ? time : undefined,
    }),
    contribute(Touch, event, {
      jimerUid,
      occurredAt: time,
      eventId: event.id,
      kind: event.name,
      experienceUid,
    }),
  ];
}

function taskStep(event: CatalogEvent): Contribution[] {
  const task = objectOf(event, 'task');
  const completed = event.name === 'checklist.task.completed';
  const which = {
    experienceUid: experienceOf(event).get('uid') as string,
    taskUid: task.get('uid') as string,
    name: textOf(task.get('name')),
  };
  return [
    ...step(event),
    contribute(
      Task,
      event,
      {
        ...which,
        jimerUid: jimerOf(event).get('uid') as string,
        status: completed ? 'completed' : 'skipped',
      },
      // Both in the same second: a task is completed.
      completed ? 1 : 0,
    ),
    contribute(KnownTask, event, which),
  ];
}

function observed(event: CatalogEvent): Contribution[] {
  const observation = observationOf(event);
  const task = observation?.object('task');
  if (!observation || !task) return [];
  return [
    contribute(KnownTask, observation, {
      experienceUid: observedObject(observation, 'experience').get('uid') as string,
      taskUid: task.get('uid') as string,
      name: textOf(task.get('name')),
    }),
  ];
}

/** Journeys of end users through experiences, their timeline, and the funnel of each experience. */
export const journeys = catalogProjection({
  name: 'journeys',
  about: 'Each user’s experiences and their state; funnels',
  app: 'journey-projector',
  version: 7,
  topics: [TOPICS.engagement, TOPICS.feedback],
  tables: [Journey, Touch, Task, KnownTask, Funnel, TaskCounts],
  on: {
    ...forKinds(ENGAGEMENT, (event: CatalogEvent) => step(event)),
    ...forMeaning('start', (event: CatalogEvent) => step(event, 'started')),
    ...forMeaning('completion', (event: CatalogEvent) => step(event, 'completed')),
    ...forMeaning('dismissal', (event: CatalogEvent) => step(event, 'dismissed')),
    ...forMeaning('like', (event: CatalogEvent) => step(event, 'liked')),
    ...forMeaning('task completion', taskStep),
    ...forMeaning('task skip', taskStep),
    [EXPERIENCE_OBSERVED]: observed,
    'request.created': (event) => [
      contribute(Touch, event, {
        jimerUid: jimerOf(event).get('uid') as string,
        occurredAt: event.time,
        eventId: event.id,
        kind: event.name,
      }),
    ],
  },
});
