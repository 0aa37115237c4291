import { randomUUID } from 'node:crypto';
import { startSystem, until, type RunningSystem } from '@app/testing';
import { ask } from '../support/databases';
import { experience, jimer } from '../support/events';
import { Client, type List } from '../support/http';
import { follow, isCheckout, ProjectCopy, recipeIn } from './project-copy';

/** A read model and an event are added to a copy of the project as docs/development.md says, and found everywhere. */
jest.setTimeout(900_000);

if (!isCheckout) process.stderr.write('nothing is added to a copy: this is no checkout of git\n');
const describeCopy = isCheckout ? describe : describe.skip;

let copy: ProjectCopy;

interface Operation {
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly description?: string }[];
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, unknown>> }>>;
}
interface OpenApi {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
}

async function done(command: string): Promise<void> {
  const { code, output } = await copy.run(command);
  expect({ command, code, output: code === 0 ? '' : output.slice(-5_000) }).toEqual({
    command,
    code: 0,
    output: '',
  });
}

/** The projections whose digests are others than those that are checked in. */
async function whatVersionsNames(): Promise<string[]> {
  const { output } = await copy.run('npm run test:unit -- --testPathPatterns versions');
  return [...output.matchAll(/✕ (\S+): tables and handlers/g)].map(([, name]) => name!);
}

const FILE_OF: Readonly<Record<string, string>> = { 'set-aside': 'rejected-events' };

function raiseVersion(projection: string): void {
  copy.edit(`libs/projections/src/${FILE_OF[projection] ?? projection}.ts`, (text) =>
    text.replace(/^ {2}version: (\d+),$/m, (_line, version: string) => `  version: ${Number(version) + 1},`),
  );
}

beforeAll(async () => {
  copy = new ProjectCopy();
  const page = copy.read('docs/development.md');
  const model = recipeIn(page, 'Adding a read model');
  const event = recipeIn(page, 'Adding an event');
  expect(model.edits.map(({ kind }) => kind)).toEqual(['new file', 'change']);
  expect(event.edits.map(({ kind }) => kind)).toEqual(['change']);

  follow(copy, model);
  await done(model.commands[0]!);
  follow(copy, event);
  const named = await whatVersionsNames();
  // The new one has no version that ran without the event, and the others do nothing with it.
  expect(named.sort()).toEqual(['dismissers', 'experiences', 'jimers', 'journeys']);
  for (const each of named) raiseVersion(each);
  for (const command of new Set([...event.commands, ...model.commands])) await done(command);
});

afterAll(() => copy?.remove());

describeCopy('one file and one line, one class and one entry', () => {
  it('are all that was written by hand, and pass the checks before a commit', async () => {
    await done('npm run typecheck');
    await done(
      'npm run test:unit -- --testPathPatterns libs/catalog libs/projections libs/contracts apps/read-api/src/docs',
    );
  });

  it('are in OpenAPI: list, filters, CSV and single read, each with its sentence', () => {
    const { paths, tags } = copy.json<OpenApi>('apps/read-api/openapi.json');
    const { get: list } = paths['/v1/dismissers']!;
    expect(list.summary).toBe('End users who have dismissed what they were shown');
    const names = list.parameters.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['workspace', 'limit', 'cursor', 'experienceUid', 'q']));
    expect(Object.keys(list.responses['200']!.content).sort()).toEqual([
      'application/json',
      'application/x-ndjson',
      'text/csv',
    ]);
    expect(paths['/v1/dismissers/{uid}']!.get.parameters).toContainEqual(
      expect.objectContaining({ name: 'uid', description: 'The end user.' }),
    );
    expect(tags).toContainEqual({
      name: 'dismissers',
      description: 'End users who have dismissed what they were shown.',
    });
  });

  it('are in what is derived for others: the client, SQL views, contracts and versions', () => {
    expect(copy.read('libs/client/src/schema.ts')).toContain('"/v1/dismissers/{uid}"');
    expect(copy.read('docs/sql-views.md')).toContain('### dismisser_days');
    expect(copy.read('contracts/asyncapi.json')).toContain('banner.dismissed');
    expect(copy.json<object>('libs/projections/src/versions.json')).toHaveProperty('dismissers');
  });

  it('are in the words of the console', () => {
    expect(copy.read('libs/client/src/projections.ts')).toContain(
      "dismissers: 'Users who dismiss what they are shown'",
    );
    expect(copy.read('libs/client/src/event-meanings.ts')).toContain("'banner.dismissed': 'dismissal'");
  });
});

describeCopy('in the running system', () => {
  let system: RunningSystem;
  let client: Client;
  const [sam, ana] = ['Sam', 'Ana'].map((username) => jimer({ username, identifyToken: username }));
  const banner = experience({ type: 'BANNER', title: 'News' });
  const TIME = Date.UTC(2025, 1, 3, 10);

  async function dismiss(who: unknown, time: number, what = banner): Promise<string> {
    const event = { event: 'banner.dismissed', version: '0', time, jimer: who, experience: what };
    const { body } = await client.post(event);
    expect(body.status).toBe('accepted');
    return body.position;
  }
  let positions: string[];

  beforeAll(async () => {
    system = await startSystem({ root: copy.root });
    client = new Client(system.info.gateway, system.info.readApi);
    positions = [
      await dismiss(sam, TIME),
      await dismiss(sam, TIME + 60_000),
      await dismiss(ana, TIME + 30_000, experience({ type: 'BANNER' })),
    ];
  });

  afterAll(() => system?.stop());

  const namesIn = async (query: string): Promise<unknown[]> => {
    const { body } = await client.get<List>(`/v1/dismissers${query}`, ...positions);
    return body.items.map(({ username }) => username);
  };

  it('the API answers its list, filtered and paged, its single read and its CSV', async () => {
    expect(await namesIn('')).toEqual(['Sam', 'Ana']);
    expect(await namesIn('?q=sAM')).toEqual(['Sam']);
    expect(await namesIn(`?experienceUid=${String(banner['uid'])}`)).toEqual(['Sam']);
    expect((await client.get(`/v1/dismissers?experienceUid=no`)).status).toBe(400);
    const first = await client.get<List>('/v1/dismissers?limit=1', ...positions);
    const next = await client.get<List>(`/v1/dismissers?limit=1&cursor=${first.body.nextCursor}`);
    expect(next.body.items).toMatchObject([{ username: 'Ana' }]);
    expect((await client.get(`/v1/dismissers/${String(sam!['uid'])}`)).body).toEqual({
      uid: sam!['uid'],
      workspace: 'default',
      username: 'Sam',
      event: 'banner.dismissed',
      experienceUid: banner['uid'],
      firstAt: new Date(TIME).toISOString(),
      lastAt: new Date(TIME + 60_000).toISOString(),
    });
    expect((await client.get(`/v1/dismissers/${randomUUID()}`)).status).toBe(404);
    const csv = await fetch(`${system.info.readApi}/v1/dismissers`, {
      headers: { authorization: 'Bearer dev-read-token', accept: 'text/csv' },
    });
    expect((await csv.text()).split('\r\n')[0]).toBe(
      'uid,workspace,username,event,experienceUid,firstAt,lastAt',
    );
  });

  it('SQL shows its view and its tally, with comments', async () => {
    const { url } = system.info.database;
    expect(await ask(url, 'SELECT day::text, dismissers::int FROM read_models.dismisser_days')).toEqual([
      { day: '2025-02-03', dismissers: 2 },
    ]);
    const [comment] = await ask(url, `SELECT obj_description('read_models.dismisser'::regclass) AS text`);
    expect(comment).toEqual({ text: 'End users who have dismissed what they were shown.' });
  });

  it('the event moves the read models that were there before', async () => {
    const { body } = await client.get(`/v1/jimers/${String(sam!['uid'])}/journey`, ...positions);
    expect(body).toMatchObject({ experiences: [{ title: 'News', state: 'dismissed' }] });
  });

  it('it is one of the projections, and verified against the log', async () => {
    const { body } = await client.get<List>('/v1/projections');
    expect(body.items.map(({ name }) => name)).toContain('dismissers');
    await done(`DATA_DIR=${system.dataDir} npm run --silent ops -- verify dismissers`);
  });

  it('the person goes from it when erased', async () => {
    const erased = await fetch(`${system.info.readApi}/v1/jimers/${String(sam!['uid'])}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer dev-admin-token' },
    });
    expect(erased.status).toBe(202);
    await until('the row to be gone', async () => (await namesIn('')).join() === 'Ana', {
      deadlineMs: 60_000,
    });
    const { url } = system.info.database;
    expect(await ask(url, 'SELECT sum(dismissers)::int AS sum FROM read_models.dismisser_days')).toEqual([
      { sum: 1 },
    ]);
  });
});
