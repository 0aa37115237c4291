import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// By path, not by alias: Jest loads its global setup without the module map.
import { type Child, ensureJars, findJava, freePorts, startKafka, startPostgres } from '../../../local/src';

/** A Kafka and a PostgreSQL of a test run's own, in a temporary folder, on free ports. */
export interface Servers {
  readonly brokers: string;
  readonly databaseUrl: string;
  /** Where the proxy has to lead to, when there is one. */
  readonly kafkaBehindProxy: number;
  /** Stops both and removes their data; what fails is thrown after the rest was tried. */
  stop(): Promise<void>;
}

export interface ServersOptions {
  /** The port of a proxy to Kafka: it is to lead to `kafkaBehindProxy`. */
  readonly kafkaProxy?: number;
}

/**
 * @throws when Java 17 or Maven is missing, or a server does not start; nothing is left running then
 */
export async function startServers({ kafkaProxy }: ServersOptions = {}): Promise<Servers> {
  const java = await findJava();
  if (java.java !== 'found') {
    throw new Error(`the tests run a real Kafka and need Java 17 or newer (${java.java}); see the README`);
  }
  const jars = await ensureJars((line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'jimo-test-'));
  const [kafkaPort, postgresPort, kafkaBehindProxy] = (await freePorts(3)) as [number, number, number];
  const proxied = kafkaProxy === undefined ? undefined : { port: kafkaBehindProxy, advertised: kafkaProxy };
  const started: Child[] = [];
  const stop = async () => {
    const stops = await Promise.allSettled(started.map((child) => child.stop()));
    rmSync(folder, { recursive: true, force: true });
    const failed = stops.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  };
  const starts = await Promise.allSettled([
    startKafka({
      ...{ folder: join(folder, 'kafka'), port: kafkaPort, java: java.command, jars },
      proxied,
    }).then((kafka) => {
      started.push(kafka);
    }),
    startPostgres({
      folder: join(folder, 'postgres'),
      port: postgresPort,
      // The data dies with the run: nothing to keep through a power cut.
      settings: { fsync: 'off', full_page_writes: 'off', max_connections: '200' },
    }).then((postgres) => {
      started.push(postgres.child);
      return postgres.url;
    }),
  ]);
  const [kafka, postgres] = starts;
  if (kafka.status === 'fulfilled' && postgres.status === 'fulfilled') {
    return { brokers: `127.0.0.1:${kafkaPort}`, databaseUrl: postgres.value, kafkaBehindProxy, stop };
  }
  await stop();
  throw kafka.status === 'rejected' ? kafka.reason : (postgres as PromiseRejectedResult).reason;
}
