import { PROJECTIONS } from '@app/projections';
import { until } from '@app/testing/infra';
import { execute } from '../support/databases';
import { newestRebuild } from '../support/jobs';
import { activeSchema, digests, generationsOf, progressOf } from '../support/read-models';
import { goesOn, isReady, Rig } from '../support/rig';

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({
    partitions: 4,
    life: { seed: 23, jimers: 1_000, experiences: 40, events: 200_000 },
    atFirst: 6_000,
  });
}, 180_000);

afterEach(() => rig.endProjectors(), 60_000);

afterAll(() => rig?.stop(), 60_000);

/** A database that a projector has brought up to date and then left. */
async function filled(name: string): Promise<string> {
  const url = await rig.database(name);
  rig.projector(url);
  await rig.caughtUp(url);
  await rig.endProjectors();
  return url;
}

/** As if the tables had been filled by an older declaration of the journeys. */
const ofVersion0 = (url: string): Promise<void> =>
  execute(
    url,
    `UPDATE engine.generation SET version = 0, fingerprint = 'of version 0' WHERE projection = 'journeys'`,
  );

const { version } = PROJECTIONS.find(({ name }) => name === 'journeys')!;

describe('a raised version', () => {
  it('is built by the projector itself, beside the older one that serves meanwhile', async () => {
    const url = await filled('raised');
    await ofVersion0(url);
    const older = await activeSchema(url, 'journeys');
    const feed = rig.log.feed(200);
    const app = rig.projector(url);
    await until('the switch', async () => (await activeSchema(url, 'journeys')) !== older);
    await feed.stop();
    expect(app.log).toContain('the version was raised: its generation is being built');
    expect(await generationsOf(url, 'journeys')).toMatchObject([
      { version: 0, state: 'standby' },
      { version, state: 'active' },
    ]);
    await rig.expectUndisturbed(url);
  });

  it('waits for "ops rebuild" where builds are manual', async () => {
    const url = await filled('manual');
    await ofVersion0(url);
    const older = await activeSchema(url, 'journeys');
    const rows = await digests(url);
    const app = rig.projector(url, { PROJECTION_BUILDS: 'manual' });
    await isReady(app);
    await until('the advice', () => app.log.includes('build this one with \\"ops rebuild journeys\\"'));
    expect(await newestRebuild(url, 'journeys')).toBeUndefined();
    expect(await activeSchema(url, 'journeys')).toBe(older);
    expect(await digests(url)).toEqual(rows);
    expect((await rig.ops(url, 'rebuild', 'journeys')).code).toBe(0);
    // The projector, which had no generation to fill, takes this one up by itself.
    await rig.log.append(500);
    await rig.expectUndisturbed(url);
  });
});

describe('tables of another declaration under the same version', () => {
  it('are not touched: the projector names the projection, says what to do, and ends non-zero', async () => {
    const url = await filled('mismatched');
    await execute(
      url,
      `UPDATE engine.generation SET fingerprint = 'other columns' WHERE projection = 'journeys'`,
    );
    const rows = await digests(url);
    await rig.log.append(500);
    const app = rig.projector(url);
    await until('its end', () => !app.running);
    expect(app.exitCode).toBe(1);
    expect(app.log).toMatch(/projection journeys: .*raise the version/);
    expect(await digests(url)).toEqual(rows);
    const { code, stderr } = await rig.ops(url, 'rebuild', 'journeys');
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toMatch(/projection journeys: .*raise the version/);
  });
});

describe('a paused projection', () => {
  it('stands still across a restart while the others go on, and catches up when it is resumed', async () => {
    const url = await filled('paused');
    rig.projector(url);
    expect((await rig.ops(url, 'pause', 'journeys', '--reason', 'a look at it')).code).toBe(0);
    const feed = rig.log.feed(300);
    try {
      await goesOn(url);
      const still = (await digests(url))['journey'];
      await rig.endProjectors();
      const restarted = rig.projector(url);
      await isReady(restarted);
      await goesOn(url);
      expect((await digests(url))['journey']).toEqual(still);
      const { stdout } = await rig.ops(url, 'status', '--json');
      expect(stdout).toContain('"pausedReason": "a look at it"');
      expect((await rig.ops(url, 'resume', 'journeys')).code).toBe(0);
      const before = await progressOf(url);
      await until('it to go on', async () => (await progressOf(url)) > before + 500);
    } finally {
      await feed.stop();
    }
    await rig.expectUndisturbed(url);
  });
});
