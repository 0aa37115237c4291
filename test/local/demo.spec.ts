import { execFile } from 'node:child_process';

import {
  opsCommand,
  type RunningSystem,
  startServers,
  type Servers,
  startSystem,
  until,
} from '@app/testing/infra';
import { eventOf, jimer } from '../support/events';

jest.setTimeout(600_000);

let servers: Servers;
let system: RunningSystem;

beforeAll(async () => {
  servers = await startServers();
  system = await startSystem({
    env: { KAFKA_BROKERS: servers.brokers, DATABASE_URL: servers.databaseUrl },
  });
}, 300_000);

afterAll(async () => {
  await system?.stop();
  await servers?.stop();
}, 60_000);

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in another terminal, which knows of the system nothing but its folder. */
function ops(...words: string[]): Promise<Result> {
  const { command, args } = opsCommand(...words);
  const env = { ...process.env, DATA_DIR: system.dataDir };
  return new Promise((resolve) => {
    execFile(command, args, { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr });
    });
  });
}

async function listed(list: string): Promise<number> {
  const answer = await fetch(`${system.info.readApi}/v1/${list}?workspace=demo`, {
    headers: { authorization: 'Bearer dev-read-token' },
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { items: unknown[] }).items.length;
}

const LISTS = ['jimers', 'experiences', 'feedback'];
const isShown = () =>
  until('the demo in every list', async () => {
    for (const list of LISTS) if ((await listed(list)) === 0) return false;
    return true;
  });

async function send(event: object): Promise<void> {
  const answer = await fetch(`${system.info.gateway}/webhooks/jimo`, {
    method: 'POST',
    headers: { authorization: 'Bearer dev-webhook-token', 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  expect(answer.status).toBe(202);
}

describe('npm run demo, on a Kafka and a PostgreSQL of the user', () => {
  it('uses what is there', () => {
    expect(system.info.kafka).toEqual({ brokers: servers.brokers, managed: false });
    expect(system.info.database).toEqual({ url: servers.databaseUrl, managed: false });
    expect(Object.keys(system.info.parts)).not.toEqual(expect.arrayContaining(['kafka']));
  });

  it('sends a month of events into its own workspace, all accepted, and prints calls that show them', async () => {
    const { stdout } = await ops('demo', '--events', '2000');
    expect(stdout).toMatch(/sent \d{4} events in .* s: \d{4} accepted\n/);
    const calls = [...stdout.matchAll(/^curl -s '([^']+)' -H 'authorization: Bearer ([^']+)'$/gm)];
    expect(calls).toHaveLength(6);
    for (const [, url, token] of calls) {
      // Until the projections have come so far.
      const body = await until(`an answer of ${url}`, async () => {
        const answer = await fetch(url!, { headers: { authorization: `Bearer ${token}` } });
        return answer.ok && ((await answer.json()) as { items?: { workspace?: string }[] });
      });
      if (body.items) expect(body.items).not.toHaveLength(0);
      for (const { workspace } of body.items ?? []) expect([undefined, 'demo']).toContain(workspace);
    }
    await isShown();
  });

  it('is removed wholly: it stays away after a rebuild, and verification is clean', async () => {
    const removed = await ops('demo', '--remove', '--yes');
    expect(removed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The demo is removed') as string,
    });
    for (const list of LISTS) expect([list, await listed(list)]).toEqual([list, 0]);
    for (const name of ['experiences', 'journeys'])
      expect(await ops('rebuild', name)).toMatchObject({ code: 0 });
    const verified = await ops('verify');
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('experiences: clean')]);
    for (const list of LISTS) expect([list, await listed(list)]).toEqual([list, 0]);
    expect(await ops('demo', '--remove', '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing') as string,
    });
  });

  it('comes again with other people, and only with --yes where there are events of others', async () => {
    await send(eventOf('tour.started', Date.now(), { jimer: jimer() }));
    await until('the event of others', async () => {
      const answer = await fetch(`${system.info.readApi}/v1/jimers?workspace=default`, {
        headers: { authorization: 'Bearer dev-read-token' },
      });
      return ((await answer.json()) as { items: unknown[] }).items.length === 1;
    });
    const refused = await ops('demo', '--events', '500');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Add --yes')]);
    expect(await ops('demo', '--events', '500', '--yes')).toMatchObject({ code: 0 });
    await isShown();
  });
});

describe('the command line beside a running system', () => {
  it.each([
    ['topics'],
    ['migrate'],
    ['setup'],
    ['users'],
    ['jobs'],
    ['dead-letters', 'list'],
    ['quarantine'],
    ['unrecognized'],
  ])('finds it by itself: %s', async (...words) => {
    expect(await ops(...words)).toMatchObject({ code: 0 });
  });

  it.each([
    [['dead-letters', 'replay', 'journeys', 'abc'], '"abc" is not the id of a dead letter'],
    [['dead-letters', 'replay', 'journeys', '17'], 'no dead letter that waits: 17'],
    [['dead-letters', 'discard', '1.5', '--reason', 'x'], '"1.5" is not the id of a dead letter'],
    [['jobs', 'cancel', 'abc'], '"abc" is not the id of a job'],
    [['jobs', 'cancel', '999999'], 'There is no job 999999'],
    [['pause', 'journey'], 'There is no projection journey'],
    [['token', 'raed'], 'There is no grant "raed"'],
    [['erase', '--file', '/nope'], '/nope does not exist'],
    [['quarantine', 'discard', 'abc', '--reason', 'x'], '"abc" is not the id of an event'],
    [['quarantine', 'replay'], '--all'],
    [['status', 'now'], 'too many arguments'],
    [['verfy'], 'Did you mean verify?'],
  ])('refuses what cannot be meant: %j', async (words, said) => {
    expect(await ops(...words)).toMatchObject({ code: 1, stderr: expect.stringContaining(said) as string });
  });

  it('has stored no job for any of them', async () => {
    const { stdout } = await ops('jobs', 'list', '--json');
    const { items } = JSON.parse(stdout) as { items: { kind: string; finishedAt: string | null }[] };
    expect(items.filter(({ kind, finishedAt }) => kind === 'replay' || finishedAt === null)).toEqual([]);
  });

  it('cancels a job that no projector takes', async () => {
    expect(await ops('pause', 'jimers')).toMatchObject({ code: 0 });
    const asked = await fetch(`${system.info.readApi}/v1/projections/jimers/verify`, {
      method: 'POST',
      headers: { authorization: 'Bearer dev-admin-token' },
    });
    const { job } = (await asked.json()) as { job: { id: string } };
    const { code, stdout } = await ops('jobs', 'cancel', job.id);
    // It may have been done before.
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^job ${job.id} \\(verify jimers\\)( had ended before)?: `)),
    ]);
    expect(await ops('resume', 'jimers')).toMatchObject({ code: 0 });
  });

  it('shows, replays and discards what the gateway could not accept', async () => {
    for (const n of [1, 2])
      await send({
        ...eventOf('tour.started', Date.now() - n * 1_000, { jimer: jimer() }),
        experience: { uid: 'no uuid' },
      });
    const totals = await until('both in the quarantine', async () => {
      const { stdout } = await ops('quarantine', '--json');
      const { items } = JSON.parse(stdout) as { items: { count: string; event: string; reason: string }[] };
      return items[0]?.count === '2' && items;
    });
    expect(totals).toMatchObject([
      { count: '2', event: 'tour.started', reason: expect.stringContaining('experience.uid') as string },
    ]);
    const { items } = JSON.parse((await ops('quarantine', 'list', '--json')).stdout) as {
      items: { id: string }[];
    };
    expect(items).toHaveLength(2);
    const [first] = items;
    expect((await ops('quarantine', 'show', first!.id)).stdout).toContain('no uuid');
    const replayed = await ops('quarantine', 'replay', first!.id);
    expect([replayed.code, replayed.stdout, replayed.stderr]).toEqual([
      1,
      '0 of 1 replayed\n',
      expect.stringContaining(`${first!.id}: still rejected: experience.uid`),
    ]);
    expect(await ops('quarantine', 'discard', '--all', '--reason', 'a test')).toMatchObject({
      code: 0,
      stdout: '2 of 2 discarded\n',
    });
    await until(
      'none in the quarantine',
      async () => (await ops('quarantine')).stdout === 'No open events.\n',
    );
  });

  it('tells its version, and in its help the settings, the projections and examples', async () => {
    expect((await ops('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { stdout } = await ops('rebuild', '--help');
    expect(stdout).toContain('Projections: journeys, surveys');
    expect(stdout).toContain('DATABASE_URL');
    expect(stdout).toContain('npm run ops -- rebuild journeys');
  });
});
