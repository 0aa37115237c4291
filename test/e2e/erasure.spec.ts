import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_TOPICS, type EventName } from '@app/catalog';
import { reachOf, startSystem, until, type RunningSystem } from '@app/testing/infra';
import { ConfigResourceTypes, type Admin } from 'kafkajs';
import { eventOf, experience, jimer, nextTime, user } from '../support/events';
import { Client, type Accepted, type Answer } from '../support/http';
import { kafkaOf } from '../support/log';
import { ops, type OpsResult } from '../support/ops';
import { digests } from '../support/read-models';

jest.setTimeout(400_000);

const [GONE, STAYS] = [randomUUID(), randomUUID()];
const [WHAT, SURVEY, LIST] = [randomUUID(), randomUUID(), randomUUID()];
const STEP = { uid: randomUUID(), name: 'How likely?', indexOrder: 0, type: 'TEXT_LONG' };
const DAY = 86_400_000;
/** Lists and answers in which a jimer can stand. */
const READS = [
  '/v1/jimers',
  '/v1/feedback',
  '/v1/quarantine',
  '/v1/unrecognized',
  `/v1/experiences/${WHAT}/jimers`,
  `/v1/experiences/${SURVEY}/answers/${STEP.uid}`,
  `/v1/experiences/${SURVEY}/responses`,
  '/v1/dead-letters',
  '/v1/activity',
];
const OF_JIMER = (uid: string) => ['', '/journey', '/timeline'].map((path) => `/v1/jimers/${uid}${path}`);

let system: RunningSystem;
let client: Client;
let admin: Admin;
let run: (...args: string[]) => Promise<OpsResult>;

beforeAll(async () => {
  system = await startSystem({ env: { KAFKA_TOPIC_PARTITIONS: '3', PROJECTION_VERIFY_HOURS: '0' } });
  client = new Client(system.info.gateway, system.info.readApi);
  admin = kafkaOf(system.info).admin();
  await admin.connect();
  run = (...args) => ops(reachOf(system.info), ...args);
});

afterAll(async () => {
  await admin?.disconnect();
  await system?.stop();
});

/** What someone does, from whom nothing is to be left: each says the mark in whatever text there is. */
function lifeOf(uid: string, mark: string, title: string): unknown[] {
  const who = jimer({ uid, identifyToken: mark, username: mark, email: `${mark}@example.com` });
  const on = (name: EventName, objects: object) => eventOf(name, nextTime(), { jimer: who, ...objects });
  return [
    on('tour.started', { experience: experience({ uid: WHAT, title }) }),
    on('tour.completed', { experience: experience({ uid: WHAT, title }) }),
    on('survey.step.answered', {
      ...{ experience: experience({ uid: SURVEY, title, type: 'SURVEY' }), step: STEP },
      answer: { uid: randomUUID(), value: `${mark} says so` },
    }),
    on('checklist.task.completed', {
      experience: experience({ uid: LIST, title, type: 'CHECKLIST' }),
      task: { uid: 'task-1', name: `Task of ${title}` },
    }),
    on('post.commented', { post: experience({ type: 'POST' }), comment: { text: `${mark} comments` } }),
    on('request.created', { request: { uid: `request-${mark}`, title: `${mark} wants` } }),
    { ...on('tour.started', {}), experience: { title: mark } },
    { event: 'usage.limit', time: nextTime(), about: [{ person: uid.toUpperCase(), name: mark }] },
  ];
}

async function send(events: readonly unknown[]): Promise<readonly Accepted[]> {
  const { status, body } = await client.postBatch(events);
  expect(status).toBe(202);
  return body;
}

/** Of each partition the last, once the read models show it. */
async function shown(accepted: readonly Accepted[]): Promise<void> {
  const after = accepted.map(({ position }) => position);
  for (const path of ['/v1/jimers', '/v1/feedback', '/v1/quarantine', '/v1/unrecognized', '/v1/experiences'])
    expect((await client.get(path, ...after)).status).toBe(200);
}

async function everything(paths: readonly string[]): Promise<string> {
  const texts = await Promise.all(paths.map(async (path) => (await client.get(path)).text));
  return texts.join('\n');
}

interface Asked {
  readonly job: { readonly id: string; readonly kind: string };
}

const remove = (uid: string, query = '', token = 'dev-admin-token'): Promise<Answer<Asked>> =>
  new Client(system.info.gateway, system.info.readApi, undefined, token).delete(`/v1/jimers/${uid}${query}`);

async function erased(uid: string): Promise<void> {
  const {
    status,
    headers,
    body: { job },
  } = await remove(uid);
  expect([status, job.kind]).toEqual([202, 'erase']);
  const done = await until('the erasure', async () => {
    const { body } = await client.get<{ state: string }>(headers.get('location')!);
    return body.state === 'queued' || body.state === 'running' ? undefined : body;
  });
  expect(done).toMatchObject({ state: 'succeeded' });
}

const isGone = (text: string): boolean => !text.includes('mark-gone') && !text.toLowerCase().includes(GONE);

async function setLags(min: number, max: number, segments: number): Promise<void> {
  await admin.alterConfigs({
    validateOnly: false,
    resources: ALL_TOPICS.map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configEntries: [
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'retention.ms', value: '-1' },
        { name: 'retention.bytes', value: '-1' },
        { name: 'min.insync.replicas', value: '1' },
        { name: 'min.compaction.lag.ms', value: String(min) },
        { name: 'max.compaction.lag.ms', value: String(max) },
        { name: 'segment.ms', value: String(segments) },
      ],
    })),
  });
}

describe('a jimer who is erased', () => {
  let before: string;
  let life: unknown[];

  it('is gone from every answer, and nobody else is', async () => {
    const lifecycle = eventOf('tour.published', nextTime(), { experience: experience({ uid: WHAT }), user });
    const others = lifeOf(STAYS, 'mark-stays', 'Older');
    life = lifeOf(GONE, 'mark-gone', 'Newest of all');
    const accepted = await send([lifecycle, ...others, ...life]);
    await shown(accepted);
    const change = await client.patch('/v1/feedback/request-mark-gone', '"1"', { note: 'mark-gone again' });
    expect(change.status).toBe(200);
    expect(isGone(await everything([...READS, ...OF_JIMER(GONE)]))).toBe(false);
    before = await everything(OF_JIMER(STAYS));

    await erased(GONE);
    await until('nothing of the jimer', async () => isGone(await everything(READS)));
    for (const path of OF_JIMER(GONE)) expect((await client.get(path)).status).toBe(404);
    expect((await client.get('/v1/feedback/request-mark-gone')).status).toBe(404);
    expect(await everything(OF_JIMER(STAYS))).toBe(before);
    expect((await client.get(`/v1/experiences/${WHAT}`)).body).toMatchObject({ title: 'Newest of all' });
    const { body } = await client.get(`/v1/experiences/${WHAT}/funnel`);
    expect(body).toMatchObject({ totals: { saw: 1, started: 1, completed: 1 } });
    const counts = await everything([`/v1/experiences/${SURVEY}/answers`, `/v1/experiences/${LIST}/tasks`]);
    expect(counts).toContain('Task of Newest of all');
    expect(isGone(counts)).toBe(true);
  });

  it('does not come back with a late delivery, and what the log holds equals the tables', async () => {
    const late = lifeOf(GONE, 'mark-gone', 'Even later');
    await shown(await send([...life.slice(0, 2), ...late]));
    expect(isGone(await everything(READS))).toBe(true);
    // Not all of it has a tombstone yet.
    const check = await run('erase', '--check', GONE);
    expect([check.code, check.stdout]).toEqual([2, expect.stringContaining('records remain')]);
    const { code, stdout, stderr } = await run('erase', GONE);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^people erased: 1; records with a tombstone: [1-9]/);
    const after = await run('erase', '--check', GONE, STAYS);
    expect(after.stdout).toMatch(new RegExp(`${GONE}: waits for compaction`));
    expect(after.stdout).toMatch(new RegExp(`${STAYS}: data remains`));
    const verified = await run('verify');
    expect({ code: verified.code, said: verified.code === 0 ? '' : verified.stdout }).toEqual({
      code: 0,
      said: '',
    });
  });

  it('is gone from the log once it is compacted, where nothing else is written too', async () => {
    const tables = await digests(system.info.database.url);
    await setLags(0, 1_000, 1_000);
    const goneFor = async (): Promise<boolean> => {
      // Without a jimer to be erased it looks after what was tombstoned before.
      expect((await run('erase', '--again')).code).toBe(0);
      return (await run('erase', '--check', GONE)).code === 0;
    };
    await until('compaction', goneFor, { deadlineMs: 150_000, everyMs: 3_000 });
    await setLags(7 * DAY, 14 * DAY, 7 * DAY);

    const verified = await run('verify');
    expect({ code: verified.code, said: verified.code === 0 ? '' : verified.stdout }).toEqual({
      code: 0,
      said: '',
    });
    for (const projection of ['experiences', 'surveys', 'journeys', 'feedback'])
      expect((await run('rebuild', projection)).code).toBe(0);
    expect(await digests(system.info.database.url)).toEqual(tables);
    expect(await everything(OF_JIMER(STAYS))).toBe(before);
  });

  it('stands in no log file', () => {
    const texts = globSync('logs/*.log', { cwd: system.dataDir }).map((path) =>
      readFileSync(join(system.dataDir, path), 'utf8'),
    );
    const all = [...texts, ...system.output()].join('\n');
    expect(all.length).toBeGreaterThan(0);
    expect(isGone(all)).toBe(true);
  });
});

it('refuses what it cannot do, and says why', async () => {
  const unknown = randomUUID();
  expect((await remove(unknown)).status).toBe(404);
  expect((await remove(unknown, '', 'dev-triage-token')).status).toBe(403);
  expect((await remove(unknown, '?workspace=default')).status).toBe(202);
  const notKnown = await run('erase', randomUUID());
  expect([notKnown.code, notKnown.stderr]).toEqual([1, expect.stringContaining('--workspace')]);
  const odd = await run('erase', 'sam');
  expect([odd.code, odd.stderr]).toEqual([1, expect.stringContaining('Not the uid of a jimer: sam')]);
  expect((await run('erase')).code).toBe(1);
});
