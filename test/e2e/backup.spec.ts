import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ALL_TOPICS } from '@app/catalog';
import { PROJECTIONS } from '@app/projections';
import { startServers, startSystem, until, type Servers } from '@app/testing/infra';
import type { Admin, Producer } from 'kafkajs';
import { emptyDatabase } from '../support/databases';
import { projectInProcess } from '../support/in-process-projector';
import { deleteTopics, GeneratedLog, kafkaAt, topicSettings, withAdmin } from '../support/log';
import { ops, type OpsResult } from '../support/ops';
import { digests, progressOf } from '../support/read-models';

jest.setTimeout(300_000);

const PARTITIONS = 2;
const folder = mkdtempSync(join(tmpdir(), 'jimo-backup-'));
const [first, second] = [join(folder, 'first'), join(folder, 'second')];

let servers: Servers;
const run = (...args: string[]): Promise<OpsResult> =>
  ops({ KAFKA_BROKERS: servers.brokers, ...topicSettings(PARTITIONS) }, ...args);
const succeeds = async (...args: string[]): Promise<void> =>
  expect(await run(...args)).toMatchObject({ code: 0 });

beforeAll(async () => {
  servers = await startServers();
  const log = await GeneratedLog.open(kafkaAt(servers.brokers), PARTITIONS, { seed: 7, events: 1_500 });
  const producer = kafkaAt(servers.brokers).producer({
    ...{ idempotent: true, maxInFlightRequests: 1, transactionalId: 'spec' },
  });
  await producer.connect();
  const send = async (to: Pick<Producer, 'send'>, at: number): Promise<void> => {
    const timestamp = String(at);
    await to.send({
      topic: 'jimo.engagement',
      messages: [0, 1].map((partition) => ({
        ...{ partition, key: 'gone', value: null, timestamp },
        headers: { twice: ['a', 'b'], bytes: Buffer.from([0, 255]), '\u2028': 'a line separator' },
      })),
    });
    await to.send({
      topic: 'jimo.quarantine',
      messages: [{ partition: 1, key: 'odd', value: Buffer.from([0, 255, 10]), timestamp }],
    });
  };
  const transaction = await producer.transaction();
  await send(transaction, 1_600_000_000_001);
  // Its end takes an offset, as compaction would: those of the restored log differ.
  await transaction.commit();
  await producer.disconnect();
  // Brokers write it some time after the commit was answered; nothing would follow it then.
  await until('the end of the transaction', async () => (await endOf('jimo.quarantine', 1)) === 2);
  for (const partition of [0, 1])
    await until('the end of the transaction', async () => (await endOf('jimo.engagement', partition)) === 2);
  const plain = kafkaAt(servers.brokers).producer({ idempotent: true });
  await plain.connect();
  await send(plain, 1_600_000_000_002);
  await plain.disconnect();
  await log.append();
  await log.close();
});

afterAll(async () => {
  await servers?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const offsets = (topic: string): ReturnType<Admin['fetchTopicOffsets']> =>
  withAdmin(kafkaAt(servers.brokers), (admin) => admin.fetchTopicOffsets(topic));

const endOf = async (topic: string, partition: number): Promise<number> =>
  Number((await offsets(topic)).find((one) => one.partition === partition)!.high);

async function tables(name: string): Promise<Awaited<ReturnType<typeof digests>>> {
  const url = await emptyDatabase(servers.databaseUrl, name);
  const projector = await projectInProcess(name, servers.brokers, url, PROJECTIONS);
  try {
    let total = 0;
    for (const { topics } of PROJECTIONS)
      for (const topic of topics) for (const { high } of await offsets(topic)) total += Number(high);
    await until('the end of the log', async () => (await progressOf(url)) === total, {
      deadlineMs: 120_000,
    });
  } finally {
    await projector.stop();
  }
  // A restored log has no gaps, so its records are at other positions.
  return digests(url, ['position']);
}

/** Every record in its order, without the offset. */
const recordsIn = (backup: string): Record<string, string[]> =>
  Object.fromEntries(
    ALL_TOPICS.flatMap((topic) =>
      Array.from({ length: PARTITIONS }, (_, partition) => {
        const file = `${topic}-${partition}.ndjson.gz`;
        const text = gunzipSync(readFileSync(join(backup, file))).toString();
        return [file, text.replaceAll(/^\{"offset":\d+/gm, '{').split('\n')];
      }),
    ),
  );

it('restores the log of a backup: read models of it are those before', async () => {
  const before = await tables('before');
  expect(before['journey']!.rows).toBeGreaterThan(50);
  await succeeds('backup', first);
  const again = await run('backup', first);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(`${first} is not empty`)]);
  const filled = await run('restore', first);
  expect([filled.code, filled.stderr]).toEqual([1, expect.stringContaining('is not empty')]);

  await deleteTopics(kafkaAt(servers.brokers), ALL_TOPICS);
  await succeeds('restore', first);
  await succeeds('backup', second);
  const records = recordsIn(first);
  expect(recordsIn(second)).toEqual(records);
  const tombstone = records['jimo.engagement-0.ndjson.gz']!.find((line) => line.includes('"value":null'));
  expect(tombstone).toContain('1600000000001');
  expect(tombstone).toContain('["twice","YQ=="],["twice","Yg=="],["bytes","AP8="],["\u2028",');
  expect(await tables('after')).toEqual(before);
});

it('refuses a backup that is damaged or not whole, and names the file', async () => {
  const copy = join(folder, 'copy');
  cpSync(first, copy, { recursive: true });
  const file = join(copy, 'jimo.feedback-1.ndjson.gz');
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
  const damaged = await run('restore', copy);
  expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining(`${file} is damaged`)]);
  rmSync(join(copy, 'manifest.json'));
  const partial = await run('restore', copy);
  expect([partial.code, partial.stderr]).toEqual([1, expect.stringContaining(join(copy, 'manifest.json'))]);
});

it('is restored into a system that npm start runs, in which nothing has arrived', async () => {
  const system = await startSystem({ env: { PROJECTION_VERIFY_HOURS: '0' } });
  try {
    // A command in another terminal finds it by its folder.
    expect(await ops({ DATA_DIR: system.dataDir }, 'restore', first)).toMatchObject({ code: 0 });
    const rows = (await tables('restored'))['journey']!.rows;
    await until('the journeys of the backup', async () => {
      const { url } = system.info.database;
      return (await digests(url))['journey']?.rows === rows && (await progressOf(url)) > 0;
    });
  } finally {
    await system.stop();
  }
});
