import { until } from '@app/testing/infra';
import type { AppProcess } from '../support/app-process';
import { ask } from '../support/databases';
import { projectInProcess } from '../support/in-process-projector';
import { createTopics, deleteTopics, GeneratedLog, kafkaAt, withAdmin } from '../support/log';
import { digests, progressOf } from '../support/read-models';
import { goesOn, isReady, readiness, Rig, share } from '../support/rig';

const PARTITIONS = 3;
const LIFE = { jimers: 1_000, experiences: 40, events: 50_000 };

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({ partitions: PARTITIONS, life: { ...LIFE, seed: 41 }, atFirst: 3_000 });
}, 180_000);

afterEach(() => rig.endProjectors(), 60_000);

afterAll(() => rig?.stop(), 60_000);

describe('a topic that gets more partitions while it is read', () => {
  it('is read from all of them, without a wrong row', async () => {
    const url = await rig.database('grown');
    const app = rig.projector(url);
    await share(rig.partitions, app);
    const feed = rig.log.feed(300);
    try {
      await goesOn(url, 300);
      await withAdmin(kafkaAt(rig.servers.brokers), (admin) =>
        admin.createPartitions({ topicPartitions: [{ topic: 'jimo.engagement', count: 2 * PARTITIONS }] }),
      );
      await share(rig.partitions + PARTITIONS, app);
      await until('records of a new partition', async () => (await appliedIn(url, PARTITIONS)) > 0);
    } finally {
      await feed.stop();
    }
    await rig.expectUndisturbed(url);
    expect(app.running).toBe(true);
  });
});

/** Offsets behind the journeys in a partition of the engagement topic. */
async function appliedIn(url: string, partition: number): Promise<number> {
  const [row] = await ask<{ next: number }>(
    url,
    `SELECT max(next_offset)::integer AS next FROM engine.checkpoint WHERE topic = 'jimo.engagement' AND partition >= $1`,
    [partition],
  );
  return row!.next;
}

describe('a topic that was deleted and made anew', () => {
  it.each([
    // A partition that by chance has fewer than before says so first.
    ['more', 20_000, /the record before it is not the one that was applied|but the log holds 0 to/],
    ['fewer', 1_000, /but the log holds 0 to/],
  ])(
    'with %s records than the checkpoints say: is not applied until the projections are rebuilt',
    async (how, count, reason) => {
      await rig.stopReference();
      const url = await rig.database(`before_${how}`);
      await fill(rig.projector(url), url);
      await rig.endProjectors();
      const rows = await digests(url);

      const log = await recreate(count);
      const app = rig.projector(url);
      let said = '';
      await until(
        'its end',
        async () => {
          const answer = app.port ? await readiness(app).catch(() => null) : null;
          if (answer?.status === 503) said = answer.text;
          return !app.running;
        },
        { everyMs: 20 },
      );
      expect(app.exitCode).toBe(1);
      expect(said).toMatch(reason);
      expect(app.log).toContain('Restore the log, or rebuild the projections from the log as it is');
      expect(await digests(url)).toEqual(rows);

      for (const name of ['journeys', 'surveys']) {
        const { code, stdout, stderr } = await rig.ops(url, 'rebuild', name);
        expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
      }
      const again = rig.projector(url);
      await log.append(500);
      await fill(again, url);
      const fresh = await rig.database(`after_${how}`);
      const reference = await projectInProcess(`after_${how}`, rig.servers.brokers, fresh);
      await until('the reference', async () => (await progressOf(fresh)) === (await endOfLog()));
      await reference.stop();
      expect(await digests(url)).toEqual(await digests(fresh));
      await rig.expectAccounts(url);
      await log.close();
    },
  );
});

describe('a topic that is deleted and made anew under a running projector', () => {
  it('is not applied either, though it holds more records than the checkpoints say', async () => {
    await rig.stopReference();
    const url = await rig.database('under_way');
    const app = rig.projector(url);
    await fill(app, url);
    const rows = await digests(url);
    const log = await recreate(20_000);
    await until('its end', () => !app.running);
    expect(app.exitCode).toBe(1);
    expect(app.log).toContain('Restore the log, or rebuild the projections from the log as it is');
    expect(await digests(url)).toEqual(rows);
    await log.close();
  });
});

async function fill(app: AppProcess, url: string): Promise<void> {
  await until('the end of the log', async () => (await progressOf(url)) === (await endOfLog()));
  await isReady(app);
}

/** Offsets that the journey projector's projections have to pass: the journeys read both topics. */
function endOfLog(): Promise<number> {
  return withAdmin(kafkaAt(rig.servers.brokers), async (admin) => {
    const end = async (topic: string): Promise<number> =>
      (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
    return 2 * (await end('jimo.engagement')) + (await end('jimo.feedback'));
  });
}

/** The topic under its name again, with other events. */
async function recreate(count: number): Promise<GeneratedLog> {
  const kafka = kafkaAt(rig.servers.brokers);
  await deleteTopics(kafka, ['jimo.engagement']);
  await until('the topic to be there again', async () => {
    await createTopics(kafka, PARTITIONS);
    return true;
  });
  const log = await GeneratedLog.open(kafka, PARTITIONS, { ...LIFE, seed: 43 + count }, ['jimo.engagement']);
  await log.append(count);
  return log;
}
