import { acceptEvent, ALL_TOPICS, generateEvents } from '@app/catalog';
import { ensureTopics } from '@app/engine-kafka';
import { PROJECTOR_GROUPS } from '@app/projections';
import { startServers, until, type Servers } from '@app/testing';
import { Kafka, logLevel, Partitioners, type Message } from 'kafkajs';
import { Client } from 'pg';
import { AppProcess } from '../support/app-process';
import { digests, progressOf } from '../support/read-models';

const EVENTS = 100_000;
const PARTITIONS = 6;

let servers: Servers;
let kafka: Kafka;
let projector: AppProcess | undefined;

beforeAll(async () => {
  servers = await startServers();
  kafka = new Kafka({ brokers: servers.brokers.split(','), logLevel: logLevel.NOTHING });
}, 180_000);

afterAll(async () => {
  await projector?.signal('SIGKILL');
  await servers?.stop();
});

/**
 * The generated life straight into the topics, as the gateway would append it.
 *
 * @returns how many offsets the projections of the journey projector have to pass, all together
 */
async function fillLog(): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  const days = 86_400_000;
  await ensureTopics(admin, ALL_TOPICS, {
    partitions: PARTITIONS,
    replicationFactor: 1,
    minInsyncReplicas: 1,
    minCompactionLagMs: 7 * days,
    maxCompactionLagMs: 14 * days,
  });
  await admin.disconnect();
  const partitioner = Partitioners.DefaultPartitioner();
  const producer = kafka.producer({
    idempotent: true,
    createPartitioner: () => (args) =>
      partitioner({
        ...args,
        message: { ...args.message, key: String(args.message.headers!['ce_partitionkey']) },
      }),
  });
  await producer.connect();
  let read = 0;
  let pending = new Map<string, Message[]>();
  const flush = async (): Promise<void> => {
    const topicMessages = [...pending].map(([topic, messages]) => ({ topic, messages }));
    pending = new Map();
    await producer.sendBatch({ acks: -1, topicMessages });
  };
  let waiting = 0;
  for (const { body } of generateEvents({ seed: 42, jimers: 3_000, experiences: 40, events: EVENTS })) {
    const accepted = acceptEvent({ workspace: 'default', text: body, now: Date.now() });
    if (accepted.outcome === 'rejected') throw new Error(accepted.detail);
    const { topic, key, value } = accepted;
    const headers = { ...accepted.headers };
    const messages = pending.get(topic) ?? [];
    messages.push({ key, value, headers });
    pending.set(topic, messages);
    read += PROJECTOR_GROUPS['journey-projector'].filter(({ topics }) =>
      topics.some((name) => name === topic),
    ).length;
    if (++waiting % 5_000 === 0) await flush();
  }
  await flush();
  await producer.disconnect();
  return read;
}

async function emptyDatabase(name: string): Promise<string> {
  const client = new Client({ connectionString: servers.databaseUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(servers.databaseUrl);
  url.pathname = name;
  return url.href;
}

function startProjector(databaseUrl: string): AppProcess {
  projector = AppProcess.start('journey-projector', {
    KAFKA_BROKERS: servers.brokers,
    KAFKA_TOPIC_PARTITIONS: String(PARTITIONS),
    KAFKA_REPLICATION_FACTOR: '1',
    KAFKA_MIN_INSYNC_REPLICAS: '1',
    DATABASE_URL: databaseUrl,
    JOURNEY_PROJECTOR_PORT: '0',
  });
  return projector;
}

describe('a projector that is killed again and again in the middle of 100,000 events', () => {
  it('ends with the rows of an undisturbed run', async () => {
    const total = await fillLog();
    const undisturbed = await emptyDatabase('undisturbed');
    let app = startProjector(undisturbed);
    await until('the undisturbed run', async () => (await progressOf(undisturbed)) === total, {
      deadlineMs: 120_000,
    });
    await app.signal('SIGTERM');
    expect(app.exitCode).toBe(0);

    const disturbed = await emptyDatabase('disturbed');
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
    expect(expected['journey']!.rows).toBeGreaterThan(10_000);
  }, 400_000);
});

describe('a projector whose checkpoint lies beyond what the log holds', () => {
  it('consumes nothing, says why while it can, and ends non-zero', async () => {
    const url = await emptyDatabase('beyond');
    let app = startProjector(url);
    await until('the first batches', async () => (await progressOf(url)) > 0, { deadlineMs: 60_000 });
    await app.signal('SIGTERM');
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(
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
      { deadlineMs: 60_000, everyMs: 20 },
    );
    expect(app.exitCode).toBe(1);
    expect(readiness).toContain('the checkpoint is at offset 1000000000, but the log holds');
    expect(await digests(url)).toEqual(before);
    await client.end();
  }, 180_000);
});
