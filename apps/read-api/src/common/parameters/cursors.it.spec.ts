import { createDatabase, type TestDatabase } from '@app/testing';
import {
  event,
  experience,
  experienceUid,
  jimer,
  jimerUid,
  ReadApiFixture,
  second,
} from '../../read-api.fixture';

const UID = '550433b7-6b40-4f4a-a8bc-79ad2a55a847';
const cursor = (...key: unknown[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** Every list, the name in its cursors, and a key of a cursor that it could have given. */
const LISTS: readonly (readonly [url: string, list: string, key: readonly (number | string | null)[]])[] = [
  ['/v1/jimers', 'jimers', ['default', UID]],
  [`/v1/jimers/${jimerUid(1)}/timeline`, 'timeline', [second(1), 1, UID]],
  ['/v1/experiences', 'experiences', ['default', UID]],
  [`/v1/experiences/${experienceUid(1)}/history`, 'history', [second(1), 0, UID]],
  [`/v1/experiences/${experienceUid(1)}/jimers`, 'experience-jimers', [UID]],
  [`/v1/experiences/${experienceUid(1)}/answers`, 'steps', [0, 'step']],
  ['/v1/feedback', 'feedback', [second(1), 'x', 'y', UID]],
  ['/v1/quarantine', 'set-aside', [second(1), UID, 'y', 'z']],
  ['/v1/unrecognized', 'set-aside', [second(1), UID, 'y', 'z']],
  ['/v1/dead-letters', 'dead-letters', [1]],
];
const ODD = [
  8.7e15,
  -8.6e15,
  9.1e15,
  -62_135_596_800_001,
  1e300,
  0.5,
  -1,
  null,
  true,
  {},
  [],
  '',
  '\u0000',
  'x',
];

let database: TestDatabase;
let api: ReadApiFixture;

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
  await api.deliver([event('tour.started', second(1), { experience: experience(1), jimer: jimer(1) })]);
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

describe.each(LISTS)('the cursor of %s', (url, list, key) => {
  const ask = (...parts: unknown[]) => api.get(`${url}?cursor=${cursor(list, ...parts)}`, 'admin-token');

  it('that was tampered with is used, or refused by name, and never a fault', async () => {
    expect((await ask(...key)).status).toBe(200);
    for (let i = 0; i < key.length; i++)
      for (const odd of ODD) {
        const { status, body } = await ask(...key.with(i, odd as never));
        const named = status === 400 && JSON.stringify(body.problems).includes('"cursor"');
        expect([list, i, odd, status === 200 || named]).toEqual([list, i, odd, true]);
      }
  });

  it('has only times of the years 1 to 9999', async () => {
    const at = key.indexOf(second(1));
    if (at < 0) return;
    for (const time of [8.7e15, -8.6e15, 253_402_300_800_000])
      expect((await ask(...key.with(at, time))).body.problems).toMatchObject([{ path: 'cursor' }]);
    for (const time of [-62_135_596_800_000, 253_402_300_799_999])
      expect((await ask(...key.with(at, time))).status).toBe(200);
  });
});
