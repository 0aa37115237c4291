import { startServers, until, type Servers } from '@app/testing/infra';
import { AppProcess } from '../support/app-process';
import { emptyDatabase, execute } from '../support/databases';
import { GeneratedLog, kafkaAt, topicSettings } from '../support/log';
import { digests, progressOf } from '../support/read-models';

const EVENTS = 60_000;
const PARTITIONS = 6;

let servers: Servers;
let projector: AppProcess | undefined;

beforeAll(async () => {
  servers = await startServers();
}, 180_000);

afterAll(async () => {
  await projector?.signal('SIGKILL');
  await servers?.stop();
});

/** @returns how many offsets the projections of the journey projector have to pass, all together */
async function fillLog(): Promise<number> {
  const life = { seed: 42, jimers: 3_000, experiences: 40, events: EVENTS };
  const log = await GeneratedLog.open(kafkaAt(servers.brokers), PARTITIONS, life);
  await log.append();
  await log.close();
  return log.offsetsFor('journey-projector');
}

function startProjector(databaseUrl: string): AppProcess {
  projector = AppProcess.start('journey-projector', {
    KAFKA_BROKERS: servers.brokers,
    ...topicSettings(PARTITIONS),
    DATABASE_URL: databaseUrl,
    JOURNEY_PROJECTOR_PORT: '0',
  });
  return projector;
}

describe('a projector that is killed again and again in the middle of 60,000 events', () => {
  it('ends with the rows of an undisturbed run', async () => {
    const total = await fillLog();
    const undisturbed = await emptyDatabase(servers.databaseUrl, 'undisturbed');
    let app = startProjector(undisturbed);
    await until('the undisturbed run', async () => (await progressOf(undisturbed)) === total, {
      deadlineMs: 120_000,
    });
    await app.signal('SIGTERM');
    expect(app.exitCode).toBe(0);

    const disturbed = await emptyDatabase(servers.databaseUrl, 'disturbed');
    const killedAt: number[] = [];
    for (const share of [0.05, 0.35, 0.65]) {
      app = startProjector(disturbed);
      await until(`${share} of the log`, async () => (await progressOf(disturbed)) >= share * total, {
        deadlineMs: 120_000,
        everyMs: 5,
      });
      await app.signal('SIGKILL');
      killedAt.push(await progressOf(disturbed));
    }
    app = startProjector(disturbed);
    await until('the disturbed run', async () => (await progressOf(disturbed)) === total, {
      deadlineMs: 120_000,
    });
    await app.signal('SIGTERM');

    // Killed on the way, not before or after: otherwise this would show nothing.
    expect(killedAt.filter((at) => at > 0 && at < total).length).toBeGreaterThanOrEqual(1);
    const [rows, expected] = [await digests(disturbed), await digests(undisturbed)];
    expect(rows).toEqual(expected);
    expect(expected['journey']!.rows).toBeGreaterThan(6_000);
  }, 400_000);
});

describe('a projector whose checkpoint lies beyond what the log holds', () => {
  it('consumes nothing, says why while it can, and ends non-zero', async () => {
    const url = await emptyDatabase(servers.databaseUrl, 'beyond');
    let app = startProjector(url);
    await until('the first batches', async () => (await progressOf(url)) > 0);
    await app.signal('SIGTERM');
    await execute(
      url,
      `UPDATE engine.checkpoint SET next_offset = 1000000000 WHERE topic = 'jimo.engagement'`,
    );
    const before = await digests(url);
    app = startProjector(url);
    let readiness = '';
    await until(
      'its end',
      async () => {
        const answer = app.port
          ? await fetch(`http://127.0.0.1:${app.port}/health/ready`).catch(() => null)
          : null;
        if (answer?.status === 503) readiness = (await answer.text()) || readiness;
        return !app.running;
      },
      { everyMs: 20 },
    );
    expect(app.exitCode).toBe(1);
    expect(readiness).toContain('the checkpoint is at offset 1000000000, but the log holds');
    expect(await digests(url)).toEqual(before);
  }, 180_000);
});
