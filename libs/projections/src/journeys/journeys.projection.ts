import { ENGAGEMENT, EXPERIENCE_OBSERVED, TOPICS, type CatalogEvent } from '@app/catalog';
import { contribute, type Contribution } from '@app/engine';
import { catalogProjection } from '../shared/catalog-projection';
import { forKinds, forMeaning } from '../shared/kinds';
import {
  experienceOf,
  experienceTypeOf,
  jimerOf,
  objectOf,
  observationOf,
  observedObject,
  textOf,
} from '../shared/payload';
import { Funnel, Journey, KnownTask, Task, TaskCounts, Touch } from './journeys.tables';

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
  version: 6,
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
