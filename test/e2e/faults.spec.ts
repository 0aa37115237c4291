import type { AppProcess } from '../support/app-process';
import { execute, holdingLock } from '../support/databases';
import { activeSchema, deadLettersIn, digests, progressOf } from '../support/read-models';
import { isNotReady, isReady, Rig, share } from '../support/rig';

let rig: Rig;
let url: string;
let app: AppProcess;

beforeAll(async () => {
  rig = await Rig.start({
    partitions: 4,
    life: { seed: 31, jimers: 1_000, experiences: 40, events: 50_000 },
    atFirst: 3_000,
  });
  url = await rig.database('faulty');
  app = rig.projector(url);
  await share(rig.partitions, app);
  await rig.caughtUp(url);
}, 180_000);

afterAll(() => rig?.stop(), 60_000);

describe('a fault of the infrastructure', () => {
  it.each([
    ['53100', 'no space left on device'],
    ['40001', 'could not serialize access due to concurrent update'],
    ['40P01', 'deadlock detected'],
    ['55P03', 'canceling statement due to lock timeout'],
    ['57014', 'canceling statement due to statement timeout'],
  ])('is retried until it has passed, and never a dead letter (SQLSTATE %s, %s)', async (code, message) => {
    const table = `${await activeSchema(url, 'journeys')}.touch`;
    await execute(
      url,
      `CREATE FUNCTION faulty() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION '${message}' USING ERRCODE = '${code}'; END $$;
       CREATE TRIGGER faulty BEFORE INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION faulty()`,
    );
    const before = (await digests(url))['touch'];
    await rig.log.append(500);
    await isNotReady(app, message);
    expect((await digests(url))['touch']).toEqual(before);
    expect(await deadLettersIn(url)).toBe(0);
    await execute(url, 'DROP FUNCTION faulty CASCADE');
    await rig.expectUndisturbed(url);
    await isReady(app);
    // It has waited in its group: nothing was assigned anew.
    expect(app.running).toBe(true);
    expect(app.log.split('partitions assigned')).toHaveLength(2);
  });

  it('may be a lock that somebody holds: the batch waits for it', async () => {
    const table = `${await activeSchema(url, 'journeys')}.touch`;
    await holdingLock(url, table, 'SHARE', async (someoneWaits) => {
      const before = await progressOf(url);
      await rig.log.append(500);
      await someoneWaits();
      expect(await deadLettersIn(url)).toBe(0);
      expect(before).toBeLessThan(rig.log.offsetsFor('journey-projector'));
    });
    await rig.expectUndisturbed(url);
  });
});
