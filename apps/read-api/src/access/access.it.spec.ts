import { createDatabase, type TestDatabase } from '@app/testing';
import { ReadApiFixture } from '../read-api.fixture';

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

it.each([
  ['read-token', 'read', null],
  ['acme-triage-token', 'triage', 'acme'],
  ['admin-token', 'admin', null],
])('a token learns what it may do and where: %s', async (token, scope, workspace) => {
  const { status, body } = await api.get('/v1/access', token);
  expect([status, body]).toEqual([200, { scope, workspace }]);
});

it('whoever has no valid token learns nothing', async () => {
  for (const token of [null, 'nobody'])
    expect((await api.get('/v1/access', token)).headers['www-authenticate']).toBe('Bearer');
});
