import { setTimeout as sleep } from 'node:timers/promises';
import { Jobs, workPool } from '@app/engine-postgres';
import { journeys } from '@app/projections';
import { until } from '@app/testing/infra';
import { holdingLock } from '../support/databases';
import { endLeases, newestRebuild, underConstruction } from '../support/jobs';
import { digests, generationsOf } from '../support/read-models';
import { Rig } from '../support/rig';

const PER_SECOND = 300;

let rig: Rig;
let url: string;

beforeAll(async () => {
  rig = await Rig.start({
    partitions: 4,
    life: { seed: 11, jimers: 2_000, experiences: 40, events: 200_000 },
    atFirst: 15_000,
  });
  url = await rig.database('rebuilt');
  rig.projector(url);
  await rig.caughtUp(url);
}, 180_000);

afterAll(() => rig?.stop(), 60_000);

const states = async (): Promise<string[]> =>
  (await generationsOf(url, 'journeys')).map(({ state }) => state);

const serving = async (): Promise<number> =>
  (await generationsOf(url, 'journeys')).find(({ state }) => state === 'active')!.id;

describe('a rebuild whose process is killed', () => {
  beforeAll(() => rig.endProjectors());

  it('goes on with the generation that it began, wherever it was killed', async () => {
    const before = await serving();
    // Within a write of the bulk phase: its rows and checkpoints go together, or not at all.
    const writing = rig.startOps(url, 'rebuild', 'journeys');
    const begun = await underConstruction(url, 'journeys');
    await holdingLock(url, `${begun.schema}.touch`, 'SHARE', async (someoneWaits) => {
      await someoneWaits();
      await writing.kill();
    });
    expect(await underConstruction(url, 'journeys')).toMatchObject({ id: begun.id, state: 'building' });

    // Within the finishing phase: the primary key of the second table is being made.
    await endLeases(url);
    const finishing = rig.startOps(url, 'rebuild', 'journeys');
    await holdingLock(url, `${begun.schema}.touch`, 'ACCESS SHARE', async (someoneWaits) => {
      await someoneWaits();
      await finishing.kill();
    });
    expect(await underConstruction(url, 'journeys')).toMatchObject({ id: begun.id, state: 'building' });
    expect(await serving()).toBe(before);

    // And at three moments that nobody chose.
    const delays = [1, 2, 3].map(() => Math.round(500 + 2_000 * Math.random()));
    for (const delay of delays) {
      await endLeases(url);
      const some = rig.startOps(url, 'rebuild', 'journeys');
      await Promise.race([sleep(delay), some.ended]);
      await some.kill();
      if ((await newestRebuild(url, 'journeys'))?.state === 'succeeded') break;
    }
    await endLeases(url);
    if ((await newestRebuild(url, 'journeys'))?.state !== 'succeeded') {
      const last = await rig.ops(url, 'rebuild', 'journeys');
      expect({ delays, code: last.code }).toEqual({ delays, code: 0 });
      expect(last.stdout).toContain(`generation ${begun.id} serves`);
    }
    expect(await states()).toEqual(['standby', 'active']);
    rig.projector(url);
    await rig.expectUndisturbed(url);
  });
});

describe('a rebuild that nobody works on', () => {
  it('is taken up by a projector', async () => {
    const pool = workPool(url, 'test', 1);
    const { job, isNew } = await new Jobs(pool).request(journeys, 'rebuild', 'a test');
    await pool.end();
    expect(isNew).toBe(true);
    const done = await until('the job', async () => {
      const now = await newestRebuild(url, 'journeys');
      return now?.state === 'succeeded' && now;
    });
    expect(done.id).toBe(job.id);
    expect(done.instance).toMatch(/^journey-projector-/);
    expect(done.outcome).toMatchObject({ generation: await serving() });
    // The one before the last is no longer kept.
    expect(await generationsOf(url, 'journeys')).toMatchObject([
      { state: 'retired', hasSchema: false },
      { state: 'standby', hasSchema: true },
      { state: 'active', hasSchema: true },
    ]);
    await rig.expectUndisturbed(url);
  });

  it('since its process was killed, is taken up where it stood once the lease has run out', async () => {
    const killed = rig.startOps(url, 'rebuild', 'journeys');
    const begun = await underConstruction(url, 'journeys');
    await holdingLock(url, `${begun.schema}.journey`, 'SHARE', async (someoneWaits) => {
      await someoneWaits();
      await killed.kill();
    });
    const done = await until('the job', async () => {
      const now = await newestRebuild(url, 'journeys');
      return now?.state === 'succeeded' && now;
    });
    expect(done.instance).toMatch(/^journey-projector-/);
    expect(done.outcome).toMatchObject({ generation: begun.id });
    await rig.expectUndisturbed(url);
  });
});

describe('two rebuilds at once', () => {
  it('are one, and both say so', async () => {
    const before = await generationsOf(url, 'journeys');
    const both = await Promise.all([1, 2].map(() => rig.ops(url, 'rebuild', 'journeys')));
    const now = await serving();
    for (const { code, stdout, stderr } of both) {
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stdout).toContain(`generation ${now} serves`);
    }
    expect(await generationsOf(url, 'journeys')).toHaveLength(before.length + 1);
    await rig.expectUndisturbed(url);
  });
});

describe('a rebuild that is cancelled', () => {
  it.each([
    ['written', 'SHARE'],
    ['finished', 'ACCESS SHARE'],
  ] as const)(
    'while it is being %s leaves nothing behind, however long a statement takes',
    async (_, mode) => {
      const before = await serving();
      const given = rig.startOps(url, 'rebuild', 'journeys');
      const begun = await underConstruction(url, 'journeys');
      await holdingLock(url, `${begun.schema}.touch`, mode, async (someoneWaits) => {
        await someoneWaits();
        const cancelling = rig.startOps(url, 'rebuild', 'journeys', '--cancel');
        const { code, stderr } = await given.ended;
        expect({ code, stderr }).toMatchObject({ code: 1 });
        expect(stderr).toContain('the rebuild was cancelled');
        // Dropping the tables waits for the lock; who asked for it has its answer before.
        expect(await cancelling.ended).toMatchObject({
          code: 0,
          stdout: 'journeys: the rebuild was cancelled\n',
        });
      });
      await until('its tables to be dropped', async () =>
        (await generationsOf(url, 'journeys')).every(({ id, hasSchema }) => id !== begun.id || !hasSchema),
      );
      expect(await serving()).toBe(before);
      expect((await generationsOf(url, 'journeys')).at(-1)).toMatchObject({
        id: begun.id,
        state: 'cancelled',
      });
    },
  );

  it('can be followed by another', async () => {
    const before = await serving();
    expect((await rig.ops(url, 'rebuild', 'journeys', '--cancel')).code).toBe(1);
    expect((await rig.ops(url, 'rebuild', 'journeys')).code).toBe(0);
    expect(await serving()).toBeGreaterThan(before);
    await rig.expectUndisturbed(url);
  });
});

describe('a roll-back', () => {
  it('shows the generation before, which was kept up to date; another one undoes it', async () => {
    const feed = rig.log.feed(PER_SECOND);
    try {
      expect((await rig.ops(url, 'rebuild', 'journeys')).code).toBe(0);
      const [older, newer] = (await generationsOf(url, 'journeys')).filter(({ hasSchema }) => hasSchema);
      expect([older!.state, newer!.state]).toEqual(['standby', 'active']);
      for (const wanted of [older!, newer!]) {
        const { code, stdout, stderr } = await rig.ops(url, 'rollback', 'journeys');
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(stdout).toContain(`${wanted.schema}, of version ${journeys.version}, serves again`);
        expect(await serving()).toBe(wanted.id);
      }
    } finally {
      await feed.stop();
    }
    await rig.expectUndisturbed(url);
    const rows = await digests(url);
    expect((await rig.ops(url, 'rollback', 'journeys')).code).toBe(0);
    expect(await digests(url)).toEqual(rows);
  });

  it('is not possible once the grace period is over', async () => {
    await rig.endProjectors();
    rig.projector(url, { PROJECTION_GRACE_HOURS: '0' });
    await until('the standby to be dropped', async () =>
      (await generationsOf(url, 'journeys')).every(
        ({ state, hasSchema }) => (state === 'active') === hasSchema,
      ),
    );
    const { code, stderr } = await rig.ops(url, 'rollback', 'journeys');
    expect(code).toBe(1);
    expect(stderr).toContain('no earlier generation of journeys is kept');
    expect((await rig.ops(url, 'rollback', 'journey')).stderr).toContain('There are: journeys,');
    await rig.expectUndisturbed(url);
  });
});
