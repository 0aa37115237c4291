import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// By path, not by alias: Jest loads its global setup without the module map.
import { type Child, ensureJars, findJava, freePorts, startKafka, startPostgres } from '../../../local/src';

/** A Kafka and a PostgreSQL of a test run's own, in a temporary folder, on free ports. */
export interface Servers {
  readonly brokers: string;
  readonly databaseUrl: string;
  /** Stops both and removes their data; what fails is thrown after the rest was tried. */
  stop(): Promise<void>;
}

/**
 * @throws when Java 17 or Maven is missing, or a server does not start; nothing is left running then
 */
export async function startServers(): Promise<Servers> {
  const java = await findJava();
  if (java.java !== 'found') {
    throw new Error(`the tests run a real Kafka and need Java 17 or newer (${java.java}); see the README`);
  }
  const jars = await ensureJars((line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'jimo-test-'));
  const [kafkaPort, postgresPort] = (await freePorts(2)) as [number, number];
  const started: Child[] = [];
  const stop = async () => {
    const stops = await Promise.allSettled(started.map((child) => child.stop()));
    rmSync(folder, { recursive: true, force: true });
    const failed = stops.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  };
  const starts = await Promise.allSettled([
    startKafka({ folder: join(folder, 'kafka'), port: kafkaPort, java: java.command, jars }).then((kafka) => {
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
    return { brokers: `127.0.0.1:${kafkaPort}`, databaseUrl: postgres.value, stop };
  }
  await stop();
  throw kafka.status === 'rejected' ? kafka.reason : (postgres as PromiseRejectedResult).reason;
}
