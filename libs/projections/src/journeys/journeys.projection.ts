import { TOPICS, type CatalogEvent } from '@app/catalog';
import { contribute, defineProjection, type Contribution } from '@app/engine';
import { COMPLETIONS, DISMISSALS, ENGAGEMENT, forKinds, LIKES, STARTS, TASKS } from '../shared/kinds';
import { experienceOf, experienceTypeOf, jimerOf, objectOf, textOf } from '../shared/payload';
import { Funnel, Journey, KnownTask, Task, TaskCounts, Touch } from './journeys.tables';

interface Marks {
  readonly startedAt?: number;
  readonly lastStartedAt?: number;
  readonly completedAt?: number;
  readonly lastCompletedAt?: number;
  readonly dismissedAt?: number;
  readonly lastDismissedAt?: number;
  readonly likedAt?: number;
}

/** An event on an experience: it moves the journey by its marks and stands in the timeline. */
function step(event: CatalogEvent, marks: Marks = {}): Contribution[] {
  const jimerUid = jimerOf(event)['uid'] as string;
  const experience = experienceOf(event);
  const experienceUid = experience['uid'] as string;
  const hasSnapshot = experience['title'] !== undefined || experience['type'] !== undefined;
  return [
    contribute(Journey, event, {
      jimerUid,
      experienceUid,
      title: textOf(experience['title']),
      type: hasSnapshot ? experienceTypeOf(event) : undefined,
      firstSeenAt: event.time,
      lastEventAt: event.time,
      ...marks,
    }),
    contribute(Touch, event, {
      jimerUid,
      occurredAt: event.time,
      eventId: event.id,
      kind: event.name,
      experienceUid,
    }),
  ];
}

function taskStep(event: CatalogEvent): Contribution[] {
  const task = objectOf(event.payload['task']) ?? {};
  const completed = event.name === 'checklist.task.completed';
  const which = {
    experienceUid: experienceOf(event)['uid'] as string,
    taskUid: task['uid'] as string,
    name: textOf(task['name']),
  };
  return [
    ...step(event),
    contribute(
      Task,
      event,
      {
        ...which,
        jimerUid: jimerOf(event)['uid'] as string,
        status: completed ? 'completed' : 'skipped',
      },
      // Both in the same second: a task is completed.
      completed ? 1 : 0,
    ),
    contribute(KnownTask, event, which),
  ];
}

/** Journeys of end users through experiences, their timeline, and the funnel of each experience. */
export const journeys = defineProjection<CatalogEvent>({
  name: 'journeys',
  version: 2,
  topics: [TOPICS.engagement, TOPICS.feedback],
  tables: [Journey, Touch, Task, KnownTask, Funnel, TaskCounts],
  on: {
    ...forKinds(ENGAGEMENT, (event: CatalogEvent) => step(event)),
    ...forKinds(STARTS, (event: CatalogEvent) =>
      step(event, { startedAt: event.time, lastStartedAt: event.time }),
    ),
    ...forKinds(COMPLETIONS, (event: CatalogEvent) =>
      step(event, { completedAt: event.time, lastCompletedAt: event.time }),
    ),
    ...forKinds(DISMISSALS, (event: CatalogEvent) =>
      step(event, { dismissedAt: event.time, lastDismissedAt: event.time }),
    ),
    ...forKinds(LIKES, (event: CatalogEvent) => step(event, { likedAt: event.time })),
    ...forKinds(TASKS, taskStep),
    'request.created': (event) => [
      contribute(Touch, event, {
        jimerUid: jimerOf(event)['uid'] as string,
        occurredAt: event.time,
        eventId: event.id,
        kind: event.name,
      }),
    ],
  },
});
