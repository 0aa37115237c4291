import { at, event, givenFor } from '@app/testing';
import { Funnel, Journey, journeys, KnownTask, Task, TaskCounts, Touch } from './journeys';

const given = givenFor(journeys);

const SAM = { uid: '00000000-0000-4000-8000-00000000005a', username: 'Sam' };

const KIM = { uid: '00000000-0000-4000-8000-000000000071', username: 'Kim' };

const WELCOME = { uid: '00000000-0000-4000-8000-0000000000a1', title: 'Welcome', type: 'TOUR' };

const CHECKLIST = { uid: '00000000-0000-4000-8000-0000000000a2', title: 'First steps', type: 'CHECKLIST' };

const INVITE = { uid: 'invite', name: 'Invite a colleague' };

const samOnWelcome = { jimerUid: SAM.uid, experienceUid: WELCOME.uid };

const samStarts = event('tour.started', at('10:00'), { jimer: SAM, experience: WELCOME });

const samCompletes = event('tour.completed', at('10:05'), { jimer: SAM, experience: WELCOME });

describe('a journey', () => {
  it('is what one jimer did with one experience, and when', () =>
    given(samStarts, samCompletes).then(Journey, {
      ...samOnWelcome,
      title: 'Welcome',
      type: 'TOUR',
      firstSeenAt: at('10:00'),
      startedAt: at('10:00'),
      completedAt: at('10:05'),
      lastEventAt: at('10:05'),
      dismissedAt: null,
    }));

  it('keeps the first and the newest of several runs', () =>
    given(samStarts, samCompletes)
      .when(event('tour.started', at('16:00'), { jimer: SAM, experience: WELCOME }))
      .then(Journey, {
        ...samOnWelcome,
        startedAt: at('10:00'),
        lastStartedAt: at('16:00'),
        completedAt: at('10:05'),
        lastCompletedAt: at('10:05'),
      }));

  it('has the title that its newest event shows, whenever that event arrives', () =>
    given(event('tour.started', at('16:00'), { jimer: SAM, experience: { ...WELCOME, title: 'Hello' } }))
      .when(samStarts)
      .then(Journey, { ...samOnWelcome, title: 'Hello', startedAt: at('10:00') }));
});

describe('the timeline of a jimer', () => {
  it('has one row per event, however often the event is delivered', () =>
    given(samStarts, samCompletes, samStarts).then(
      Touch,
      { jimerUid: SAM.uid, occurredAt: at('10:00'), kind: 'tour.started', experienceUid: WELCOME.uid },
      { jimerUid: SAM.uid, occurredAt: at('10:05'), kind: 'tour.completed', experienceUid: WELCOME.uid },
    ));

  it('has submitted feedback as well, which is about no experience', () =>
    given(
      event('request.created', at('11:00'), {
        jimer: SAM,
        request: { uid: 'r1' },
        project: { uid: WELCOME.uid },
      }),
    )
      .then(Touch, { jimerUid: SAM.uid, kind: 'request.created', experienceUid: null })
      .and(Journey));
});

describe('a task of a checklist', () => {
  const about = { jimer: SAM, experience: CHECKLIST, task: INVITE };
  const skipped = event('checklist.task.skipped', at('10:00'), about);
  const completed = event('checklist.task.completed', at('10:30'), about);

  it('has the newest status, and a name for everybody who looks at the checklist', () =>
    given(skipped, completed)
      .then(Task, { jimerUid: SAM.uid, taskUid: 'invite', name: 'Invite a colleague', status: 'completed' })
      .and(KnownTask, { experienceUid: CHECKLIST.uid, taskUid: 'invite', name: 'Invite a colleague' })
      .and(TaskCounts, { taskUid: 'invite', completed: 1, skipped: 0 }));

  it('is completed when it was skipped in the same second', () =>
    given(completed, event('checklist.task.skipped', at('10:30'), about)).then(Task, {
      status: 'completed',
    }));
});

describe('the funnel of an experience', () => {
  it('counts each jimer once, on the UTC day of the first event, start and completion', () =>
    given(
      samStarts,
      event('tour.started', at('23:59'), { jimer: KIM, experience: WELCOME }),
      event('tour.started', at('09:00', 22), { jimer: SAM, experience: WELCOME }),
      event('tour.completed', at('00:10', 22), { jimer: KIM, experience: WELCOME }),
    ).then(
      Funnel,
      { day: '2025-02-21', saw: 2, started: 2, completed: 0, startedAndCompleted: 1 },
      { day: '2025-02-22', saw: 0, started: 0, completed: 1, startedAndCompleted: 0 },
    ));

  it('counts a jimer on the day of the earliest start, even when that event arrives last', () =>
    given(samStarts)
      .when(event('tour.started', at('08:00', 20), { jimer: SAM, experience: WELCOME }))
      .then(Funnel, { day: '2025-02-20', saw: 1, started: 1 }));
});
