import { randomBytes, randomUUID } from 'node:crypto';
import { type SecuredKafkaServer, startSecuredKafka, testBrokers, uniqueTopic, until } from '@app/testing';
import { readFileSync } from 'node:fs';
import type { LogRecord } from '@app/engine';
import type { Admin, Kafka } from 'kafkajs';
import { setRules } from './access/acls';
import { dropScramPassword, setScramPassword } from './kafkajs';
import { KafkaAppender } from './appender';
import { createKafka, type KafkaReach } from './kafka-client';
import { KafkaLogReader } from './reader';
import { ensureTopics } from './topics';

type Sasl = NonNullable<KafkaReach['sasl']>;

const told: string[] = [];
const log = {
  warn: (fields: object, message: string) => void told.push(JSON.stringify({ ...fields, message })),
  debug: (fields: object, message: string) => void told.push(JSON.stringify({ ...fields, message })),
};
const ONCE = { connectionTimeout: 5_000, requestTimeout: 5_000, retry: { retries: 0 } };
const secret = () => randomBytes(16).toString('hex');

let server: SecuredKafkaServer;
let ops: Kafka;
let admin: Admin;
const topic = uniqueTopic('secured');
const passwords = { 'scram-sha-256': secret(), 'scram-sha-512': secret() } as const;
const requirements = {
  ...{ partitions: 1, replicationFactor: 1, minInsyncReplicas: 1 },
  ...{ minCompactionLagMs: 0, maxCompactionLagMs: 1_000_000 },
};

beforeAll(async () => {
  server = await startSecuredKafka();
  ops = createKafka(reach({ mechanism: 'plain', ...server.ops }), 'ops', log);
  admin = ops.admin();
  await admin.connect();
  await ensureTopics(admin, [topic], requirements);
  await setScramPassword(ops, 'app', passwords['scram-sha-256'], 'SCRAM-SHA-256');
  await setScramPassword(ops, 'app', passwords['scram-sha-512'], 'SCRAM-SHA-512');
  await setRules(admin, 'app', [
    { resource: 'topic', name: topic, prefixed: false, operations: ['Read', 'Write', 'DescribeConfigs'] },
    { resource: 'group', name: 'reader-', prefixed: true, operations: ['Read', 'Delete'] },
  ]);
});

afterAll(async () => {
  await admin?.disconnect();
  await server?.stop();
});

function reach(sasl?: Sasl, changes: Partial<KafkaReach> = {}): KafkaReach {
  return { brokers: [server.brokers], ssl: { ca: [server.ca] }, ...(sasl && { sasl }), ...changes };
}

const appBy = (mechanism: keyof typeof passwords): Sasl => ({
  mechanism,
  username: 'app',
  password: passwords[mechanism],
});

async function append(kafka: Kafka, value: string): Promise<number> {
  const appender = new KafkaAppender(
    kafka,
    { topics: [topic], minInsyncReplicas: 1 },
    { appended: () => undefined, unavailable: () => undefined, available: () => undefined },
  );
  appender.start();
  try {
    await until('the appender is available', () => appender.state === 'available');
    const key = randomUUID();
    const [position] = await appender.append([
      { topic, key, value: Buffer.from(value), headers: { ce_id: 'é' }, partitionKey: 'a' },
    ]);
    return position!.offset;
  } finally {
    await appender.close(5_000);
  }
}

async function readBack(kafka: Kafka, offset: number): Promise<LogRecord[]> {
  let records: LogRecord[] = [];
  // A broker that has just been started loads its coordinator, and refuses groups until then.
  await until('the record is read', async () => {
    records = [];
    await new KafkaLogReader(kafka).read(
      [{ topic, partition: 0, from: offset, to: offset + 1 }],
      (batch) => Promise.resolve(void records.push(...batch.records)),
      new AbortController().signal,
    );
    return true;
  });
  return records;
}

async function refusal(how: KafkaReach): Promise<Error> {
  const client = createKafka(how, 'wrong', log, ONCE).admin();
  const error: unknown = await client
    .connect()
    .then(() => client.listTopics())
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  await client.disconnect().catch(() => undefined);
  if (!(error instanceof Error)) throw new Error('it was let in');
  return error;
}

describe('a Kafka with TLS, passwords and rules', () => {
  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'takes what is appended, and gives it back, with %s',
    async (mechanism) => {
      const sasl = mechanism === 'plain' ? { mechanism, ...server.ops } : appBy(mechanism);
      const kafka = createKafka(reach(sasl), 'app', log);
      const value = randomUUID();
      const offset = await append(kafka, value);
      const records = await readBack(kafka, offset);
      expect(records.map(({ value: bytes, headers }) => [String(bytes), headers.text('ce_id')])).toEqual([
        [value, 'é'],
      ]);
    },
  );

  it('tells of a wrong password by the setting, and not the password', async () => {
    const wrong = secret();
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
      const error = await refusal(reach({ mechanism, username: 'app', password: wrong }));
      expect(error.message).toMatch(/KAFKA_SASL_PASSWORD/);
      expect(error.message + String(error.stack) + told.join()).not.toContain(wrong);
    }
    expect(told.join()).not.toContain(server.ops.password);
  });

  it('tells of an authority that did not sign the certificate', async () => {
    const ca = readFileSync(server.otherCaFile, 'utf8');
    for (const ssl of [{ ca: [ca] }, true])
      expect((await refusal(reach(appBy('scram-sha-512'), { ssl }))).message).toMatch(/KAFKA_SSL_CA/);
  });

  it('tells of a host that is not in the certificate', async () => {
    const brokers = [server.brokers.replace('127.0.0.1', 'localhost')];
    const { message } = await refusal(reach(appBy('scram-sha-512'), { brokers }));
    expect(message).toMatch(/KAFKA_BROKERS/);
  });

  it('tells of plain text to a port for TLS, of TLS to one for plain text, and of no login', async () => {
    expect((await refusal(reach(appBy('scram-sha-512'), { ssl: false }))).message).toMatch(/KAFKA_SSL/);
    expect((await refusal(reach(undefined, { brokers: [testBrokers()] }))).message).toMatch(/KAFKA_SSL/);
    expect((await refusal(reach())).message).toMatch(/KAFKA_SASL_MECHANISM/);
  });

  it('changes a password, and takes one away, for the next login', async () => {
    const username = `rotated-${secret()}`;
    const [old, renewed] = [secret(), secret()];
    const mechanism = 'scram-sha-512';
    await setScramPassword(ops, username, old, 'SCRAM-SHA-512');
    const connected = createKafka(reach({ mechanism, username, password: old }), 'app', log, ONCE).admin();
    await connected.connect();
    await setScramPassword(ops, username, renewed, 'SCRAM-SHA-512');
    // Who is in stays in.
    await connected.listTopics();
    await connected.disconnect();
    expect((await refusal(reach({ mechanism, username, password: old }))).message).toMatch(/KAFKA_SASL/);
    const again = createKafka(reach({ mechanism, username, password: renewed }), 'app', log, ONCE).admin();
    await again.connect();
    await again.disconnect();
    await dropScramPassword(ops, username, 'SCRAM-SHA-512');
    await dropScramPassword(ops, username, 'SCRAM-SHA-512');
    expect((await refusal(reach({ mechanism, username, password: renewed }))).message).toMatch(/KAFKA_SASL/);
  });

  it('lets a user do what its rules say, and takes back what they said before', async () => {
    const kafka = createKafka(reach(appBy('scram-sha-256')), 'app', log, ONCE);
    const own = kafka.admin();
    await own.connect();
    try {
      expect(await own.listTopics()).toEqual([topic]);
      await setRules(admin, 'app', []);
      expect(await own.listTopics()).toEqual([]);
      await expect(own.createTopics({ topics: [{ topic: uniqueTopic() }] })).rejects.toThrow();
    } finally {
      await own.disconnect();
    }
  });
});
