import { createDatabase, type TestDatabase } from '@app/testing';
import { ReadDatabase } from '../common/database/read-database';
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
  userUid,
} from '../read-api.fixture';
import { MOST_COUNTED } from './jimers.dto';

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

const user = { uid: userUid(1), email: 'sam@example.com', firstName: 'Sam', lastName: 'at Jimo' };

const DAY = 86_400;

async function schemaOf(projection: string): Promise<string> {
  const { rows } = await api.pool.query<{ schema: string }>(
    `SELECT quote_ident(schema_name) AS schema FROM engine.generation WHERE projection = $1 AND state = 'active'`,
    [projection],
  );
  return rows[0]!.schema;
}

const uidsOf = (items: readonly { uid: string }[]): string[] => items.map(({ uid }) => uid);

describe('experiences', () => {
  beforeAll(() =>
    api.deliver([
      event('tour.created', second(1), { user, experience: experience(1, 'TOUR', { isDraft: true }) }),
      event('tour.published', second(2), {
        user,
        experience: experience(1, 'TOUR', {
          expiresAt: iso(second(4)),
          tags: [{ uid: 'g1', name: 'Growth' }],
        }),
      }),
      event('tour.status-changed', second(3), {
        user,
        experience: experience(1, 'TOUR', { state: 'PAUSED' }),
      }),
      event('tour.started', second(5), {
        experience: experience(1, 'TOUR', { title: 'Fresh from a jimer', recurrencyValue: 3 }),
        jimer: jimer(1),
      }),
      event('post.published', second(1), { user, post: experience(2, 'POST', { title: '50% off_' }) }),
      event('post.deleted', second(2), { user, post: experience(2, 'POST', { title: '50% off_' }) }),
      event('hint.created', second(1), {
        user,
        experience: experience(3, 'HINT', { tags: 'odd', isDraft: true }),
      }),
      event('survey.published', second(1), {
        user,
        experience: experience(4, 'SURVEY', { expiresAt: '2025-02-04T00:00:00Z' }),
      }),
      event('banner.published', second(1), {
        user,
        experience: experience(5, 'BANNER', { state: 'PAUSED' }),
      }),
    ]),
  );

  it('show the newest snapshot, whoever carried it', async () => {
    const { body } = await api.get(`/v1/experiences/${experienceUid(1)}`);
    expect(body).toEqual({
      uid: experienceUid(1),
      workspace: 'default',
      title: 'Fresh from a jimer',
      type: 'TOUR',
      status: 'live',
      state: 'LIVE',
      isDraft: false,
      createdAt: '2025-01-01T00:00:00.000Z',
      publishedAt: '2025-01-02T00:00:00.000Z',
      expiresAt: null,
      triggerType: 'DEFAULT',
      recurrencyType: 'SINGLE_TIME',
      recurrencyValue: 3,
      tags: [{ uid: 'g1', name: 'Growth' }],
      firstPublishedAt: iso(second(2)),
      deletedAt: null,
      lastChangedBy: user,
    });
  });

  it.each([
    ['', [1, 2, 3, 4, 5]],
    ['?status=live', [1]],
    ['?status=deleted', [2]],
    ['?status=draft', [3]],
    ['?status=expired', [4]],
    ['?status=paused', [5]],
    ['?type=POST', [2]],
    ['?tag=g1', [1]],
    ['?tag=Growth', [1]],
    ['?tag=odd', []],
    ['?q=OFF_', [2]],
    ['?q=%25', [2]],
    ['?q=experience&status=paused', [5]],
  ])('are listed by %j', async (query, found) => {
    const { body } = await api.get(`/v1/experiences${query}`);
    expect(uidsOf(body.items)).toEqual(found.map(experienceUid));
  });

  it('are listed page by page', async () => {
    expect(uidsOf(await api.all('/v1/experiences', 2))).toEqual([1, 2, 3, 4, 5].map(experienceUid));
  });

  it.each([
    ['/v1/experiences?status=gone', 'status'],
    ['/v1/experiences?type=tour', 'type'],
    ['/v1/experiences?tag=', 'tag'],
    ['/v1/lifecycle?from=yesterday', 'from'],
    ['/v1/lifecycle?to=2025-02-03T12:00:00', 'to'],
    ['/v1/lifecycle?cursor=x', 'cursor'],
    ['/v1/experiences/1', 'uid'],
    ['/v1/experiences/1/funnel', 'uid'],
  ])('%s is a 400 naming the parameter', async (url, parameter) => {
    const { status, body } = await api.get(url);
    expect(status).toBe(400);
    expect(body.problems).toEqual([expect.objectContaining({ path: parameter })]);
  });

  it('have all of what the team did to them in one list, newest first, with the status after each', async () => {
    const items = await api.all('/v1/lifecycle', 2);
    const times = items.map(({ time }) => time);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(items).toHaveLength(8);
    for (const n of [1, 2, 3, 4, 5]) {
      const own = items.filter((item) => item['experienceUid'] === experienceUid(n)).toReversed();
      const history = await api.all(`/v1/experiences/${experienceUid(n)}/history`, 50);
      expect(own).toMatchObject(history);
    }
    expect(items).toContainEqual({
      id: expect.any(String) as string,
      workspace: 'default',
      experienceUid: experienceUid(2),
      title: '50% off_',
      type: 'POST',
      event: 'post.deleted',
      time: iso(second(2)),
      user,
      status: 'deleted',
    });
  });

  it.each([
    [`?from=${iso(second(2))}`, 3],
    [`?from=${iso(second(2))}&to=2025-02-03T14:00:02.999%2B02:00`, 2],
    ['?from=2025-02-04', 0],
    ['?to=2025-02-04', 8],
  ])('of the list there are in %s: %i', async (query, count) => {
    expect((await api.get(`/v1/lifecycle${query}`)).body.items).toHaveLength(count);
  });

  it('have a history of lifecycle events with the status after each', async () => {
    const items = await api.all(`/v1/experiences/${experienceUid(1)}/history`, 2);
    expect(items).toEqual([
      {
        id: expect.any(String) as string,
        event: 'tour.created',
        time: iso(second(1)),
        user,
        status: 'draft',
      },
      {
        id: expect.any(String) as string,
        event: 'tour.published',
        time: iso(second(2)),
        user,
        status: 'live',
      },
      {
        id: expect.any(String) as string,
        event: 'tour.status-changed',
        time: iso(second(3)),
        user,
        status: 'paused',
      },
    ]);
    const post = await api.get(`/v1/experiences/${experienceUid(2)}/history`);
    expect(post.body.items.map((item) => item.status)).toEqual(['live', 'deleted']);
  });

  it.each([experienceUid(1), experienceUid(2)])(
    'have a history of which a page reads no more than itself and the snapshot before it: %s',
    async (uid) => {
      const whole = (await api.get(`/v1/experiences/${uid}/history`)).body.items;
      const reads = api.app.get(ReadDatabase, { strict: false });
      const planned = reads.planned.bind(reads);
      let rows: number[] = [];
      reads.planned = async <T>(sql: string, parameters: readonly unknown[]): Promise<T[]> => {
        const found = await planned<T>(sql, parameters);
        rows.push(found.length);
        return found;
      };
      try {
        for (const [i, item] of whole.entries()) {
          const cursor =
            i === 0
              ? ''
              : `&cursor=${(await api.get(`/v1/experiences/${uid}/history?limit=${i}`)).body.nextCursor}`;
          rows = [];
          const page = (await api.get(`/v1/experiences/${uid}/history?limit=1${cursor}`)).body;
          expect(page.items).toEqual([item]);
          expect(Math.max(...rows)).toBeLessThanOrEqual(2);
        }
      } finally {
        reads.planned = planned;
      }
    },
  );

  it('that no event carried are unknown', async () => {
    for (const tail of ['', '/history', '/funnel', '/jimers', '/answers'])
      expect((await api.get(`/v1/experiences/${experienceUid(99)}${tail}`)).status).toBe(404);
  });

  it('that no jimer touched have an empty funnel', async () => {
    const { body } = await api.get(`/v1/experiences/${experienceUid(3)}/funnel`);
    expect(body).toMatchObject({ totals: { saw: 0, completionRate: null }, series: [] });
    expect((await api.get(`/v1/experiences/${experienceUid(3)}/jimers`)).body.items).toEqual([]);
    expect((await api.get(`/v1/experiences/${experienceUid(3)}/answers`)).body.items).toEqual([]);
  });
});

describe('experiences with times as other systems write them', () => {
  const user = { uid: '17de6523-2033-4aaa-a500-d9369b611284' };
  let n = 40;
  let time = 0;

  it.each([
    ['seconds', 1893456000, 1740125703],
    ['text of seconds', '1893456000', '1740125703'],
    ['milliseconds', 1893456000000, 1740125703000],
    ['text of milliseconds', '1893456000000', '1740125703000'],
    ['microseconds', 1893456000000000, 1740125703000000],
    ['fractions of a second', 1893456000.0, '1740125703.000'],
    ['text of a database', '2030-01-01 00:00:00', '2025-02-21 08:15:03'],
  ])('are read from %s', async (_what, expiresAt, createdAt) => {
    n++;
    await api.deliver([
      event('tour.published', second(++time), {
        experience: { ...experience(n), expiresAt, createdAt, publishedAt: createdAt },
        user,
      }),
    ]);
    expect((await api.get(`/v1/experiences/${experienceUid(n)}`)).body).toMatchObject({
      ...{ status: 'live', expiresAt: '2030-01-01T00:00:00.000Z' },
      ...{ createdAt: '2025-02-21T08:15:03.000Z', publishedAt: '2025-02-21T08:15:03.000Z' },
    });
  });

  it.each([0, '0', '', '0000-00-00 00:00:00', '0001-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z', false])(
    'never expire where the time is %j',
    async (expiresAt) => {
      await api.deliver([
        event('tour.published', second(++time), {
          experience: { ...experience(39), expiresAt },
          user,
        }),
      ]);
      const { body } = await api.get(`/v1/experiences/${experienceUid(39)}`);
      expect(body).toMatchObject({ status: 'live', expiresAt: null });
      const { body: list } = await api.get(`/v1/experiences/${experienceUid(39)}/history`);
      expect(list.items.every((item) => item['status'] === 'live')).toBe(true);
    },
  );
});

describe('the funnel of an experience', () => {
  const tour = experience(10);
  const url = `/v1/experiences/${experienceUid(10)}/funnel`;

  beforeAll(() =>
    api.deliver([
      event('tour.started', second(0), { experience: tour, jimer: jimer(1) }),
      event('tour.completed', second(DAY), { experience: tour, jimer: jimer(1) }),
      event('tour.started', second(0), { experience: tour, jimer: jimer(2) }),
      event('tour.started', second(3 * DAY), { experience: tour, jimer: jimer(2) }),
      event('tour.cta.clicked', second(3 * DAY), { experience: tour, jimer: jimer(2), cta: { uid: 'c' } }),
      event('tour.cta.clicked', second(3 * DAY + 1), {
        experience: tour,
        jimer: jimer(2),
        cta: { uid: 'c' },
      }),
      // Late: moves the first start of this jimer, and its count, to the day before.
      event('tour.started', second(3 * DAY), { experience: tour, jimer: jimer(3) }),
      event('tour.started', second(2 * DAY), { experience: tour, jimer: jimer(3) }),
    ]),
  );

  it('counts each jimer in the interval of its first', async () => {
    const { body } = await api.get(url);
    const zero = {
      ...{ saw: 0, started: 0, completed: 0, startedAndCompleted: 0, dismissed: 0 },
      ...{ ctaClicks: 0, comments: 0, likes: 0 },
    };
    expect(body.totals).toEqual({
      ...zero,
      ...{ saw: 3, started: 3, completed: 1, startedAndCompleted: 1, completionRate: 1 / 3, ctaClicks: 2 },
    });
    expect(body.series).toEqual([
      {
        ...{ ...zero, from: '2025-02-03', to: '2025-02-04', saw: 2, started: 2 },
        ...{ startedAndCompleted: 1, completionRate: 0.5 },
      },
      { ...zero, from: '2025-02-04', to: '2025-02-05', completed: 1, completionRate: null },
      { ...zero, from: '2025-02-05', to: '2025-02-06', saw: 1, started: 1, completionRate: 0 },
      { ...zero, from: '2025-02-06', to: '2025-02-07', ctaClicks: 2, completionRate: null },
    ]);
  });

  it('is in the list of those that were used most in a period, with its counts of that period', async () => {
    await api.deliver([
      event('hint.seen', second(2 * DAY), { experience: experience(11, 'HINT'), jimer: jimer(1) }),
      event('hint.seen', second(2 * DAY), { experience: experience(11, 'HINT'), jimer: jimer(2) }),
    ]);
    const top = async (query: string) => {
      const { status, body } = await api.get(`/v1/experiences/top?${query}`);
      expect(status).toBe(200);
      return body;
    };
    const period = 'from=2025-02-04&to=2025-02-07';
    const bySaw = await top(period);
    expect(bySaw).toMatchObject({ from: '2025-02-04', to: '2025-02-07' });
    expect(bySaw.items).toMatchObject([
      { uid: experienceUid(11), type: 'HINT', saw: 2, started: 0, completionRate: null },
      {
        uid: experienceUid(10),
        workspace: 'default',
        title: 'Experience 10',
        status: 'live',
        saw: 1,
        completed: 1,
        ctaClicks: 2,
      },
    ]);
    expect(uidsOf((await top(`${period}&by=started`)).items)).toEqual([experienceUid(10)]);
    expect(uidsOf((await top(`${period}&limit=1`)).items)).toEqual([experienceUid(11)]);
    const totals = (await top('to=2025-02-20')).items.find(({ uid }) => uid === experienceUid(10));
    expect(totals).toMatchObject({ saw: 3, started: 3, completed: 1, completionRate: 1 / 3 });
    expect((await top('to=0001-01-05')).items).toEqual([]);
  });

  it.each(['from=2025-02-04&to=2025-02-03', 'to=soon', 'by=likes', 'limit=0', 'limit=201'])(
    'is in no list of %s, which is refused',
    async (query) => {
      const { status, body } = await api.get(`/v1/experiences/top?${query}`);
      const path = query.replace('from=2025-02-04&', '').split('=')[0];
      expect([status, body.problems]).toEqual([400, [expect.objectContaining({ path })]]);
    },
  );

  it('rates by share of those who first started in the interval, never above one', async () => {
    const [late, early] = [32, 33].map((n) => experience(n));
    await api.deliver([
      ...[1, 2].flatMap((n) => [
        event('tour.started', second(0), { experience: late, jimer: jimer(n) }),
        event('tour.completed', second(2 * DAY), { experience: late, jimer: jimer(n) }),
      ]),
      event('tour.started', second(2 * DAY), { experience: late, jimer: jimer(3) }),
      // Started events began to arrive later than completed ones.
      ...[1, 2].map((n) => event('tour.completed', second(0), { experience: early, jimer: jimer(n) })),
      event('tour.started', second(DAY), { experience: early, jimer: jimer(2) }),
      // Completed before it was started again, and after.
      event('tour.completed', second(0), { experience: early, jimer: jimer(3) }),
      event('tour.started', second(DAY), { experience: early, jimer: jimer(3) }),
      event('tour.completed', second(3 * DAY), { experience: early, jimer: jimer(3) }),
    ]);
    const funnel = async (n: number) => (await api.get(`/v1/experiences/${experienceUid(n)}/funnel`)).body;
    const { totals, series } = await funnel(32);
    expect(totals).toMatchObject({ started: 3, completed: 2, completionRate: 2 / 3 });
    expect(series).toMatchObject([
      { completed: 0, completionRate: 1 },
      { completed: 0, completionRate: null },
      { completed: 2, completionRate: 0 },
    ]);
    expect((await funnel(33)).totals).toMatchObject({ started: 2, completed: 3, completionRate: 0.5 });
    const { items } = (await api.get('/v1/experiences/top?from=2025-02-05&to=2025-02-06&by=completed')).body;
    expect(items.find(({ uid }) => uid === experienceUid(32))).toMatchObject({
      ...{ started: 1, completed: 2, startedAndCompleted: 0, completionRate: 0 },
    });
  });

  it.each([
    ['the year 1', -62_135_596_800_000],
    ['the day before 1970', -86_400_000],
    ['2001', 1_000_000_000_000],
  ])('always answers, whatever one event of %s says', async (_when, time) => {
    const n = 34;
    await api.deliver([
      { ...event('tour.started', 0, { experience: experience(n), jimer: jimer(4) }), time: iso(time) },
      event('tour.started', second(0), { experience: experience(n), jimer: jimer(5) }),
    ]);
    for (const interval of ['day', 'week']) {
      const { status, body } = await api.get(
        `/v1/experiences/${experienceUid(n)}/funnel?interval=${interval}`,
      );
      expect(status).toBe(200);
      expect(body).toMatchObject({ totals: { started: 2 }, before: { started: 1 } });
      expect(body.series).toHaveLength(1_000);
      expect(body.series.at(-1)).toMatchObject({ to: '2025-02-04', started: 1 });
    }
    const range = `/v1/experiences/${experienceUid(n)}/funnel?from=1999-01-01&to=2025-02-04`;
    expect((await api.get(range)).body.problems).toEqual([expect.objectContaining({ path: 'interval' })]);
    const { body: list } = await api.get(`/v1/jimers/${jimerUid(4)}/timeline`);
    expect(list.items.map((item) => item['time'])).toContain(iso(time));
    for (const path of [
      `jimers/${jimerUid(4)}/journey`,
      'experiences/top',
      `experiences/${experienceUid(n)}/jimers`,
    ])
      expect((await api.get(`/v1/${path}`)).status).toBe(200);
  });

  it('includes from and excludes to', async () => {
    const { body } = await api.get(`${url}?from=2025-02-04&to=2025-02-06`);
    // Who completed in these days had started before them, and who started in them has not completed.
    expect(body.totals).toMatchObject({ saw: 1, started: 1, completed: 1, completionRate: 0 });
    expect(body.series).toHaveLength(2);
    expect((await api.get(`${url}?from=2025-01-01&to=2025-01-03`)).body.series).toHaveLength(2);
    const weeks = await api.get(`${url}?interval=week&from=2025-02-01`);
    expect(weeks.body.series).toMatchObject([{ from: '2025-02-01', saw: 3 }]);
  });

  it.each([
    ['from=2025-02-30', 'from'],
    ['from=yesterday', 'from'],
    ['to=2025-2-3', 'to'],
    ['from=2025-02-04&to=2025-02-03', 'to'],
    ['interval=month', 'interval'],
    ['from=2020-01-01&to=2025-01-01', 'interval'],
    ['from=1000-01-01', 'interval'],
    ['from=2025-02-03&from=2025-02-04', 'from'],
  ])('refuses %s, naming %s', async (query, parameter) => {
    const { status, body } = await api.get(`${url}?${query}`);
    expect(status).toBe(400);
    expect(body.problems).toEqual([expect.objectContaining({ path: parameter })]);
  });

  it('comes with the jimers by state', async () => {
    const items = await api.all(`/v1/experiences/${experienceUid(10)}/jimers`, 2);
    expect(items.map(({ uid, state }) => [uid, state])).toEqual([
      [jimerUid(1), 'completed'],
      [jimerUid(2), 'started'],
      [jimerUid(3), 'started'],
    ]);
    expect(items[0]).toMatchObject({
      identifyToken: 'user-1',
      username: 'User 1',
      startedAt: iso(second(0)),
    });
    expect(await api.all(`/v1/experiences/${experienceUid(10)}/jimers?state=started`, 1)).toHaveLength(2);
    expect((await api.get(`/v1/experiences/${experienceUid(10)}/jimers?state=lost`)).status).toBe(400);
    expect(await api.get(`/v1/experiences/${experienceUid(10)}/jimers/summary`)).toMatchObject({
      status: 200,
      body: { seen: 0, started: 2, completed: 1, dismissed: 0 },
    });
    expect((await api.get(`/v1/experiences/${experienceUid(99)}/jimers/summary`)).status).toBe(404);
  });

  it('counts as many jimers in a state as a page can use', async () => {
    await api.deliver([
      event('tour.started', second(0), { experience: experience(12, 'TOUR'), jimer: jimer(1) }),
    ]);
    const schema = await schemaOf('journeys');
    const { rows } = await api.pool.query<{ columns: string }>(
      `SELECT string_agg(quote_ident(column_name), ', ') AS columns FROM information_schema.columns
        WHERE table_schema = $1 AND table_name = 'journey' AND is_generated = 'NEVER' AND column_name <> 'jimer_uid'`,
      [schema],
    );
    const { columns } = rows[0]!;
    await api.pool.query(
      `INSERT INTO ${schema}.journey (jimer_uid, ${columns})
       SELECT gen_random_uuid(), ${columns} FROM ${schema}.journey, generate_series(1, ${MOST_COUNTED})
        WHERE experience_uid = $1`,
      [experienceUid(12)],
    );
    expect((await api.get(`/v1/experiences/${experienceUid(12)}/jimers/summary`)).body).toEqual({
      seen: 0,
      started: MOST_COUNTED,
      completed: 0,
      dismissed: 0,
    });
  });

  it('tells who has been in a state for longer than a time', async () => {
    const fresh = event('tour.started', Date.now() - 3_600_000, { experience: tour, jimer: jimer(4) });
    await api.deliver([fresh]);
    const stuck = (query: string) =>
      api.all(`/v1/experiences/${experienceUid(10)}/jimers?${query}`, 1).then(uidsOf);
    expect(await stuck('state=started')).toEqual([2, 3, 4].map(jimerUid));
    expect(await stuck('state=started&olderThan=7d')).toEqual([2, 3].map(jimerUid));
    expect(await stuck('state=started&olderThan=PT30M')).toEqual([2, 3, 4].map(jimerUid));
    expect(await stuck('olderThan=7')).toEqual([1, 2, 3].map(jimerUid));
    const { status, body } = await api.get(`/v1/experiences/${experienceUid(10)}/jimers?olderThan=soon`);
    expect(status).toBe(400);
    expect(body.problems).toEqual([expect.objectContaining({ path: 'olderThan' })]);
  });

  it('is known as soon as one projection knows the experience', async () => {
    const schema = await schemaOf('experiences');
    await api.pool.query(`DELETE FROM ${schema}.experience WHERE experience_uid = $1`, [experienceUid(10)]);
    expect((await api.get(url)).body.totals.saw).toBe(4);
  });
});

describe('the answers to a survey', () => {
  const survey = experience(20, 'SURVEY');
  const answer = (n: number, step: object, value: unknown, surveyUid = 's') =>
    event('survey.step.answered', second(n), {
      experience: survey,
      jimer: jimer(n),
      survey: { uid: `${surveyUid}-${n}` },
      step,
      answer: { uid: `a-${n}`, value },
    });
  const nps = { uid: 'nps', name: 'Recommend?', type: 'NPS', indexOrder: 0 };
  const choice = { uid: 'choice', name: 'Which?', type: 'MULTIPLE_CHOICE_MULTI_SELECT', indexOrder: 1 };
  const open = { uid: 'open', name: 'Why?', type: 'TEXT_LONG', indexOrder: 2 };

  beforeAll(() =>
    api.deliver([
      ...[10, '9', 8, 3].map((value, n) => answer(n, nps, value)),
      answer(0, choice, ['a', 'b']),
      answer(1, choice, ['a', 'b']),
      answer(2, choice, 'c'),
      answer(0, open, 'because'),
    ]),
  );

  it('are told per step: responses, distribution, mean and score', async () => {
    const items = await api.all(`/v1/experiences/${experienceUid(20)}/answers`, 2);
    expect(items).toEqual([
      {
        stepUid: 'nps',
        stepName: 'Recommend?',
        stepType: 'NPS',
        stepIndex: 0,
        responses: 4,
        distribution: [10, 3, 8, 9].map((value) => ({ value, count: 1 })),
        choices: null,
        histogram: [0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1].map((count, n) => ({ from: n, to: n, count })),
        mean: 7.5,
        score: 25,
        nps: { score: 25, promoters: 2, passives: 1, detractors: 1 },
      },
      expect.objectContaining({
        stepUid: 'choice',
        responses: 3,
        distribution: [
          { value: ['a', 'b'], count: 2 },
          { value: 'c', count: 1 },
        ],
        choices: [
          { value: 'a', count: 2 },
          { value: 'b', count: 2 },
          { value: 'c', count: 1 },
        ],
        mean: null,
        score: null,
      }),
      expect.objectContaining({
        stepUid: 'open',
        responses: 1,
        distribution: [],
        histogram: null,
        mean: null,
      }),
    ]);
  });

  it('tell partial responses from completed ones', async () => {
    const url = `/v1/experiences/${experienceUid(20)}/answers`;
    expect((await api.get(url)).body).toMatchObject({ responses: { total: 4, completed: 0, partial: 4 } });
    const completion = event('survey.completed', second(5), {
      experience: survey,
      jimer: jimer(0),
      survey: { uid: 's-0' },
    });
    await api.deliver([completion, completion]);
    expect((await api.get(url)).body).toMatchObject({ responses: { total: 4, completed: 1, partial: 3 } });
  });

  it('come one by one, newest first, with who gave them, and can be searched', async () => {
    const url = `/v1/experiences/${experienceUid(20)}/answers`;
    expect((await api.all(`${url}/nps`, 1)).map(({ jimerUid: uid }) => uid)).toEqual(
      [3, 2, 1, 0].map(jimerUid),
    );
    await api.deliver([answer(7, open, 'It is 100% SLOW_'), answer(8, open, { odd: true })]);
    expect((await api.get(`${url}/open?q=slow_`)).body.items).toEqual([
      {
        jimerUid: jimerUid(7),
        identifyToken: 'user-7',
        username: 'User 7',
        email: 'user7@example.com',
        surveyUid: 's-7',
        value: 'It is 100% SLOW_',
        text: 'It is 100% SLOW_',
        at: iso(second(7)),
      },
    ]);
    expect((await api.get(`${url}/open?q=%25`)).body.items).toHaveLength(1);
    expect((await api.get(`${url}/choice?q=a,%20b`)).body.items).toHaveLength(2);
    expect((await api.get(`${url}/open`)).body.items).toHaveLength(3);
    expect((await api.get(`${url}/none`)).status).toBe(404);
    expect((await api.get(`${url}/open?q=`)).body.problems).toEqual([expect.objectContaining({ path: 'q' })]);
  });

  it('have a series of the score', async () => {
    const url = `/v1/experiences/${experienceUid(20)}/answers/nps/series`;
    // Of this jimer the newest answer counts, on its own day.
    await api.deliver([
      event('survey.step.answered', second(2 * DAY), {
        experience: survey,
        jimer: jimer(3),
        survey: { uid: 's-3' },
        step: nps,
        answer: { uid: 'again', value: 10 },
      }),
    ]);
    const { body } = await api.get(url);
    expect(body).toMatchObject({ stepUid: 'nps', totals: { responses: 4, nps: { score: 75 } } });
    expect(body.series).toEqual([
      {
        from: '2025-02-03',
        to: '2025-02-04',
        responses: 3,
        mean: 9,
        nps: { score: 200 / 3, promoters: 2, passives: 1, detractors: 0 },
      },
      { from: '2025-02-04', to: '2025-02-05', responses: 0, mean: null, nps: null },
      {
        from: '2025-02-05',
        to: '2025-02-06',
        responses: 1,
        mean: 10,
        nps: { score: 100, promoters: 1, passives: 0, detractors: 0 },
      },
    ]);
    expect((await api.get(`${url}?from=2025-02-04&interval=week`)).body.series).toHaveLength(1);
    expect((await api.get(`${url}?from=x`)).body.problems).toEqual([
      expect.objectContaining({ path: 'from' }),
    ]);
    expect((await api.get(`${url.replace('/nps/', '/none/')}`)).status).toBe(404);
    await api.deliver([
      {
        ...event('survey.step.answered', 0, {
          experience: survey,
          jimer: jimer(4),
          survey: { uid: 's-old' },
          step: nps,
          answer: { uid: 'old', value: 0 },
        }),
        time: '0001-01-01T00:00:00Z',
      },
    ]);
    const old = await api.get(url);
    expect(old.body).toMatchObject({
      totals: { responses: 5 },
      before: { responses: 1, nps: { score: -100 } },
    });
    expect([old.body.series.length, old.body.series.at(-1)]).toEqual([1_000, body.series.at(-1)]);
  });
});

describe('the answers of some days', () => {
  const survey = experience(21, 'SURVEY');
  const url = `/v1/experiences/${experienceUid(21)}`;
  const nps = { uid: 'nps', name: 'Recommend?', type: 'NPS', indexOrder: 0 };
  const several = {
    uid: 'several',
    name: 'Why, "really"?',
    type: 'MULTIPLE_CHOICE_MULTI_SELECT',
    indexOrder: 1,
  };
  const open = { uid: 'open', name: 'What else?', type: 'TEXT_LONG', indexOrder: 2 };
  const LONG = Array.from(
    { length: 6 },
    (_, n) => `Choice ${n}: ${'not what I was looking for; '.repeat(8)}`,
  );
  const LONGEST = 'x'.repeat(1_500);
  const on = (day: number, n: number, name: string, more: object) =>
    event(name, second(day * DAY + n), {
      experience: survey,
      jimer: jimer(60 + n, n === 3 ? { username: '=SUM(A1)' } : {}),
      survey: { uid: `r-${n}` },
      ...more,
    });
  const answers = (day: number, n: number, step: object, value: unknown) =>
    on(day, n, 'survey.step.answered', { step, answer: { uid: `a-${n}`, value } });

  beforeAll(() =>
    api.deliver([
      answers(0, 1, nps, 10),
      answers(0, 1, several, [LONG[1], LONG[0], LONG[1]]),
      answers(0, 1, open, { mood: 'good', because: ['a', 'b'] }),
      answers(0, 2, nps, '1'),
      answers(0, 2, several, [LONG[0], [LONG[1]]]),
      answers(1, 3, nps, -1),
      answers(1, 3, several, LONG),
      answers(1, 3, open, 'l\u00e9ger, "bien"'),
      answers(2, 4, nps, 10),
      answers(2, 4, several, LONGEST),
      on(2, 1, 'survey.completed', {}),
      on(2, 4, 'survey.completed', {}),
    ]),
  );

  interface Results {
    readonly responses: object;
    readonly items: readonly {
      readonly stepUid: string;
      readonly responses: number;
      readonly distribution: unknown[];
      readonly choices: unknown[];
    }[];
  }
  const results = async (query: string): Promise<Results> =>
    (await api.get(`${url}/answers?${query}`)).body as unknown as Results;

  it('count each choice that was ticked, whatever the length, order and nesting of the answer', async () => {
    const [, step] = (await results('')).items;
    expect(step!.responses).toBe(4);
    expect(step!.distribution[0]).toEqual({ value: [LONG[0], LONG[1]], count: 2 });
    expect(step!.distribution).toHaveLength(3);
    expect(step!.distribution).toContainEqual({ value: LONG, count: 1 });
    expect(step!.distribution).toContainEqual({ value: LONGEST, count: 1 });
    expect(step!.choices).toHaveLength(7);
    for (const [value, count] of [
      [LONG[0], 3],
      [LONG[1], 3],
      [LONG[5], 1],
      [LONGEST, 1],
    ])
      expect(step!.choices).toContainEqual({ value, count });
  });

  it('are those of the range alone, in every part', async () => {
    const { responses, items } = await results('from=2025-02-03&to=2025-02-04');
    expect(responses).toEqual({ total: 2, completed: 1, partial: 1 });
    expect(items.map((item) => [item.stepUid, item.responses])).toEqual([
      ['nps', 2],
      ['several', 2],
      ['open', 1],
    ]);
    expect(items[0]).toMatchObject({ score: 0, mean: 5.5, nps: { promoters: 1, detractors: 1 } });
    expect(items[1]!.distribution).toEqual([{ value: [LONG[0], LONG[1]], count: 2 }]);
    expect(items[1]!.choices).toEqual(LONG.slice(0, 2).map((value) => ({ value, count: 2 })));
    expect(await results('to=2025-02-04')).toEqual({ responses, items, nextCursor: null });
    expect((await results('from=2025-02-05')).responses).toEqual({ total: 1, completed: 1, partial: 0 });
    const nothing = { responses: 0, distribution: [], mean: null, score: null };
    expect((await results('from=2026-01-01')).items).toMatchObject([nothing, nothing, nothing]);
    const day = 'from=2025-02-04&to=2025-02-05';
    expect(await api.all(`${url}/answers/nps?${day}`, 1)).toMatchObject([{ value: -1 }]);
    expect(await api.all(`${url}/responses?${day}`, 1)).toMatchObject([{ surveyUid: 'r-3' }]);
    for (const path of ['answers', 'answers/nps', 'responses']) {
      const wrong = await api.get(`${url}/${path}?from=2025-02-04&to=2025-02-03`);
      expect([wrong.status, wrong.body.problems]).toEqual([400, [expect.objectContaining({ path: 'to' })]]);
      expect((await api.get(`${url}/${path}?from=yesterday`)).status).toBe(400);
    }
  });

  it('on a scale are found by their number, and not by a part of one', async () => {
    const found = async (q: string) =>
      (await api.get(`${url}/answers/nps?q=${q}`)).body.items.map((item) => item['value']);
    expect(await found('1')).toEqual(['1']);
    expect(await found('10')).toEqual([10, 10]);
    expect(await found('-1')).toEqual([-1]);
    expect(await found('0')).toEqual([]);
    expect((await api.get(`${url}/answers/open?q=le%CC%81ger`)).body.items).toHaveLength(1);
  });

  it('are a table with a row per response and a column per question, without JSON', async () => {
    const csv = async (path: string) => {
      const headers = { accept: 'text/csv', authorization: 'Bearer read-token' };
      return (await api.app.inject({ url: `${url}/${path}`, headers })).body.split('\r\n');
    };
    const [head, ...rows] = await csv('answers');
    expect(head).toBe(
      'surveyUid,jimerUid,identifyToken,username,email,startedAt,lastEventAt,completedAt,' +
        'Recommend?,"Why, ""really""?",What else?',
    );
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatch(/^r-4,.*,10,x{1500},$/);
    expect(rows[1]).toMatch(/^r-3,[^,]*,user-63,'=SUM\(A1\),.*,-1,"Choice 0.*","l\u00e9ger, ""bien"""$/);
    expect(rows[3]).toMatch(/^r-1,.*,"mood: good, because: a, b"$/);
    expect(rows.join('')).not.toMatch(/[[{]"|""\w+"":/);
    expect(await csv('responses')).toEqual([head, ...rows]);
    expect(await csv('answers?from=2025-02-05')).toEqual([head, rows[0], '']);
  });
});

describe('the answers to a survey with odd steps', () => {
  const uids = (n: number) => `/v1/experiences/${experienceUid(n)}/answers`;
  let answers = 0;
  const answer = (n: number, step: object, value: string) =>
    JSON.stringify(
      event('survey.step.answered', second(++answers), {
        experience: experience(n, 'SURVEY'),
        jimer: jimer(answers),
        survey: { uid: `s-${answers}` },
        step,
        answer: { uid: `a-${answers}`, value: 'VALUE' },
      }),
    ).replace('"VALUE"', value);

  it('come page by page, steps of unknown place last, whatever the places are', async () => {
    const places = [undefined, Number.MAX_SAFE_INTEGER, undefined, Number.MIN_SAFE_INTEGER, null, 0, 9.5e15];
    await api.deliver(
      places.map((indexOrder, i) => answer(30, { uid: `step-${i}`, type: 'NPS', indexOrder }, '1')),
    );
    const order = [3, 5, 1, 0, 2, 4, 6].map((i) => `step-${i}`);
    for (const limit of [1, 2, 3])
      expect((await api.all(uids(30), limit)).map(({ stepUid }) => stepUid)).toEqual(order);
  });

  it.each<[number, string[], number | null]>([
    [31, ['0.6666666666666666'], 0.6666666666666666],
    [32, ['1e-7', '3e-7'], 2e-7],
    [33, ['0.1', '"0.2"'], 0.15],
    [34, ['1.7976931348623157e308', '-1.7976931348623157e308', '5e-324'], 0],
    [35, ['1.5e300', '2.5e300', '1e999'], 2e300],
    [36, ['5e-324', '0', '0'], 0],
    [37, ['"1e5"', 'true', '[1]'], null],
    // Over what a double holds in sum, though not one by one.
    [38, ['1e308', '1.7e308'], null],
  ])('have the mean of every number (%i: %j)', async (n, values, mean) => {
    await api.deliver(values.map((value) => answer(n, { uid: 'step', type: 'SLIDER' }, value)));
    expect((await api.get(uids(n))).body.items).toEqual([
      expect.objectContaining({ responses: values.length, mean }),
    ]);
  });
});

describe('a text that is written with other characters for the same accents', () => {
  const encoded = (text: string): string => encodeURIComponent(text);

  it('is the same in titles and tags', async () => {
    const tags = [{ uid: 'g-70', name: 'Cafe\u0301' }];
    await api.deliver([
      event('tour.published', second(9), {
        user,
        experience: experience(70, 'TOUR', { title: 'De\u0301but', tags }),
      }),
    ]);
    for (const query of ['q=D\u00c9BUT', 'q=de\u0301but', 'tag=Caf\u00e9', 'tag=Cafe\u0301'])
      expect(uidsOf((await api.get(`/v1/experiences?${encodeURI(query)}`)).body.items)).toEqual([
        experienceUid(70),
      ]);
  });

  it('is the same in requests, at any depth, in projects, and in what triage wrote', async () => {
    await api.deliver([
      event('request.created', second(0), {
        request: { uid: 'accents', note: { deep: ['Zoe\u0308 wants a cafe\u0301'] } },
        jimer: jimer(77),
        project: { uid: projectUid(7), name: 'Bu\u0308ro' },
      }),
    ]);
    const triage = { tags: ['cafe\u0301', 'caf\u00e9'], assignee: 'Rene\u0301e' };
    const patched = await api.ask('PATCH', '/v1/feedback/accents', 'triage-token', triage, {
      'if-match': '"1"',
    });
    expect(patched.body).toMatchObject({ tags: ['caf\u00e9'], assignee: 'Ren\u00e9e' });
    for (const q of ['ZO\u00cb', 'zoe\u0308', 'CAF\u00c9', 'b\u00fcro', 'bu\u0308ro'])
      expect((await api.get(`/v1/feedback?q=${encoded(q)}`)).body.items).toMatchObject([{ uid: 'accents' }]);
    for (const query of ['tag=caf\u00e9', 'tag=cafe\u0301', 'assignee=Ren\u00e9e', 'assignee=Rene\u0301e'])
      expect((await api.get(`/v1/feedback?${encodeURI(query)}`)).body.items).toHaveLength(1);
  });
});
