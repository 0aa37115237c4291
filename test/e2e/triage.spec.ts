import { setTimeout as pause } from 'node:timers/promises';
import { reachOf, startSystem, until, type RunningSystem } from '@app/testing/infra';
import { eventOf, nextTime } from '../support/events';
import { Client, type Answer, type List } from '../support/http';
import { ops } from '../support/ops';
import { brokenChanges, pathOf, versionIn, type AnsweredChange, type TriagedItem } from '../support/triage';

let system: RunningSystem;
let client: Client;

beforeAll(async () => {
  system = await startSystem();
  const { gateway, readApi, tokens } = system.info;
  client = new Client(gateway, readApi, tokens.webhook['default'], tokens.read['triage']);
}, 300_000);

afterAll(() => system?.stop());

const project = (eventOf('request.created', nextTime()) as { project: { uid: string } }).project;

/** A new item of the backlog that can be read; gives its uid. */
async function submitted(): Promise<string> {
  const event = eventOf('request.created', nextTime(), { project });
  const { uid } = event['request'] as { uid: string };
  const { status, body } = await client.post(event);
  expect([status, body.status]).toEqual([202, 'accepted']);
  expect((await client.get(`/v1/feedback/${uid}`, body.position)).status).toBe(200);
  return uid;
}

const countsOf = async (position: string): Promise<unknown> => {
  const { body } = await client.get(`/v1/feedback/summary?projectUid=${project.uid}`, position);
  const { items, byStatus, merged, tags } = body as {
    items: number;
    byStatus: Record<string, number>;
    merged: number;
    tags: { tag: string; items: number }[];
  };
  const some = Object.fromEntries(Object.entries(byStatus).filter(([, count]) => count > 0));
  return { items, merged, byStatus: some, tags: tags.map(({ tag, items: of }) => [tag, of]) };
};

describe('the backlog of the whole system', () => {
  it('is triaged: the change reads back, in the history, and in the figures of the board', async () => {
    const [uid, duplicate] = [await submitted(), await submitted()];
    const path = `/v1/feedback/${uid}`;
    const before = await client.get(path);
    expect(before.headers.get('etag')).toBe('"1"');
    const change = { status: 'planned', tags: ['ux'], assignee: 'Kim', note: 'Soon', actor: 'Ana' };
    const answer = await client.patch(path, before.headers.get('etag')!, change);
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"2"']);
    const { position, ...item } = answer.body;
    const after = await client.get(path, position as string);
    expect(after.body).toEqual(item);
    expect(after.headers.get('etag')).toBe('"2"');
    expect(item).toMatchObject({
      ...before.body,
      ...{ status: 'planned', tags: ['ux'], assignee: 'Kim', note: 'Soon', version: 2 },
      history: [
        { version: 2, by: 'triage', actor: 'Ana', changes: { status: { from: 'new', to: 'planned' } } },
      ],
    });
    expect(await countsOf(position as string)).toEqual({
      ...{ items: 2, merged: 0, byStatus: { new: 1, planned: 1 }, tags: [['ux', 1]] },
    });

    const stale = await client.patch(path, '"1"', { status: 'done' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"2"']);
    expect(stale.headers.get('content-type')).toContain('application/problem+json');

    const merged = await client.patch(`/v1/feedback/${duplicate}`, '"1"', { mergedInto: uid });
    expect(merged.status).toBe(200);
    const at = merged.body['position'] as string;
    expect((await client.get(path, at)).body).toMatchObject({ version: 2, mergedFrom: [duplicate] });
    expect(await countsOf(at)).toEqual({
      ...{ items: 1, merged: 1, byStatus: { planned: 1 }, tags: [['ux', 1]] },
    });
    const { body } = await client.get<List>('/v1/feedback?status=planned&assignee=Kim');
    expect(body.items.map((one) => one['uid'])).toEqual([uid]);
  });
});

const WRITERS_PER_ITEM = 4;
const ENOUGH = 120;

/** Several people who change the same items at once, and go on whatever happens to the read API. */
class Team {
  readonly answered: AnsweredChange[] = [];
  /** Connections that broke under a request; and answers that a change may have. */
  cut = 0;
  readonly answers = new Map<number, number>();
  private changes = 0;
  private isOver = false;
  private readonly writers: Promise<void>[];

  constructor(uids: readonly string[]) {
    this.writers = uids.flatMap((uid) => Array.from({ length: WRITERS_PER_ITEM }, () => this.write(uid)));
  }

  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.writers);
  }

  private async write(uid: string): Promise<void> {
    const path = pathOf({ workspace: 'default', uid });
    for (let version = 1; !this.isOver;) {
      const actor = `person ${++this.changes}`;
      const answer = await this.ask(() => client.patch(path, `"${version}"`, { note: actor, actor }));
      if (answer?.status === 200) {
        version = answer.body['version'] as number;
        const position = answer.body['position'] as string;
        this.answered.push({ workspace: 'default', uid, version, actor, position });
      } else if (answer?.status === 412) version = versionIn(answer);
      else {
        await pause(50);
        const read = await this.ask(() => client.get<TriagedItem>(path));
        if (read?.status === 200) version = read.body.version;
      }
    }
  }

  /** null without an answer. */
  private async ask<T>(request: () => Promise<Answer<T>>): Promise<Answer<T> | null> {
    try {
      const answer = await request();
      this.answers.set(answer.status, (this.answers.get(answer.status) ?? 0) + 1);
      return answer;
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } };
      if (cause?.code !== 'ECONNREFUSED') this.cut++;
      return null;
    }
  }
}

describe('the read API is killed in the middle of many changes', () => {
  it('every change that was answered is in the history exactly once, and no version was answered twice', async () => {
    const uids = await Promise.all([submitted(), submitted(), submitted(), submitted()]);
    const team = new Team(uids);
    try {
      for (const share of [0.25, 0.5]) {
        const done = (): boolean => team.answered.length >= share * ENOUGH;
        await until(`${share} of the changes`, done, { deadlineMs: 90_000, everyMs: 2 });
        const { pid, restarts } = system.now().parts['read-api']!;
        process.kill(pid!, 'SIGKILL');
        const again = (): boolean => system.now().parts['read-api']!.restarts > restarts;
        await until('the read API again', again);
      }
      await until('the other changes', () => team.answered.length >= ENOUGH, { deadlineMs: 90_000 });
    } finally {
      await team.finish();
    }
    // Otherwise this would show nothing.
    expect(team.cut).toBeGreaterThan(0);
    expect(team.answers.get(412)).toBeGreaterThan(0);
    expect([...team.answers.keys()].filter((status) => ![200, 412, 503].includes(status))).toEqual([]);

    const items = new Map<string, TriagedItem>();
    for (const uid of uids) {
      const path = pathOf({ workspace: 'default', uid });
      const positions = team.answered.filter((change) => change.uid === uid).map(({ position }) => position);
      const read = await client.get<TriagedItem>(path, positions.join(','));
      expect({ status: read.status, text: read.text }).toMatchObject({ status: 200 });
      items.set(path, read.body);
    }
    expect(brokenChanges(team.answered, items)).toEqual([]);

    const env = reachOf(system.info);
    const { code, stdout } = await ops(env, 'verify', 'feedback');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('clean') as string });
  }, 300_000);
});
