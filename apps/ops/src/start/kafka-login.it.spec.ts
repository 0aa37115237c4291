import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CLIENT_FILES, ensureJars, findJava, freePort, type Running, startKafka } from '@app/local';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';

import { kafkaLauncher, type KafkaLauncher } from './servers';

jest.setTimeout(240_000);

const signal = new AbortController().signal;
const nothing = () => undefined;

describe('the Kafka of npm start', () => {
  let dataDir: string;
  let port: number;
  let launcher: KafkaLauncher;
  let kafka: Running | undefined;
  const folder = () => join(dataDir, 'kafka');
  const read = (name: string) => readFileSync(join(folder(), name), 'utf8');

  async function topics(sasl?: SASLOptions): Promise<string[]> {
    const options = { logLevel: logLevel.NOTHING, retry: { retries: 1 }, connectionTimeout: 5_000 };
    const admin = new Kafka({ brokers: [`127.0.0.1:${port}`], ...(sasl && { sasl }), ...options }).admin();
    try {
      await admin.connect();
      return await admin.listTopics();
    } finally {
      await admin.disconnect();
    }
  }
  const scram = (password: string): SASLOptions => ({
    mechanism: 'scram-sha-512',
    username: launcher.login.username,
    password,
  });

  /** What a server answers to a request of Kafka's protocol, in hexadecimal; '' when it hangs up. */
  const answerTo = (to: number, request: Buffer) =>
    new Promise<string>((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = createConnection({ port: to, host: '127.0.0.1' }, () => socket.write(request));
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        socket.destroy();
      });
      socket.once('error', reject);
      socket.once('close', () => resolve(Buffer.concat(chunks).toString('hex')));
    });

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'jimo-kafka-login-'));
    port = await freePort();
    process.env['JIMO_WEBHOOK_TOKENS'] = 'default:a-token-that-kafka-needs-not';
    // Data of a time without passwords, with a topic.
    const java = await findJava();
    if (java.java !== 'found') throw new Error('these tests need Java 17');
    const jars = await ensureJars();
    const open = await startKafka({ folder: folder(), port, java: java.command, jars });
    const admin = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] });
    await admin.disconnect();
    await open.stop();
    launcher = await kafkaLauncher(dataDir, port, nothing, nothing, signal);
    kafka = await launcher.launch(signal);
  });

  afterAll(async () => {
    await kafka?.stop();
    delete process.env['JIMO_WEBHOOK_TOKENS'];
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('lets its user in, also to data of a time without passwords', async () => {
    expect(launcher.login.password).toMatch(/^[0-9a-f]{36}$/);
    expect(await topics(scram(launcher.login.password))).toContain('kept');
  });

  it.each<[string, () => SASLOptions | undefined]>([
    ['without a login', () => undefined],
    ['with a wrong password', () => scram('wrong')],
    ['with no password', () => scram('')],
    ['as a user that there is not', () => ({ ...scram(launcher.login.password), username: 'other' })],
    [
      'as the broker, with the password of clients',
      () => ({ mechanism: 'plain', username: 'broker', password: launcher.login.password }),
    ],
  ])('lets nobody in %s', async (_how, login) => {
    await expect(topics(login())).rejects.toThrow();
  });

  it('answers nothing but the handshake at the port of its controller either', async () => {
    const controller = Number(/CONTROLLER:\/\/127\.0\.0\.1:(\d+)/.exec(read('server.properties'))![1]);
    // DescribeCluster and Metadata, as a client sends them that does not log in.
    for (const key of [60, 3]) {
      const body = Buffer.from([0, key, 0, 0, 0, 0, 0, 7, 0, 1, 0x78, 0, 0]);
      const length = Buffer.from([0, 0, 0, body.length]);
      expect(await answerTo(controller, Buffer.concat([length, body]))).toBe('');
    }
  });

  it('keeps what opens it readable by its owner alone', () => {
    for (const name of ['password', 'server.properties', ...Object.values(CLIENT_FILES)])
      expect([name, statSync(join(folder(), name)).mode & 0o077]).toEqual([name, 0]);
  });

  it('says in files how other clients get in', () => {
    const { password } = launcher.login;
    for (const name of Object.values(CLIENT_FILES)) {
      expect(read(name)).toContain(`bootstrap.servers=127.0.0.1:${port}\n`);
      expect(read(name)).toContain(password);
    }
  });

  it("has none of this system's secrets in its environment", () => {
    const environment = readFileSync(`/proc/${kafka!.pid}/environ`, 'utf8');
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain('a-token-that-kafka-needs-not');
  });

  it('takes the same password at the next start, unless its file was deleted: then another one', async () => {
    const before = launcher.login.password;
    await kafka!.stop();
    const next = async () => (await kafkaLauncher(dataDir, port, nothing, nothing, signal)).login.password;
    expect(await next()).toBe(before);
    rmSync(join(folder(), 'password'));
    launcher = await kafkaLauncher(dataDir, port, nothing, nothing, signal);
    kafka = await launcher.launch(signal);
    expect(launcher.login.password).not.toBe(before);
    expect(await topics(scram(launcher.login.password))).toContain('kept');
    await expect(topics(scram(before))).rejects.toThrow();
  });
});
