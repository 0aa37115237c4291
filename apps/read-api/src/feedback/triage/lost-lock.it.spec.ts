import { createDatabase, until, type TestDatabase } from '@app/testing';
import { event, jimer, projectUid, ReadApiFixture, second, type Answer } from '../../read-api.fixture';

const DAY = 86_400_000;

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

let requests = 0;

async function submitted(time = second(++requests)): Promise<string> {
  const uid = `lost-${++requests}`;
  const project = { uid: projectUid(1), name: 'Web' };
  await api.deliver([event('request.created', time, { request: { uid }, jimer: jimer(1), project })]);
  return uid;
}

const patch = (uid: string, version: number, change: object): Promise<Answer> =>
  api.ask('PATCH', `/v1/feedback/${uid}`, 'triage-token', change, { 'if-match': `"${version}"` });
const read = (uid: string): Promise<Answer> => api.get(`/v1/feedback/${uid}`);

/** Ends the connection that holds an item's lock, as a restart or a failing network does. */
async function breakLock(): Promise<void> {
  const holders = `FROM pg_locks JOIN pg_stat_activity AS a USING (pid)
    WHERE locktype = 'advisory' AND granted AND a.datname = current_database()
      AND a.application_name = 'read-api-triage'`;
  const { rowCount } = await api.pool.query(`SELECT pg_terminate_backend(pid) ${holders}`);
  expect(rowCount).toBe(1);
  await until('the lock is free', async () => {
    const { rowCount: left } = await api.pool.query(`SELECT ${holders}`);
    return left === 0;
  });
}

const detailOf = ({ body }: Answer): string => body.detail;

describe('the connection that holds the lock of an item breaks', () => {
  it('before the append: a 503, and nothing was changed', async () => {
    const uid = await submitted();
    const before = api.log.appended.length;
    api.log.beforeBounds = breakLock;
    const answer = await patch(uid, 1, { status: 'planned' });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
    expect(detailOf(answer)).toContain('nothing was changed');
    expect(api.log.appended).toHaveLength(before);
    expect((await patch(uid, 1, { status: 'planned' })).body).toMatchObject({ version: 2 });
  });

  it('during the append: a 503 that does not claim to know, and the item tells', async () => {
    const uid = await submitted();
    api.log.beforeAppend = breakLock;
    const answer = await patch(uid, 1, { status: 'planned' });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(detailOf(answer)).toContain('not known whether the change was stored');
    expect((await read(uid)).body).toMatchObject({ version: 2, status: 'planned' });
    expect((await patch(uid, 1, { status: 'done' })).status).toBe(412);
    expect((await patch(uid, 2, { status: 'done' })).body).toMatchObject({ version: 3 });
  });

  it.each([
    ['that was submitted long ago', second(1)],
    // The gateway takes what is up to a day ahead of its clock.
    ['whose request is of tomorrow', Date.now() + DAY],
  ])(
    'during the append, and another makes the same version of an item %s: what was answered stands',
    async (_what, time) => {
      for (let attempt = 0; attempt < 5; attempt++) {
        const uid = await submitted(time);
        let other: Answer | undefined;
        api.log.beforeAppend = async () => {
          await breakLock();
          other = await patch(uid, 1, { status: 'planned', actor: 'other' });
        };
        const answer = await patch(uid, 1, { status: 'declined', actor: 'overtaken' });
        expect([answer.status, other?.status]).toEqual([503, 200]);
        const { position, ...item } = other!.body;
        expect(position).toMatch(/^jimo\.feedback/);
        expect((await read(uid)).body).toEqual(item);
        expect(item).toMatchObject({ version: 2, history: [{ version: 2, actor: 'other' }] });
      }
    },
  );
});
