import { execute, ask } from '../support/databases';
import { activeSchema } from '../support/read-models';
import { Rig } from '../support/rig';

let rig: Rig;
let url: string;
let middle: string;

beforeAll(async () => {
  rig = await Rig.start({
    partitions: 4,
    life: { seed: 41, jimers: 200, experiences: 20, events: 20_000 },
    atFirst: 2_000,
  });
  url = await rig.database('snapshots');
  rig.projector(url);
  await rig.caughtUp(url);
  middle = new Date().toISOString();
  await rig.log.append(1_000);
  await rig.caughtUp(url);
}, 180_000);

afterAll(() => rig?.stop(), 60_000);

const ops = (...args: readonly string[]) => rig.ops(url, ...args);

describe('a snapshot on the command line', () => {
  it('is made, listed, verified, compared and dropped', async () => {
    const made = await ops('rebuild', 'journeys', '--until', middle, '--as', 'middle', '--note', 'halfway');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('clean') as string });
    expect(made.stdout).toContain('journeys: snapshot middle is kept as generation');
    const listed = await ops('snapshots');
    expect(listed.stdout).toMatch(/middle +journeys +kept .* clean +halfway/);

    const verified = await ops('verify', 'journeys', '--snapshot', 'middle');
    expect(verified).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('is as it was made') as string,
    });

    const differs = await ops('diff', 'journeys', 'middle', 'active');
    expect(differs.code).toBe(2);
    expect(differs.stdout).toMatch(/^touch: \d+ added, 0 removed, 0 changed/m);
    expect(differs.stdout).toMatch(/^ {2}saw: \d+ became \d+ \(\+\d+\)$/m);
    const same = await ops('diff', 'journeys', 'active', 'active', '--json');
    expect(same.code).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({ projection: 'journeys', from: { state: 'active' } });

    expect(await ops('snapshots', 'drop', 'middle')).toMatchObject({ code: 0 });
    expect((await ops('snapshots')).stdout).toContain('There are no snapshots.');
    expect(await ask(url, `SELECT nspname FROM pg_namespace WHERE nspname = 'read_models_middle'`)).toEqual(
      [],
    );
  });

  it.each([
    [['rebuild', 'journeys', '--until', middleOfNothing(), '--as', 'Bad'], 'cannot name a snapshot'],
    [['rebuild', 'journeys', '--until', 'yesterday', '--as', 'fine'], 'is not a time with its zone'],
    [['rebuild', 'journeys', '--until', '2999-01-01', '--as', 'fine'], 'has not passed yet'],
    [['rebuild', 'journeys', '--as', 'fine'], 'given together'],
    [['snapshots', 'drop', 'nothing'], 'There is no snapshot nothing'],
    [['verify', '--snapshot', 'nothing'], 'There is no snapshot nothing'],
    [['diff', 'journeys', 'active', 'nothing'], 'has no generation or snapshot nothing'],
    [['diff', 'nothing', '1', '2'], 'There is no projection nothing'],
    [['repair', 'journeys'], 'Give either'],
    [['repair', 'journeys', '--jimer', 'x'], 'is not the uid of a jimer'],
  ])('%j is refused in words', async (args, words) => {
    const { code, stderr } = await ops(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});

function middleOfNothing(): string {
  return '2026-01-01T00:00:00Z';
}

describe('a repair on the command line', () => {
  it('makes clean what somebody has damaged', async () => {
    const schema = await activeSchema(url, 'journeys');
    const [row] = await ask<{ jimer_uid: string }>(url, `SELECT jimer_uid FROM ${schema}.journey LIMIT 1`);
    const uid = row!.jimer_uid;
    await execute(url, `UPDATE ${schema}.journey SET title = 'damaged' WHERE jimer_uid = '${uid}'`);
    await execute(url, `DELETE FROM ${schema}.touch WHERE jimer_uid = '${uid}'`);
    expect((await ops('verify', 'journeys')).code).toBe(2);
    const repaired = await ops('repair', 'journeys', '--jimer', uid);
    expect(repaired).toMatchObject({ code: 0, stdout: expect.stringContaining('corrected') as string });
    expect((await ops('verify', 'journeys')).code).toBe(0);

    await execute(
      url,
      `UPDATE ${schema}.funnel SET saw = saw + 1 WHERE ctid IN (SELECT ctid FROM ${schema}.funnel LIMIT 1)`,
    );
    expect((await ops('verify', 'journeys')).code).toBe(2);
    expect((await ops('repair', 'journeys', '--from-verify')).code).toBe(0);
    expect((await ops('verify', 'journeys')).code).toBe(0);
  });
});
