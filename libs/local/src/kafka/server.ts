import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';

import { freePort } from '../ports';
import { Child, describeExit } from '../process/child';
import { javaEnvironment } from '../process/environment';
import { until } from '../wait';
import { type ClassArchive, classArchive } from './class-archive';

export interface KafkaOptions {
  /** The folder of its settings and its log (all events); created if missing. */
  readonly folder: string;
  readonly port: number;
  /** The java command. */
  readonly java: string;
  /** The folder with its jars (jars.ts). */
  readonly jars: string;
  readonly onLine?: ((line: string) => void) | undefined;
  /**
   * A second listener, whose clients are told to use the advertised port, which a proxy forwards to the broker.
   */
  readonly proxied?: { readonly port: number; readonly advertised: number } | undefined;
  /** Enables TLS, passwords and ACLs. */
  readonly secured?: SecuredKafka | undefined;
  /** Stops the server, also during its start. */
  readonly signal?: AbortSignal | undefined;
}

export interface SecuredKafka {
  /** Replaces the usual listeners; must include the port. */
  readonly properties: (controllerPort: number) => Readonly<Record<string, string>>;
  readonly reach: KafkaAccess;
}

/** The settings of a client besides the brokers. */
export type KafkaAccess = Pick<KafkaConfig, 'ssl' | 'sasl'>;

/** A broker and its controller in one process, which suffices for one machine. */
function properties(data: string, { port, proxied, secured }: KafkaOptions, controllerPort: number): string {
  const listen = [`PLAINTEXT://127.0.0.1:${port}`, `CONTROLLER://127.0.0.1:${controllerPort}`];
  const advertise = [`PLAINTEXT://127.0.0.1:${port}`];
  if (proxied) {
    listen.push(`PROXIED://127.0.0.1:${proxied.port}`);
    advertise.push(`PROXIED://127.0.0.1:${proxied.advertised}`);
  }
  const settings: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: listen.join(','),
    'advertised.listeners': advertise.join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    // A misspelt topic must be an error, not a new topic.
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Members of a group start within a second of each other or alone, so a rebalance need not wait.
    'group.initial.rebalance.delay.ms': 0,
    // A killed broker cannot register again before its old session has ended.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 33_554_432,
    ...secured?.properties(controllerPort),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const jvm = (jars: string) => [
  // The second compiler would use the shared cores for the first minutes.
  '-XX:TieredStopAtLevel=1',
  ...['-Xms128m', '-Xmx512m', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-Djava.awt.headless=true'],
  ...['-Dorg.slf4j.simpleLogger.showDateTime=true', '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS'],
  ...['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showThreadName=false'],
  ...['-cp', join(jars, '*')],
];

/**
 * Starts Kafka on loopback and waits until it accepts requests. Its data is created if missing, and otherwise reused, also
 * with another port and after a crash.
 * @throws with the last lines of its output if it does not start within 60 s
 */
export async function startKafka(options: KafkaOptions): Promise<Child> {
  const { folder } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const data = join(folder, 'data');
  if (!existsSync(data)) {
    // Created beside its final path and then renamed, so that incomplete data is never used.
    const part = `${data}.part`;
    rmSync(part, { recursive: true, force: true });
    await format(part, options);
    renameSync(part, data);
  }
  const archive = await classArchive(options.java, options.jars);
  const server = await startBroker(data, options, archive);
  return server === 'start-again' ? await startKafka(options) : server;
}

async function startBroker(
  data: string,
  options: KafkaOptions,
  archive: ClassArchive,
): Promise<Child | 'start-again'> {
  const { folder, java, jars, port, secured } = options;
  const config = join(folder, 'server.properties');
  writePrivately(config, properties(data, options, await freePort()));
  const server = await Child.start({
    name: 'kafka',
    command: java,
    args: [...archive.options, ...jvm(jars), 'kafka.Kafka', config],
    cwd: folder,
    env: javaEnvironment(),
    tier: 'server',
    stopGraceMs: 30_000,
    onLine: options.onLine,
    signal: options.signal,
  });
  const ended = server.exited.then((exit) => archive.ended(exit));
  try {
    await server.whileRunning((signal) =>
      answersKafka([`127.0.0.1:${port}`], { signal, access: secured?.reach }),
    );
    return server;
  } catch (error) {
    await server.stop();
    if ((await ended) === 'start-again') return 'start-again';
    throw error;
  }
}

/** Resets the mode, because the file may contain passwords and an earlier version may have made it readable by others. */
function writePrivately(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600 });
}

/** Without the archive of classes: this loads few of them. */
async function format(data: string, options: KafkaOptions): Promise<void> {
  const { folder, java, jars, onLine, signal } = options;
  const config = join(folder, 'server.properties');
  writePrivately(config, properties(data, options, await freePort()));
  const tool = await Child.start({
    name: 'kafka format',
    command: java,
    args: [
      ...jvm(jars),
      ...['kafka.tools.StorageTool', 'format', '--config', config],
      ...['--cluster-id', Buffer.from('jimo-webhooks-id').toString('base64url')],
    ],
    cwd: folder,
    env: javaEnvironment(),
    tier: 'server',
    onLine,
    signal,
  });
  const exit = await tool.exited;
  if (exit.code !== 0) {
    throw new Error(`Kafka's storage could not be made (${describeExit(exit)}):\n${tool.lastLines()}`);
  }
}

/** Waits until enough brokers answer and one of them controls the cluster. */
export async function answersKafka(
  brokers: readonly string[],
  options: {
    atLeast?: number;
    deadlineMs?: number;
    signal?: AbortSignal;
    access?: KafkaAccess | undefined;
  } = {},
): Promise<void> {
  const { atLeast = 1, deadlineMs = 60_000, signal, access } = options;
  const kafka = new Kafka({
    ...access,
    clientId: 'local-probe',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  });
  await until(
    `Kafka at ${brokers.join(', ')}`,
    async () => {
      const admin = kafka.admin();
      try {
        await admin.connect();
        const cluster = await admin.describeCluster();
        return cluster.controller !== null && cluster.brokers.length >= atLeast;
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    },
    { deadlineMs, everyMs: 100, signal },
  );
}
