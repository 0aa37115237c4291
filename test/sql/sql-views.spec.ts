import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startSystem, until, type RunningSystem } from '@app/testing/infra';
import { ask, execute } from '../support/databases';
import { eventOf, experience, jimer } from '../support/events';
import { Client } from '../support/http';
import { ops } from '../support/ops';

/** The guide for those who read by SQL, followed word for word. */
jest.setTimeout(400_000);

const ROOT = join(__dirname, '../..');
/** Where `.ci/run` installs it. */
const DBT = join(ROOT, '.cache/dbt/bin/dbt');
const runs = spawnSync(DBT, ['--version']).status === 0;
if (!runs)
  process.stderr.write(
    'what dbt does is skipped: "python3 -m venv .cache/dbt && .cache/dbt/bin/pip install -r test/sql/requirements.txt" installs it\n',
  );

let system: RunningSystem;
let client: Client;
let analyst: string;
let guide: string;

/** A command in another terminal finds the system by its folder. */
const atSystem = () => ({ DATA_DIR: system.dataDir });

beforeAll(async () => {
  guide = await readFile(join(ROOT, 'docs/sql-views.md'), 'utf8');
  system = await startSystem({ env: { PROJECTION_VERIFY_HOURS: '0' } });
  client = new Client(system.info.gateway, system.info.readApi);
  for (const sql of blocks(section('Connect'))) await execute(system.info.database.url, sql);
  const url = new URL(/^ {4}(postgresql:\S+)$/m.exec(guide)![1]!);
  url.port = new URL(system.info.database.url).port;
  analyst = url.href;
  expect((await ops(atSystem(), 'demo', '--yes')).code).toBe(0);
}, 300_000);

afterAll(() => system?.stop(), 60_000);

const section = (title: string): string =>
  new RegExp(`^## ${title}\\n([\\s\\S]*?)(?=^## )`, 'm').exec(guide)![1]!;
const blocks = (text: string): string[] =>
  [...text.matchAll(/^```sql\n([\s\S]*?)^```/gm)].map(([, sql]) => sql!);
/** The names of the columns of the tables that the guide shows. */
const headers = (text: string): string[][] =>
  [...text.matchAll(/^(\|.*\|)\n\| -/gm)].map(([, line]) =>
    line!
      .split('|')
      .slice(1, -1)
      .map((name) => name.trim()),
  );

describe('the five questions', () => {
  it('have answers, of the columns that the guide shows', async () => {
    const questions = blocks(section('Five questions'));
    expect(questions).toHaveLength(5);
    const shown = headers(section('Five questions'));
    for (const [i, question] of questions.entries()) {
      const rows = await until(
        `rows of question ${i + 1}`,
        async () => {
          const found = await ask<Record<string, unknown>>(analyst, question);
          return found.length > 0 && found;
        },
        { deadlineMs: 60_000 },
      );
      expect(Object.keys(rows[0]!)).toEqual(shown[i]);
    }
  });
});

(runs ? describe : describe.skip)('the dbt project', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dbt-'));
    const files = [...section('dbt').matchAll(/^`([^`]+)`:\n\n```\w+\n([\s\S]*?)^```/gm)];
    expect(files.map(([, name]) => name)).toEqual([
      'dbt_project.yml',
      'profiles.yml',
      'models/sources.yml',
      'models/journeys.sql',
    ]);
    for (const [, name, text] of files) {
      await mkdir(dirname(join(folder, name!)), { recursive: true });
      await writeFile(join(folder, name!), text!.replace('port: 5432', `port: ${new URL(analyst).port}`));
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const build = (...options: string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };
      execFile(DBT, ['build', ...options], { cwd: folder, env }, (error, stdout) =>
        error ? reject(new Error(stdout)) : resolve(),
      );
    });

  const SOURCE = 'SELECT workspace, jimer_uid, experience_uid, state, completed_at FROM read_models.journey';
  const MODEL = SOURCE.replace('read_models.journey', 'analytics.journeys');
  const differences = async (): Promise<number> =>
    (await ask(analyst, `(${SOURCE} EXCEPT ALL ${MODEL}) UNION ALL (${MODEL} EXCEPT ALL ${SOURCE})`)).length;

  it('holds what the view holds, with what came late and without whom was erased', async () => {
    const [who, what] = [jimer(), experience()];
    const send = async (name: 'tour.started' | 'tour.completed', time: number): Promise<void> => {
      const { body } = await client.post(eventOf(name, time, { jimer: who, experience: what }));
      expect((await client.get(`/v1/jimers/${String(who['uid'])}`, body.position)).status).toBe(200);
    };
    await send('tour.started', Date.now());
    await build();
    expect(await differences()).toBe(0);

    // It happened a month ago and arrives now; the model has newer rows.
    await send('tour.completed', Date.now() - 30 * 86_400_000);
    expect(await differences()).toBeGreaterThan(0);
    await build();
    expect(await differences()).toBe(0);

    const erased = await ops(atSystem(), 'erase', String(who['uid']));
    expect(erased.code).toBe(0);
    expect(await differences()).toBeGreaterThan(0);
    await build();
    expect(await differences()).toBe(0);

    // After a rebuild the next run takes every row, late ones included.
    expect((await ops(atSystem(), 'rebuild', 'journeys')).code).toBe(0);
    const [newest] = await ask<{ at: Date }>(analyst, 'SELECT max(changed_at) AS at FROM analytics.journeys');
    const [oldest] = await ask<{ at: Date }>(
      analyst,
      'SELECT min(changed_at) AS at FROM read_models.journey',
    );
    expect(oldest!.at.getTime()).toBeGreaterThan(newest!.at.getTime());
    await build('--full-refresh');
    expect(await differences()).toBe(0);
  });
});
