import { randomUUID } from 'node:crypto';
import { EVENT_NAMES, type EventName } from '@app/catalog';
import { answered, items, readAfter, type ReadApiProblem } from '@app/client';
import { startSystem, until, type RunningSystem } from '@app/testing/infra';
import { eventOf, experience, jimer, nextTime } from '../support/events';
import { Client, type Accepted, type Answer } from '../support/http';

let system: RunningSystem;
let client: Client;

beforeAll(async () => {
  system = await startSystem();
  client = new Client(system.info.gateway, system.info.readApi);
}, 300_000);

afterAll(() => system?.stop());

function accepted(answer: Answer<Accepted>): Accepted {
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 202 });
  return answer.body;
}

async function send(event: unknown): Promise<Accepted> {
  return accepted(await client.post(event));
}

/** Reads what is written at these positions. */
const read = {
  jimer: (uid: string, ...after: string[]) =>
    answered(client.api.GET('/v1/jimers/{uid}', { params: { path: { uid }, header: readAfter(...after) } })),
  journey: (uid: string, ...after: string[]) =>
    answered(
      client.api.GET('/v1/jimers/{uid}/journey', { params: { path: { uid }, header: readAfter(...after) } }),
    ),
  timeline: (uid: string, ...after: string[]) =>
    answered(
      client.api.GET('/v1/jimers/{uid}/timeline', { params: { path: { uid }, header: readAfter(...after) } }),
    ),
  experience: (uid: string, ...after: string[]) =>
    answered(
      client.api.GET('/v1/experiences/{uid}', { params: { path: { uid }, header: readAfter(...after) } }),
    ),
  history: (uid: string, ...after: string[]) =>
    answered(
      client.api.GET('/v1/experiences/{uid}/history', {
        params: { path: { uid }, header: readAfter(...after) },
      }),
    ),
  feedback: (uid: string, ...after: string[]) =>
    answered(
      client.api.GET('/v1/feedback/{uid}', { params: { path: { uid }, header: readAfter(...after) } }),
    ),
  setAside: (kind: 'quarantine' | 'unrecognized', ...after: string[]) =>
    items((next) =>
      client.api.GET(`/v1/${kind}`, {
        params: { query: { limit: 200, ...next }, header: readAfter(...after) },
      }),
    ),
};

async function found(kind: 'quarantine' | 'unrecognized', id: string, position: string): Promise<unknown> {
  for await (const item of read.setAside(kind, position)) if (item.id === id) return item;
  return null;
}

const uidOf = (object: unknown): string => (object as { uid: string }).uid;

describe('every kind of event', () => {
  it.each(EVENT_NAMES)('%s goes through the gateway to the read API', async (name: EventName) => {
    const event = eventOf(name, nextTime());
    const { id, status, position } = await send(event);
    expect(status).toBe('accepted');
    const where = event['experience'] ?? event['post'];
    if (event['jimer']) {
      const timeline = await read.timeline(uidOf(event['jimer']), position);
      expect(timeline.items).toEqual([
        {
          id,
          event: name,
          time: new Date(event['time'] as number).toISOString(),
          experienceUid: where ? uidOf(where) : null,
        },
      ]);
    }
    if (where) {
      const shown = await read.experience(uidOf(where), position);
      expect(shown).toMatchObject({ uid: uidOf(where), title: 'Onboarding' });
    }
    if (event['user']) {
      const history = await read.history(uidOf(where), position);
      expect(history.items).toMatchObject([{ event: name, user: event['user'] }]);
    }
    if (event['request']) {
      const item = await read.feedback(uidOf(event['request']), position);
      expect(item).toMatchObject({
        status: 'new',
        request: event['request'],
        project: event['project'],
      });
    }
  });
});

describe('a journey', () => {
  it('is visible within a second of the answer', async () => {
    const times: number[] = [];
    // The first requests of a process warm what the later ones use, and the machine may have other work.
    while (times.length < 10 && !times.some((time) => time < 1_000)) {
      const who = jimer();
      await send(eventOf('tour.started', nextTime(), { jimer: who }));
      const answered = performance.now();
      await until(
        'the event in the timeline',
        async () => {
          const problem = await read.jimer(uidOf(who)).then(
            () => null,
            (error: ReadApiProblem) => error,
          );
          return problem === null;
        },
        { everyMs: 5 },
      );
      times.push(performance.now() - answered);
    }
    expect(Math.min(...times)).toBeLessThan(1_000);
  });

  it('is the same whatever came late, twice or out of order', async () => {
    const tour = experience();
    const hour = 3_600_000;
    const at = nextTime();
    const life = (who: unknown): Record<string, unknown>[] => [
      eventOf('tour.started', at, { experience: tour, jimer: who }),
      eventOf('tour.cta.clicked', at + hour, { experience: tour, jimer: who, cta: { uid: 'a' } }),
      eventOf('tour.cta.clicked', at + hour, { experience: tour, jimer: who, cta: { uid: 'b' } }),
      eventOf('tour.completed', at + 2 * hour, { experience: { ...tour, title: 'Renamed' }, jimer: who }),
      eventOf('tour.started', at + 3 * hour, { experience: tour, jimer: who }),
    ];
    const [inOrder, scrambled] = [jimer(), jimer()];
    const positions: string[] = [];
    for (const event of life(inOrder)) positions.push((await send(event)).position);
    const [first, second, third, fourth, fifth] = life(scrambled);
    for (const event of [fifth, third, second, third, first, fourth, second, fifth])
      positions.push((await send(event)).position);
    // The same occurrence again, with another form of its time and a fresher snapshot.
    const again = {
      ...first,
      time: new Date(at).toISOString(),
      jimer: { ...scrambled, username: 'Samantha' },
    };
    const repeated = await send(again);
    expect(repeated.id).toBe((await send(first)).id);
    positions.push(repeated.position);

    const journeyOf = async (who: unknown): Promise<unknown[]> =>
      (await read.journey(uidOf(who), ...positions)).experiences;
    const expected = [
      {
        uid: uidOf(tour),
        title: 'Onboarding',
        type: 'TOUR',
        state: 'started',
        firstSeenAt: new Date(at).toISOString(),
        startedAt: new Date(at).toISOString(),
        lastStartedAt: new Date(at + 3 * hour).toISOString(),
        completedAt: new Date(at + 2 * hour).toISOString(),
        dismissedAt: null,
        lastEventAt: new Date(at + 3 * hour).toISOString(),
        starts: 2,
        completions: 1,
        views: 0,
        ctaClicks: 2,
        liked: false,
        comments: 0,
        tasks: [],
        answers: [],
      },
    ];
    expect(await journeyOf(inOrder)).toMatchObject(expected);
    expect(await journeyOf(scrambled)).toMatchObject(expected);
  });

  it('shows tasks, answers, likes and comments', async () => {
    const who = jimer();
    const at = nextTime();
    const [list, survey, post] = [
      experience({ type: 'CHECKLIST' }),
      experience({ type: 'SURVEY' }),
      experience({ type: 'POST' }),
    ];
    const task = { uid: 'task-1', name: 'Invite' };
    const step = { uid: 'step-1', name: 'How likely?', indexOrder: 0, type: 'NPS' };
    const response = { uid: randomUUID() };
    const events = [
      eventOf('checklist.started', at, { experience: list, jimer: who }),
      // In the same second: completed counts.
      eventOf('checklist.task.completed', at, { experience: list, jimer: who, task }),
      eventOf('checklist.task.skipped', at, { experience: list, jimer: who, task }),
      eventOf('checklist.dismissed', at + 1_000, { experience: list, jimer: who }),
      eventOf('survey.step.answered', at + 2_000, {
        experience: survey,
        jimer: who,
        step,
        survey: response,
        answer: { uid: 'a1', value: '9' },
      }),
      eventOf('survey.step.answered', at + 1_000, {
        experience: survey,
        jimer: who,
        step,
        survey: response,
        answer: { uid: 'a0', value: '3' },
      }),
      eventOf('post.liked', at + 3_000, { post, jimer: who }),
      eventOf('post.commented', at + 3_000, { post, jimer: who }),
    ];
    const positions: string[] = [];
    for (const event of events) positions.push((await send(event)).position);
    const { experiences } = await read.journey(uidOf(who), ...positions);
    const of = (what: unknown) => experiences.find(({ uid }) => uid === uidOf(what));
    expect(of(list)).toMatchObject({
      state: 'dismissed',
      tasks: [{ uid: 'task-1', name: 'Invite', status: 'completed' }],
    });
    expect(of(survey)).toMatchObject({
      state: 'seen',
      answers: [{ stepUid: 'step-1', stepType: 'NPS', value: '9' }],
    });
    expect(of(post)).toMatchObject({ liked: true, comments: 1 });
    const results = await answered(
      client.api.GET('/v1/experiences/{uid}/answers', {
        params: { path: { uid: uidOf(survey) }, header: readAfter(...positions) },
      }),
    );
    expect(results.items).toMatchObject([{ stepUid: 'step-1', responses: 1 }]);
  });
});

describe('an experience', () => {
  it('has a funnel of distinct jimers by the day of their first, which a late event moves', async () => {
    const tour = experience();
    const day = 86_400_000;
    const at = Date.UTC(2025, 5, 10, 12);
    const people = [jimer(), jimer(), jimer()];
    const positions: string[] = [];
    for (const who of people)
      positions.push((await send(eventOf('tour.started', at, { experience: tour, jimer: who }))).position);
    positions.push(
      (await send(eventOf('tour.completed', at + day, { experience: tour, jimer: people[0] }))).position,
    );
    // Late: this one had started the day before.
    positions.push(
      (await send(eventOf('tour.started', at - day, { experience: tour, jimer: people[1] }))).position,
    );
    const { totals, series } = await answered(
      client.api.GET('/v1/experiences/{uid}/funnel', {
        params: {
          path: { uid: uidOf(tour) },
          query: { from: '2025-06-09', to: '2025-06-12', interval: 'day' },
          header: readAfter(...positions),
        },
      }),
    );
    expect(totals).toMatchObject({
      saw: 3,
      started: 3,
      completed: 1,
      dismissed: 0,
      completionRate: 1 / 3,
      ctaClicks: 0,
      comments: 0,
      likes: 0,
    });
    expect(series).toMatchObject([
      { saw: 1, started: 1, completed: 0 },
      { saw: 2, started: 2, completed: 0, startedAndCompleted: 1, completionRate: 0.5 },
      { saw: 0, started: 0, completed: 1, completionRate: null },
    ]);
  });

  it('stays deleted, and is known from what a jimer did alone', async () => {
    const tour = experience({ state: 'PAUSED' });
    const at = nextTime();
    const seen = await send(eventOf('tour.started', at, { experience: tour }));
    expect(await read.experience(uidOf(tour), seen.position)).toMatchObject({ status: 'paused' });
    const deleted = await send(eventOf('tour.deleted', at + 1_000, { experience: tour }));
    const later = await send(eventOf('tour.started', at + 9_000, { experience: { ...tour, state: 'LIVE' } }));
    const shown = await read.experience(uidOf(tour), deleted.position, later.position);
    expect(shown).toMatchObject({
      status: 'deleted',
      state: 'LIVE',
      deletedAt: new Date(at + 1_000).toISOString(),
    });
  });
});

describe('what the gateway cannot place', () => {
  it('an unknown kind is accepted, kept and listed', async () => {
    const { id, status, position } = await send({
      event: 'usage.limit.reached',
      time: nextTime(),
      plan: { uid: 'x' },
    });
    expect(status).toBe('unrecognized');
    expect(await found('unrecognized', id, position)).toMatchObject({
      event: 'usage.limit.reached',
      payload: { plan: { uid: 'x' } },
    });
  });

  it('an invalid event is accepted into the quarantine and listed with its reasons', async () => {
    const event = eventOf('tour.started', nextTime(), { jimer: { uid: 'not-a-uuid' } });
    const { id, status, problems, position } = await send(event);
    expect(status).toBe('quarantined');
    expect(problems).toMatchObject([{ path: 'jimer.uid' }]);
    expect(await found('quarantine', id, position)).toMatchObject({
      event: 'tour.started',
      problems,
      payload: event,
    });
  });

  it('an event more than a day ahead is quarantined', async () => {
    const { status } = await send(eventOf('tour.started', Date.now() + 2 * 86_400_000));
    expect(status).toBe('quarantined');
  });
});

describe('hostile input', () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const valid = (extra: string): string =>
    JSON.stringify(eventOf('tour.started', nextTime())).replace(/}$/, `,${extra}}`);

  it.each<[string, () => string | Uint8Array, number]>([
    ['an empty body', () => '', 400],
    ['half a JSON text', () => '{"event":', 400],
    ['a scalar', () => '42', 400],
    ['an array', () => '[]', 400],
    ['invalid UTF-8', () => new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ['an object without event and time', () => '{}', 422],
    ['a time that is none', () => '{"event":"tour.started","time":"yesterday"}', 422],
    ['a body over 256 KiB', () => valid(`"x":"${'a'.repeat(300_000)}"`), 413],
    [
      '__proto__ and constructor',
      () => valid('"__proto__":{"polluted":true},"constructor":{"prototype":{"x":1}}'),
      202,
    ],
    [
      'a number beyond 2^53 and one beyond every double',
      () => valid('"big":9007199254740993,"huge":1e999'),
      202,
    ],
    ['NUL and lone surrogates', () => valid('"text":"a\\u0000b\\ud800"'), 202],
    ['nesting of 10,000 levels', () => valid(`"deep":${deep(10_000)}`), 202],
    [
      '100,000 levels in an unknown kind',
      () => `{"event":"x.y","time":${nextTime()},"deep":${deep(100_000)}}`,
      202,
    ],
  ])('%s has its answer, and harms nothing', async (_what, body, status) => {
    const answer = await client.post(body());
    expect({ status: answer.status, text: answer.text.slice(0, 300) }).toMatchObject({ status });
    if (status >= 400) expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await send(eventOf('hint.seen', nextTime()));
  });

  it('a title of a million characters in a batch is rejected alone, and the others go on', async () => {
    const big = eventOf('tour.started', nextTime(), {
      experience: experience({ title: 'x'.repeat(1_000_000) }),
    });
    const answer = await client.postBatch([
      eventOf('hint.seen', nextTime()),
      big,
      'no object',
      eventOf('hint.seen', nextTime()),
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body.map(({ status }) => status)).toEqual(['accepted', 'rejected', 'rejected', 'accepted']);
    expect(answer.body[1]!.problems!.length).toBeGreaterThan(0);
  });

  it('text with NUL and lone surrogates reads back with U+FFFD; numbers beyond 2^53 keep every digit', async () => {
    const request = '{"uid":"r-\\u00e9","title":"a\\u0000b\\ud800c","votes":9007199254740993}';
    const who = jimer({ username: 'n\u0000ul' });
    const uid = randomUUID();
    const body = JSON.stringify({
      ...eventOf('request.created', nextTime(), { jimer: who }),
      request: 'R',
    }).replace('"R"', request.replace('r-\\u00e9', uid));
    const { position } = accepted(await client.post(body));
    const item = await client.get(`/v1/feedback/${uid}`, position);
    expect(item.text).toContain('9007199254740993');
    expect(item.body).toMatchObject({ request: { title: 'a\ufffdb\ufffdc' } });
    expect(await read.jimer(uidOf(who), position)).toMatchObject({
      username: 'n\ufffdul',
    });
  });

  it('everything is still ready, there are no dead letters, and no process was restarted', async () => {
    expect((await fetch(`${client.gateway}/health/ready`)).status).toBe(200);
    expect((await fetch(`${client.readApi}/health/ready`)).status).toBe(200);
    expect((await answered(client.api.GET('/v1/dead-letters'))).items).toEqual([]);
    await answered(client.api.GET('/v1/quarantine'));
    await answered(client.api.GET('/v1/unrecognized'));
    expect(Object.values(system.now().parts).map(({ restarts }) => restarts)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});
