import { createDatabase, until, type TestDatabase } from '@app/testing';
import { Client } from 'pg';
import {
  event,
  experience,
  experienceUid,
  jimer,
  jimerUid,
  projectUid,
  ReadApiFixture,
  second,
} from '../../read-api.fixture';

let database: TestDatabase;
let api: ReadApiFixture;
let admin: Client;
let name: string;

beforeAll(async () => {
  database = await createDatabase();
  name = new URL(database.url).pathname.slice(1);
  admin = new Client({ connectionString: process.env['TEST_DATABASE_URL'] });
  await admin.connect();
  api = await ReadApiFixture.open(database.url);
  await api.deliver([
    event('tour.published', second(1), { experience: experience(1) }),
    event('tour.started', second(2), { experience: experience(1), jimer: jimer(1) }),
    event('tour.completed', second(3), { experience: experience(1), jimer: jimer(1) }),
    event('request.created', second(4), {
      request: { uid: 'request-1', title: 'Dark mode' },
      jimer: jimer(1),
      project: { uid: projectUid(1), name: 'Web' },
    }),
  ]);
});

afterAll(async () => {
  await api?.close();
  await admin?.end();
  await database?.drop();
});

/** As somebody else would: for sessions from now on, and there are none of before. */
async function configure(change: string): Promise<void> {
  await admin.query(`ALTER DATABASE "${name}" ${change}`);
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
  await until('the read API to be back', async () => (await api.get('/v1/jimers')).status === 200);
}

const PATHS = [
  '/v1/jimers',
  `/v1/jimers/${jimerUid(1)}`,
  `/v1/jimers/${jimerUid(1)}/journey`,
  `/v1/jimers/${jimerUid(1)}/timeline`,
  `/v1/experiences/${experienceUid(1)}`,
  `/v1/experiences/${experienceUid(1)}/history`,
  `/v1/experiences/${experienceUid(1)}/funnel`,
  `/v1/experiences/${experienceUid(1)}/jimers`,
  '/v1/feedback',
  '/v1/feedback/request-1',
  '/v1/feedback/summary',
  '/v1/lifecycle',
];

describe('answers do not depend on how the database', () => {
  it.each([
    ['writes dates', `SET DateStyle TO 'German'`, 'DateStyle'],
    ['orders dates', `SET DateStyle TO 'SQL', 'DMY'`, 'DateStyle'],
    ['counts hours', `SET TimeZone TO 'America/St_Johns'`, 'TimeZone'],
    ['writes intervals', `SET IntervalStyle TO 'sql_standard'`, 'IntervalStyle'],
    ['encodes text', `SET client_encoding TO 'LATIN1'`, 'client_encoding'],
    ['rounds numbers', 'SET extra_float_digits TO -15', 'extra_float_digits'],
    ['looks names up', 'SET search_path TO pg_catalog', 'search_path'],
  ])('%s', async (_what, change, setting) => {
    const answers = async () => Promise.all(PATHS.map(async (path) => [path, (await api.get(path)).text]));
    const usual = await answers();
    await configure(change);
    try {
      expect(await answers()).toEqual(usual);
    } finally {
      await configure(`RESET ${setting}`);
    }
  });
});

describe('a database that takes no changes', () => {
  beforeAll(() => configure('SET default_transaction_read_only TO on'));
  afterAll(() => configure('RESET default_transaction_read_only'));

  it.each([
    ['POST', '/v1/projections/journeys/rebuild', {}],
    ['POST', '/v1/projections/journeys/verify', {}],
    ['POST', '/v1/projections/journeys/pause', { reason: 'spec' }],
    ['POST', '/v1/projections/journeys/resume', undefined],
  ] as const)('is a 503 that says so, with Retry-After: %s %s', async (method, path, body) => {
    const answer = await api.ask(method, path, 'admin-token', body);
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '10']);
    expect(answer.body.detail).toContain('read-only');
  });

  it('is read as ever', async () => {
    for (const path of PATHS) expect([path, (await api.get(path)).status]).toEqual([path, 200]);
  });
});

describe('a database whose connections others use up', () => {
  it('is a 503, and readiness says so and names nobody', async () => {
    await admin.query(`CREATE ROLE "limited_${name}" LOGIN PASSWORD 'limited' CONNECTION LIMIT 0`);
    const url = new URL(database.url);
    url.username = `limited_${name}`;
    url.password = 'limited';
    const limited = await ReadApiFixture.beside(url.href);
    try {
      await until('it to say why', async () =>
        (await limited.inject({ method: 'GET', url: '/health/ready' })).body.includes('no free connection'),
      );
      const answer = await limited.inject({
        method: 'GET',
        url: '/v1/jimers',
        headers: { authorization: 'Bearer read-token' },
      });
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toBeDefined();
    } finally {
      await limited.close();
      await admin.query(`DROP ROLE "limited_${name}"`);
    }
  });
});
