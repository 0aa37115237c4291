import { acceptEvent, backlogItemTriaged, jimerErased, TOPICS } from '@app/catalog';
import { createDatabase, type TestDatabase } from '@app/testing';
import {
  event,
  experience,
  experienceUid,
  iso,
  jimer,
  jimerUid,
  projectUid,
  ReadApiFixture,
  second,
} from '../read-api.fixture';
import type { ExplainedEventDto, ExplanationDto } from './explain.dto';

let database: TestDatabase;
let api: ReadApiFixture;

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

async function explain(path: string, token?: string): Promise<ExplanationDto> {
  const { status, text } = await api.get(`/v1/${path}`, token);
  expect([status, text.slice(0, 300)]).toEqual([200, expect.any(String)]);
  return JSON.parse(text) as ExplanationDto;
}

const namesOf = ({ events }: ExplanationDto): string[] => events.map((each) => each.event);
const named = ({ events }: ExplanationDto, name: string): ExplainedEventDto =>
  events.find((each) => each.event === name)!;

const step = (
  name: string,
  at: number,
  n: number,
  on: object = experience(n),
  by: object = jimer(n),
): object => event(name, second(at), { experience: on, jimer: by });

/** The table behind a view. */
async function tableOf(projection: string, name: string): Promise<string> {
  const { rows } = await api.pool.query<{ schema: string }>(
    `SELECT quote_ident(schema_name) AS schema FROM engine.generation WHERE projection = $1 AND state = 'active'`,
    [projection],
  );
  return `${rows[0]!.schema}.${name}`;
}

async function erase(n: number): Promise<void> {
  const topics = [TOPICS.engagement, TOPICS.feedback] as const;
  await api.log.append(
    topics.map((topic) =>
      jimerErased({
        ...{ workspace: 'default', time: second(2), topic, by: 'a test' },
        jimer: { uid: jimerUid(n) },
      }),
    ),
  );
}

describe('explaining an end user', () => {
  it('lists the events behind the profile in the order of the log, and the row that they make is the stored one', async () => {
    const late = step('tour.completed', 1, 1, experience(1), jimer(1, { username: 'Before' }));
    const prompt = step('tour.started', 5, 1, experience(1), jimer(1, { username: 'After' }));
    const [first, second_] = await api.deliver([prompt, late]);
    await api.deliver([prompt]);
    const answer = await explain(`jimers/${jimerUid(1)}/explain`);
    expect(answer).toMatchObject({
      matches: true,
      differing: [],
      basis: 'timeline',
      notes: [],
      nextCursor: null,
    });
    expect([answer.total, answer.checked]).toEqual([2, 2]);
    const { body } = await api.get(`/v1/jimers/${jimerUid(1)}`);
    expect(answer.row).toEqual(body);
    // The newest record of the first is behind the second.
    expect(answer.events.map(({ id }) => id)).toEqual([second_!.id, first!.id]);
    const [before, after] = answer.events;
    expect(before).toMatchObject({
      ...{ event: 'tour.completed', time: iso(second(1)), position: second_!.position, deliveries: 1 },
      won: ['firstEventAt'],
      changed: { username: 'Before', firstEventAt: iso(second(1)), lastEventAt: iso(second(1)) },
      note: null,
      payload: { event: 'tour.completed', jimer: { username: 'Before' } },
    });
    expect(before!.lost).toContainEqual({ column: 'username', to: first!.id });
    expect(before!.contributed).toEqual([
      {
        model: 'jimer',
        values: expect.objectContaining({ username: 'Before', firstEventAt: iso(second(1)) }) as unknown,
      },
    ]);
    expect(after).toMatchObject({ deliveries: 2, lost: [{ column: 'firstEventAt', to: second_!.id }] });
    expect(after!.won).toEqual(expect.arrayContaining(['username', 'lastEventAt']));
    expect(after!.changed).toEqual({ username: 'After', lastEventAt: iso(second(5)) });
    expect(after!.latenessSeconds).toBe((Date.parse(after!.appendedAt!) - second(5)) / 1_000);
  });

  it('pages through them in either order', async () => {
    await api.deliver([5, 3, 1, 4, 2].map((at) => step('hint.seen', at, 2)));
    await api.deliver([
      event('request.created', second(6), {
        ...{ request: { uid: 'request-2', title: 'Paging' }, jimer: jimer(2) },
        project: { uid: projectUid(1), name: 'Web' },
      }),
    ]);
    for (const [order, times] of [
      ['log', [5, 3, 1, 4, 2, 6]],
      ['time', [1, 2, 3, 4, 5, 6]],
    ] as const) {
      const found: string[] = [];
      const made: Record<string, unknown> = {};
      let cursor: string | null = '';
      while (cursor !== null) {
        const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const page = await explain(`jimers/${jimerUid(2)}/explain?order=${order}&limit=4${more}`);
        expect(page).toMatchObject({ matches: true, total: 6 });
        found.push(...page.events.map(({ time }) => time));
        Object.assign(made, ...page.events.map(({ changed }) => changed));
        if (page.nextCursor === null) expect(page.row).toMatchObject(made);
        cursor = page.nextCursor;
      }
      expect(found).toEqual(times.map((at) => iso(second(at))));
    }
    const { status, body } = await api.get(`/v1/jimers/${jimerUid(2)}/explain?order=time&cursor=abc`);
    expect([status, body.problems]).toEqual([
      400,
      [{ path: 'cursor', message: expect.any(String) as string }],
    ]);
  });

  it('reads of many events those of the page, and those that decided a column', async () => {
    const many = Array.from({ length: 520 }, (_, i) =>
      step('hint.seen', i, 3, experience(3), jimer(3, { username: `Name ${i}` })),
    );
    await api.deliver(many);
    const answer = await explain(`jimers/${jimerUid(3)}/explain?limit=10`);
    expect(answer).toMatchObject({ matches: true, total: 520 });
    expect(answer.checked).toBeLessThan(20);
    expect(answer.events.map(({ time }) => time)).toEqual(
      Array.from({ length: 10 }, (_, i) => iso(second(i))),
    );
    expect(answer.events[1]!.won).toEqual([]);
    const next = await explain(`jimers/${jimerUid(3)}/explain?limit=10&cursor=${answer.nextCursor}`);
    expect(next.events[0]!.time).toBe(iso(second(10)));
    expect(next.matches).toBe(true);
  });

  it('finds them by a search as well', async () => {
    const path = `jimers/${jimerUid(1)}/explain`;
    const [listed, searched] = [await explain(path), await explain(`${path}?scan=true`)];
    expect(searched).toEqual({ ...listed, basis: 'scan' });
  });

  it('searches the log where the timeline lacks an event', async () => {
    await api.deliver([step('hint.seen', 1, 4), step('banner.seen', 2, 4)]);
    await api.pool.query(
      `DELETE FROM ${await tableOf('journeys', 'touch')} WHERE jimer_uid = $1 AND kind = 'hint.seen'`,
      [jimerUid(4)],
    );
    const answer = await explain(`jimers/${jimerUid(4)}/explain`);
    expect(answer).toMatchObject({
      matches: true,
      basis: 'scan',
      notes: [expect.stringContaining('searched')],
    });
    expect(namesOf(answer)).toEqual(['hint.seen', 'banner.seen']);
  });

  it('cannot tell where the timeline lacks an event, and the log is too large to be searched unasked', async () => {
    await api.deliver([step('hint.seen', 1, 9), step('banner.seen', 2, 9)]);
    await api.pool.query(
      `DELETE FROM ${await tableOf('journeys', 'touch')} WHERE jimer_uid = $1 AND kind = 'hint.seen'`,
      [jimerUid(9)],
    );
    const grow = (by: number) =>
      api.pool.query('UPDATE engine.checkpoint SET next_offset = next_offset + $1', [by]);
    await grow(1_000_000);
    try {
      const path = `jimers/${jimerUid(9)}/explain`;
      expect(await explain(path)).toMatchObject({
        ...{
          matches: null,
          basis: 'timeline',
          differing: expect.arrayContaining(['firstEventAt']) as unknown,
        },
        notes: [expect.stringContaining('scan=true')],
      });
      expect(await explain(`${path}?scan=true`)).toMatchObject({ matches: true, notes: [] });
    } finally {
      await grow(-1_000_000);
    }
  });

  it('leaves out a dead letter of the projection, however many newer ones there are', async () => {
    const [first] = await api.deliver([step('hint.seen', 1, 14), step('banner.seen', 2, 14)]);
    const letter = (projection: string, offsets: string) =>
      api.pool.query(
        `INSERT INTO engine.dead_letter (generation_id, topic, partition, record_offset, record_key, workspace, event_name, reason, mentions)
         SELECT id, 'jimo.engagement', 0, o, 'key', 'default', 'hint.seen', 'too odd', $2
           FROM engine.generation, ${offsets} AS o WHERE projection = $1 AND state = 'active'`,
        [projection, [jimerUid(14)]],
      );
    const offset = first!.position.split('@')[1]!;
    await letter('jimers', `generate_series(${offset}, ${offset})`);
    await letter('surveys', 'generate_series(2000000, 2000099)');
    const answer = await explain(`jimers/${jimerUid(14)}/explain`);
    expect(answer.deadLetters.length).toBe(100);
    expect(answer.events.map(({ event: name, note }) => [name, note])).toEqual([
      ['hint.seen', 'it is a dead letter'],
      ['banner.seen', null],
    ]);
  });

  it('says it where the stored row is not the one that the log makes', async () => {
    await api.deliver([step('hint.seen', 1, 5)]);
    await api.pool.query(
      `UPDATE ${await tableOf('jimers', 'jimer')} SET username = 'Somebody' WHERE jimer_uid = $1`,
      [jimerUid(5)],
    );
    expect(await explain(`jimers/${jimerUid(5)}/explain`)).toMatchObject({
      ...{ matches: false, differing: ['username'], row: { username: 'User 5' } },
    });
  });

  it('says it where the log is another one, and where it holds a record no longer', async () => {
    await api.deliver([step('hint.seen', 1, 6), step('banner.seen', 2, 6)]);
    const touch = await tableOf('journeys', 'touch');
    await api.pool.query(`UPDATE ${touch} SET position = 0 WHERE jimer_uid = $1 AND kind = 'hint.seen'`, [
      jimerUid(6),
    ]);
    const foreign = await api.get(`/v1/jimers/${jimerUid(6)}/explain`);
    expect([foreign.status, foreign.body.detail]).toEqual([409, expect.stringContaining('another log')]);
  });

  it('is not found when it is unknown, of another workspace, or erased', async () => {
    await api.deliver([step('hint.seen', 1, 7)]);
    expect((await api.get(`/v1/jimers/${jimerUid(99)}/explain`)).status).toBe(404);
    expect((await api.get(`/v1/jimers/${jimerUid(7)}/explain`, 'acme-token')).status).toBe(404);
    expect((await api.get('/v1/jimers/nobody/explain')).status).toBe(400);
    await erase(7);
    expect((await api.get(`/v1/jimers/${jimerUid(7)}/explain`)).status).toBe(404);
    expect((await api.get(`/v1/jimers/${jimerUid(7)}/explain?scan=true`)).status).toBe(404);
  });

  it('lists dead letters and, for an admin, rejected events that name the user', async () => {
    await api.deliver([step('hint.seen', 1, 8)]);
    // Accepted, and refused by every projection: a title that is too odd for nobody, a time that is none for one.
    const rejected = { ...step('hint.seen', 2, 8), experience: { title: 'of no uid' } };
    const [quarantined] = await api.deliver([rejected]);
    const { rows } = await api.pool.query<{ id: string }>(
      `INSERT INTO engine.dead_letter (generation_id, topic, partition, record_offset, record_key, workspace, event_name, reason, mentions)
       SELECT id, 'jimo.engagement', 0, 1000000, 'key', 'default', 'hint.seen', 'too odd', $1
         FROM engine.generation WHERE projection = 'jimers' AND state = 'active' RETURNING id::text`,
      [[jimerUid(8)]],
    );
    const answer = await explain(`jimers/${jimerUid(8)}/explain`, 'admin-token');
    expect(answer.deadLetters).toEqual([
      {
        ...{ id: rows[0]!.id, projection: 'jimers', position: 'jimo.engagement/0@1000000' },
        ...{ event: 'hint.seen', reason: 'too odd', state: 'set-aside' },
      },
    ]);
    expect(answer.rejected).toMatchObject([{ id: quarantined!.id, kind: 'quarantine', event: 'hint.seen' }]);
    expect((await explain(`jimers/${jimerUid(8)}/explain`)).rejected).toEqual([]);
  });
});

describe('explaining what an end user did', () => {
  it('says of a journey which event decided each column', async () => {
    const [started, completed, again] = await api.deliver([
      step('tour.started', 1, 10),
      step('tour.completed', 5, 10),
      step('tour.started', 3, 10),
    ]);
    await api.deliver([step('hint.seen', 9, 10, experience(11))]);
    const answer = await explain(`jimers/${jimerUid(10)}/experiences/${experienceUid(10)}/explain`);
    expect(answer).toMatchObject({
      matches: true,
      total: 3,
      row: { state: 'completed', startedAt: iso(second(1)), lastStartedAt: iso(second(3)) },
    });
    expect(answer.events.map(({ id }) => id)).toEqual([started, completed, again].map((each) => each!.id));
    expect(answer.events.map(({ won }) => won)).toEqual([
      ['firstSeenAt', 'startedAt'],
      ['lastEventAt', 'completedAt', 'lastCompletedAt', 'title', 'type'],
      ['lastStartedAt'],
    ]);
    expect(named(answer, 'tour.completed').contributed.map(({ model }) => model)).toEqual([
      'journey',
      'touch',
    ]);
    expect(answer.events[0]!.lost).toContainEqual({ column: 'lastStartedAt', to: again!.id });
    const unknown = await api.get(`/v1/jimers/${jimerUid(10)}/experiences/${experienceUid(99)}/explain`);
    expect(unknown.status).toBe(404);
  });

  it('says it of a task and of an answer', async () => {
    const list = experience(12, 'CHECKLIST');
    const task = (name: string, at: number): object =>
      event(name, second(at), {
        experience: list,
        jimer: jimer(12),
        task: { uid: 'task-1', name: 'Invite' },
      });
    const [skipped, done] = await api.deliver([
      task('checklist.task.skipped', 1),
      task('checklist.task.completed', 2),
    ]);
    const path = `jimers/${jimerUid(12)}/experiences/${experienceUid(12)}`;
    const answer = await explain(`${path}/tasks/task-1/explain`);
    expect(answer).toMatchObject({ matches: true, row: { status: 'completed', at: iso(second(2)) } });
    expect(answer.events.map(({ id, won }) => [id, won])).toEqual([
      [skipped!.id, []],
      [done!.id, ['name', 'status']],
    ]);

    await api.deliver([
      event('survey.step.answered', second(3), {
        ...{ experience: experience(12, 'SURVEY'), jimer: jimer(12), survey: { uid: 'response-1' } },
        step: { uid: 'step-1', name: 'How?', type: 'NPS', indexOrder: 0 },
        answer: { uid: 'answer-1', value: 9 },
      }),
    ]);
    const value = await explain(`${path}/answers/step-1/explain`);
    expect(value).toMatchObject({ matches: true, row: { value: 9, stepName: 'How?' } });
    expect(value.events[0]!.won).toContain('value');
  });

  it('says of feedback who submitted and who triaged it', async () => {
    const [submitted] = await api.deliver([
      event('request.created', second(1), {
        ...{ request: { uid: 'request-13', title: 'Dark mode' }, jimer: jimer(13) },
        project: { uid: projectUid(1), name: 'Web' },
      }),
      event('request.created', second(2), {
        ...{ request: { uid: 'request-14', title: 'Another' }, jimer: jimer(13) },
        project: { uid: projectUid(1), name: 'Web' },
      }),
    ]);
    const changed = await api.ask(
      'PATCH',
      '/v1/feedback/request-13',
      'triage-token',
      { status: 'planned' },
      {
        'if-match': '"1"',
      },
    );
    expect(changed.status).toBe(200);
    const answer = await explain('feedback/request-13/explain');
    // The other request of the same person is not behind this one.
    expect(answer).toMatchObject({ matches: true, total: 2, row: { status: 'planned', version: 2 } });
    const [submission, triage] = answer.events;
    expect(submission).toMatchObject({ id: submitted!.id, event: 'request.created' });
    expect(submission!.won).toEqual(expect.arrayContaining(['request', 'createdAt']));
    expect(submission!.lost).toContainEqual({ column: 'status', to: triage!.id });
    expect(triage!.won).toEqual(expect.arrayContaining(['status', 'version']));
    expect((await explain('feedback/request-13/explain?scan=true')).matches).toBe(true);
    expect((await api.get('/v1/feedback/nothing/explain')).status).toBe(404);
  });
});

describe('explaining feedback of which a version was made twice', () => {
  it('searches the log for the change that the history lacks', async () => {
    await api.deliver([
      event('request.created', second(1), {
        ...{ request: { uid: 'request-15', title: 'Twice' }, jimer: jimer(15) },
        project: { uid: projectUid(1), name: 'Web' },
      }),
    ]);
    // The position of the history is that of the newest record, its id that of the change of the latest time.
    const triaged = (status: 'planned' | 'done', at: number) =>
      backlogItemTriaged({
        ...{ workspace: 'default', time: second(at), version: 2, changed: ['status'], by: 'triage' },
        ...{ request: { uid: 'request-15' }, jimer: { uid: jimerUid(15) }, actor: null },
        item: { status, tags: [], assignee: null, note: null, mergedInto: null },
        change: jimerUid(at),
      });
    const changes = [triaged('done', 9), triaged('planned', 8)];
    await api.log.append(changes);
    const answer = await explain('feedback/request-15/explain');
    expect(answer).toMatchObject({
      ...{ matches: true, basis: 'scan', row: { status: 'done', version: 2 } },
      notes: [expect.stringContaining('searched')],
    });
    expect(answer.events.map(({ id }) => id)).toEqual(expect.arrayContaining(changes.map(({ id }) => id)));
  });
});

describe('explaining an experience', () => {
  it('shows nothing of erased persons, whose records are in the log still', async () => {
    const told = (title: string): object => experience(40, 'TOUR', { title });
    const by = { user: { uid: '33333333-0000-4000-8000-000000000001', email: 'kim@example.com' } };
    await api.deliver([
      event('tour.published', second(1), { experience: told('First'), ...by }),
      event('tour.started', second(5), { experience: told('Between'), jimer: jimer(40) }),
      event('tour.started', second(9), { experience: told('Newest'), jimer: jimer(41) }),
    ]);
    const path = `experiences/${experienceUid(40)}/explain`;
    const shown = async () => {
      const answers = [await explain(path), await explain(`${path}?scan=true`)];
      expect(JSON.stringify(answers)).not.toContain('user40@example.com');
      return answers;
    };
    const request = async (n: number) =>
      expect((await api.ask('DELETE', `/v1/jimers/${jimerUid(n)}`, 'admin-token')).status).toBe(202);
    await request(40);
    for (const answer of await shown()) expect(answer).toMatchObject({ matches: true, total: 2 });
    await request(41);
    for (const answer of await shown())
      expect([answer.matches, namesOf(answer), answer.notes]).toEqual([
        null,
        ['tour.published'],
        expect.arrayContaining([expect.stringContaining('its person was erased')]),
      ]);
  });

  it('says which events decided its columns: of its lifecycle, and of what end users did', async () => {
    const told = (title: string): object => experience(20, 'TOUR', { title });
    const by = { user: { uid: '33333333-0000-4000-8000-000000000001', email: 'kim@example.com' } };
    const [published, seen] = await api.deliver([
      event('tour.published', second(1), { experience: told('First'), ...by }),
      event('tour.started', second(9), { experience: told('Newest'), jimer: jimer(20) }),
      event('tour.started', second(5), { experience: told('Between'), jimer: jimer(21) }),
    ]);
    const answer = await explain(`experiences/${experienceUid(20)}/explain`);
    expect(answer).toMatchObject({
      matches: true,
      row: { title: 'Newest', status: 'live', firstPublishedAt: iso(second(1)) },
    });
    expect(answer.events.map(({ id }) => id)).toEqual([published!.id, seen!.id]);
    expect(answer.events[0]!.won).toEqual(expect.arrayContaining(['firstPublishedAt', 'changedByEmail']));
    expect(answer.events[0]!.lost).toContainEqual({ column: 'title', to: seen!.id });
    expect(answer.events[1]!.won).toContain('title');
    expect((await api.get(`/v1/experiences/${experienceUid(99)}/explain`)).status).toBe(404);
  });

  it('pages the people behind a figure of the funnel, and checks the figure', async () => {
    const people = [30, 31, 32];
    await api.deliver(people.map((n) => step('tour.started', n, n, experience(30))));
    await api.deliver([
      step('tour.completed', 40, 30, experience(30)),
      event('tour.cta.clicked', second(41), {
        ...{
          experience: experience(30),
          jimer: jimer(31),
          step: { uid: 's' },
          cta: { uid: 'cta-1', label: 'Go' },
        },
      }),
    ]);
    const path = `experiences/${experienceUid(30)}/funnel/explain?day=2025-02-03`;
    const asked = async (more: string) => JSON.parse((await api.get(`/v1/${path}${more}`)).text) as never;
    expect(await asked('&measure=started')).toMatchObject({
      ...{ figure: 3, total: 3, matches: true, nextCursor: null },
      items: people.map((n) => ({
        jimerUid: jimerUid(n),
        username: `User ${n}`,
        at: iso(second(n)),
        eventId: null,
      })),
    });
    expect(await asked('&measure=completed')).toMatchObject({
      figure: 1,
      items: [{ jimerUid: jimerUid(30) }],
    });
    expect(await asked('&measure=startedAndCompleted')).toMatchObject({ figure: 1, total: 1, matches: true });
    expect(await asked('&measure=ctaClicks')).toMatchObject({
      ...{
        figure: 1,
        total: 1,
        matches: true,
        items: [{ jimerUid: jimerUid(31), eventId: expect.any(String) as string }],
      },
    });
    const first: { nextCursor: string } = await asked('&measure=saw&limit=2');
    expect(await asked(`&measure=saw&limit=2&cursor=${first.nextCursor}`)).toMatchObject({
      ...{ total: 3, items: [{ jimerUid: jimerUid(32) }], nextCursor: null },
    });
    await api.pool.query(
      `UPDATE ${await tableOf('journeys', 'funnel')} SET likes = 7 WHERE experience_uid = $1`,
      [experienceUid(30)],
    );
    expect(await asked('&measure=likes')).toMatchObject({ figure: 7, total: 0, matches: false });
    expect((await api.get(`/v1/${path}&measure=completionRate`)).body.problems).toMatchObject([
      { path: 'measure' },
    ]);
    expect((await api.get(`/v1/experiences/${experienceUid(30)}/funnel/explain?measure=saw`)).status).toBe(
      400,
    );
  });
});

describe('evidence without Kafka', () => {
  it('is a 503 that says so', async () => {
    const away = await createDatabase();
    const other = await ReadApiFixture.open(away.url, {}, 'kafka');
    try {
      const text = JSON.stringify(step('hint.seen', 1, 1));
      const taken = acceptEvent({ workspace: 'default', text, now: second(100) });
      if (taken.outcome !== 'accepted') throw new Error(taken.outcome);
      await other.log.append([taken]);
      const answer = await other.get(`/v1/jimers/${jimerUid(1)}/explain`);
      expect([answer.status, answer.body.detail]).toEqual([
        503,
        expect.stringContaining('Kafka does not answer'),
      ]);
      expect(answer.headers['retry-after']).toBeDefined();
    } finally {
      await other.close();
      await away.drop();
    }
  });
});
