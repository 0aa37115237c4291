import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECTOR_GROUPS } from '@app/projections';
import { startServers, until, type Servers } from '@app/testing';
import { AppProcess } from '../support/app-process';
import { ask, emptyDatabase, withClient } from '../support/databases';
import { projectInProcess, type InProcessProjector } from '../support/in-process-projector';
import { GeneratedLog, kafkaAt, topicSettings } from '../support/log';
import { ops } from '../support/ops';
import { deadLettersIn, digests, progressOf } from '../support/read-models';
import { TcpProxy } from '../support/tcp-proxy';

const PARTITIONS = 6;
const TOPICS = new Set(
  PROJECTOR_GROUPS['journey-projector'].flatMap(({ topics }): readonly string[] => topics),
);
const ALL = TOPICS.size * PARTITIONS;
const AT_FIRST = 10_000;
/** What comes while partitions change hands. */
const PER_SECOND = 500;
/** Of the consumers: see BatchConsumer. */
const SESSION_MS = 10_000;

let servers: Servers;
let log: GeneratedLog;
let kafkaProxy: TcpProxy;
let reference: string;
let undisturbed: InProcessProjector;
const running: AppProcess[] = [];

beforeAll(async () => {
  kafkaProxy = await TcpProxy.listen();
  servers = await startServers({ kafkaProxy: kafkaProxy.port });
  kafkaProxy.leadTo(servers.kafkaBehindProxy);
  const life = { seed: 7, jimers: 2_000, experiences: 40, events: 200_000 };
  log = await GeneratedLog.open(kafkaAt(servers.brokers), PARTITIONS, life);
  await log.append(AT_FIRST);
  reference = await emptyDatabase(servers.databaseUrl, 'undisturbed');
  undisturbed = await projectInProcess('undisturbed', servers.brokers, reference);
}, 180_000);

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.signal('SIGKILL')));
});

afterAll(async () => {
  await undisturbed?.stop();
  await log?.close();
  await servers?.stop();
  await kafkaProxy?.close();
});

function startProjector(databaseUrl: string, brokers = servers.brokers): AppProcess {
  const app = AppProcess.start('journey-projector', {
    ...topicSettings(PARTITIONS),
    KAFKA_BROKERS: brokers,
    DATABASE_URL: databaseUrl,
    JOURNEY_PROJECTOR_PORT: '0',
    PROJECTION_VERIFY_HOURS: '0',
  });
  running.push(app);
  return app;
}

async function partitionsOf({ port }: AppProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^projector_partitions(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1] ?? 0);
}

const holdsAll = (app: AppProcess): Promise<unknown> =>
  until(`all partitions for ${app.pid}`, async () => (await partitionsOf(app)) === ALL, {
    deadlineMs: 60_000,
  });

const share = (...apps: AppProcess[]): Promise<unknown> =>
  until(
    'partitions for each',
    async () => {
      const counts = await Promise.all(apps.map(partitionsOf));
      return counts.every((count) => count > 0) && counts.reduce((a, b) => a + b) === ALL;
    },
    { deadlineMs: 60_000 },
  );

/** New commits, from whoever holds the partitions now. */
async function goesOn(databaseUrl: string): Promise<void> {
  const before = await progressOf(databaseUrl);
  await until('commits', async () => (await progressOf(databaseUrl)) > before + PER_SECOND, {
    deadlineMs: 60_000,
  });
}

/** Rows as of an undisturbed run, every offset accounted for, nothing set aside. */
async function expectUndisturbed(databaseUrl: string): Promise<void> {
  const total = log.offsetsFor('journey-projector');
  for (const url of [databaseUrl, reference])
    await until('the end of the log', async () => (await progressOf(url)) === total, { deadlineMs: 90_000 });
  const expected = await digests(reference);
  expect(await digests(databaseUrl)).toEqual(expected);
  expect(expected['journey']!.rows).toBeGreaterThan(1_000);
  expect(await deadLettersIn(databaseUrl)).toBe(0);
  const status = await ops({ DATABASE_URL: databaseUrl, KAFKA_BROKERS: servers.brokers }, 'status', '--json');
  expect({ code: status.code, stderr: status.stderr }).toEqual({ code: 0, stderr: '' });
}

/** Runs `event` while events keep coming. */
async function inTheMiddle(databaseUrl: string, event: () => Promise<void>): Promise<void> {
  const feed = log.feed(PER_SECOND);
  try {
    await event();
    expect(await progressOf(databaseUrl)).toBeGreaterThan(0);
  } finally {
    await feed.stop();
  }
  await expectUndisturbed(databaseUrl);
}

describe('a partition that moves', () => {
  it('to a second projector, and back when one leaves, loses nothing and repeats nothing', async () => {
    const url = await emptyDatabase(servers.databaseUrl, 'moves');
    const one = startProjector(url);
    await holdsAll(one);
    await inTheMiddle(url, async () => {
      const two = startProjector(url);
      await share(one, two);
      await goesOn(url);
      await one.signal('SIGTERM');
      expect(one.exitCode).toBe(0);
      await holdsAll(two);
      await goesOn(url);
    });
  });
});

describe('a projector that wakes after SIGSTOP longer than its session', () => {
  it('in the middle of a transaction: another has taken over, nothing is repeated and nothing skipped', async () => {
    const url = await emptyDatabase(servers.databaseUrl, 'stopped');
    const one = startProjector(url);
    await holdsAll(one);
    await inTheMiddle(url, async () => {
      await goesOn(url);
      await stopWithinTransaction(one, url);
      const two = startProjector(url);
      await holdsAll(two);
      await goesOn(url);
      await one.signal('SIGCONT');
      await share(one, two);
      await goesOn(url);
    });
  });

  it('between two batches: its next one is refused, since the checkpoint has moved', async () => {
    const url = await emptyDatabase(servers.databaseUrl, 'asleep');
    const one = startProjector(url);
    await holdsAll(one);
    await inTheMiddle(url, async () => {
      await goesOn(url);
      await one.signal('SIGSTOP');
      const two = startProjector(url);
      await holdsAll(two);
      await goesOn(url);
      await one.signal('SIGCONT');
      // Its buffers hold records that the other has applied by now.
      await share(one, two);
    });
  });
});

/** Stops the process while Postgres works on a transaction of it, which ends without a word of the process. */
async function stopWithinTransaction(app: AppProcess, databaseUrl: string): Promise<void> {
  const [active] = await ask<{ schema: string }>(
    databaseUrl,
    `SELECT schema_name AS schema FROM engine.generation WHERE projection = 'journeys' AND state = 'active'`,
  );
  await withClient(databaseUrl, async (blocker) => {
    await blocker.query(`BEGIN; LOCK TABLE ${active!.schema}.touch IN SHARE MODE`);
    await until('a transaction that waits', async () => {
      const { rowCount } = await blocker.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'journey-projector' AND wait_event_type = 'Lock'
            AND datname = current_database()`,
      );
      return rowCount! > 0;
    });
    await app.signal('SIGSTOP');
  });
}

describe('a network that fails for longer than a session', () => {
  it.each([
    ['cut', 'breaks its connections'],
    ['silence', 'swallows every byte'],
  ] as const)(
    'between projector and Postgres (%s: %s): it waits, and stays in its group',
    async (how, _meaning) => {
      const url = await emptyDatabase(servers.databaseUrl, `postgres_${how}`);
      const proxy = await TcpProxy.listen(Number(new URL(url).port));
      const proxied = new URL(url);
      proxied.port = String(proxy.port);
      const one = startProjector(proxied.href);
      await holdsAll(one);
      await inTheMiddle(url, async () => {
        await goesOn(url);
        proxy[how]();
        if (how === 'cut') await until('readiness to tell', () => isUnready(one, 'database'));
        await sleep(SESSION_MS + 2_000);
        proxy.restore();
        await goesOn(url);
        await until('readiness', async () => (await readiness(one)).status === 200);
      });
      expect(one.running).toBe(true);
      expect(one.log.split('partitions assigned').length - 1).toBe(1);
      await one.signal('SIGKILL');
      await proxy.close();
    },
  );

  it('between projector and Kafka: another takes over; when the first is back it starts from the checkpoints', async () => {
    const url = await emptyDatabase(servers.databaseUrl, 'kafka_cut');
    const one = startProjector(url, `127.0.0.1:${kafkaProxy.port}`);
    await holdsAll(one);
    const two = startProjector(url);
    await share(one, two);
    await inTheMiddle(url, async () => {
      for (const how of ['silence', 'cut'] as const) {
        kafkaProxy[how]();
        await holdsAll(two);
        await goesOn(url);
        kafkaProxy.restore();
        await share(one, two);
        await goesOn(url);
      }
    });
    expect(one.running).toBe(true);
  });
});

async function readiness({ port }: AppProcess): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
  return { status: answer.status, text: await answer.text() };
}

async function isUnready(app: AppProcess, why: string): Promise<boolean> {
  const { status, text } = await readiness(app);
  return status === 503 && text.includes(why);
}

describe('two projectors that both believe they own every partition', () => {
  it('the checkpoint comparison decides: the loser drops its batch and reads on from where the winner is', async () => {
    const url = await emptyDatabase(servers.databaseUrl, 'two_owners');
    const one = await projectInProcess('first-owner', servers.brokers, url);
    const two = await projectInProcess('second-owner', servers.brokers, url);
    try {
      await inTheMiddle(url, async () => {
        await until('batches won and lost by both', () =>
          [one, two].every(({ outcomes }) => outcomes.applied > 20 && outcomes.resync > 2),
        );
      });
    } finally {
      await one.stop();
      await two.stop();
    }
  });
});
