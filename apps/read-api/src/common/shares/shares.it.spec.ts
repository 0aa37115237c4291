import { Health } from '@app/platform';
import { createDatabase, until, type TestDatabase } from '@app/testing';
import { jimers } from '../../jimers/jimers.queries';
import {
  event,
  experience,
  jimer,
  jimerUid,
  ReadApiFixture,
  second,
  type Answer,
} from '../../read-api.fixture';
import { ReadDatabase } from '../database/read-database';

let database: TestDatabase;
let api: ReadApiFixture;

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url, { READ_API_CONNECTIONS: '4' });
  await api.deliver([event('tour.started', second(1), { experience: experience(1), jimer: jimer(1) })]);
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

/** Searches that each keep a connection until `release`. */
async function slowSearches(): Promise<{ readonly release: () => Promise<void> }> {
  const reads = api.app.get(ReadDatabase, { strict: false });
  const list = jimers.list.bind(jimers);
  const holder = await api.pool.connect();
  await holder.query('SELECT pg_advisory_lock(77)');
  jimers.list = async (database, workspace, query) => {
    if (query.q === 'slow')
      await reads.query('SELECT pg_advisory_lock_shared(77), pg_advisory_unlock_shared(77)');
    return list(database, workspace, query);
  };
  return {
    release: async () => {
      await holder.query('SELECT pg_advisory_unlock(77)');
      holder.release();
      jimers.list = list;
    },
  };
}

const waiting = async (): Promise<number> => {
  const text = (await api.app.inject({ url: '/metrics' })).body;
  return Number(/^pg_pool_waiting\{pool="read-api"\} (\d+)$/m.exec(text)?.[1] ?? 0);
};

describe('the searches of one token', () => {
  it('wait for each other, and neither another token nor readiness for them', async () => {
    const { release } = await slowSearches();
    const flood: Promise<Answer>[] = [];
    try {
      for (let i = 0; i < 30; i++) flood.push(api.get('/v1/jimers?q=slow', 'acme-token'));
      await until('those that have no connection wait', async () => (await waiting()) === 27);
      const others = await Promise.all([
        api.get(`/v1/jimers/${jimerUid(1)}`),
        api.get(`/v1/jimers/${jimerUid(1)}/journey`),
        api.get('/v1/experiences', 'triage-token'),
      ]);
      expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
      const { checks } = await api.app.get(Health, { strict: false }).readiness();
      expect(checks['database']).toEqual({ ok: true });
    } finally {
      await release();
    }
    const statuses = new Set((await Promise.all(flood)).map(({ status }) => status));
    for (const status of statuses) expect([200, 429, 503]).toContain(status);
    await until('nobody waits any more', async () => (await waiting()) === 0);
  });

  it('are refused at once beyond what may wait', async () => {
    const { release } = await slowSearches();
    try {
      const answers = Array.from({ length: 1_100 }, () => api.get('/v1/jimers?q=slow', 'acme-token'));
      const refused = await Promise.race(
        answers.map(async (answer) => {
          const { status, headers, body } = await answer;
          return { status, retryAfter: headers['retry-after'], detail: body.detail };
        }),
      );
      expect(refused).toEqual({
        ...{ status: 429, retryAfter: '1' },
        detail:
          'Too many requests with this token at once: its share of the connections to the database is in use.',
      });
      expect((await api.get('/v1/jimers')).status).toBe(200);
      await release();
      await Promise.all(answers);
    } catch (error) {
      await release();
      throw error;
    }
  });
});
