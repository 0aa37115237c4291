import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureJars, findJava, freePorts, startKafka, startPostgres, type Child } from '@app/local';
import { Client } from 'pg';

/** The Kafka and the Postgres of a run, with the settings that `npm start` gives them. */
export interface Servers {
  readonly brokers: string;
  readonly java: string;
  readonly kafka: Child;
  readonly postgres: Child;
  /** Of the run, gone after it. */
  readonly folder: string;
  /** A fresh, empty database; gives its URL. */
  createDatabase(name: string): Promise<string>;
  /** Whoever is still connected. */
  dropDatabase(url: string): Promise<void>;
  stop(): Promise<void>;
}

/** @throws {Error} when Java is missing or a server does not start; nothing is left running then */
export async function startServers(): Promise<Servers> {
  const java = await findJava();
  if (java.java !== 'found') throw new Error(`Kafka needs Java 17 or newer (${java.java})`);
  const jars = await ensureJars((line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'jimo-bench-'));
  const started: Child[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((child) => child.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [kafkaPort, postgresPort] = (await freePorts(2)) as [number, number];
    const kafka = await startKafka({
      folder: join(folder, 'kafka'),
      port: kafkaPort,
      java: java.command,
      jars,
    });
    started.push(kafka);
    const postgres = await startPostgres({ folder: join(folder, 'postgres'), port: postgresPort });
    started.push(postgres.child);
    return {
      brokers: `127.0.0.1:${kafkaPort}`,
      java: java.command,
      kafka,
      postgres: postgres.child,
      folder,
      createDatabase: async (name) => {
        await execute(postgres.url, `CREATE DATABASE "${name}"`);
        const url = new URL(postgres.url);
        url.pathname = `/${name}`;
        return url.href;
      },
      dropDatabase: async (url) => {
        const name = new URL(url).pathname.slice(1);
        // What this contestant wrote is on disk before the next one starts.
        await execute(postgres.url, `DROP DATABASE "${name}" WITH (FORCE)`, 'CHECKPOINT');
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs statements one after the other and gives the rows of the last. */
export async function execute<T extends object>(url: string, ...statements: readonly string[]): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: T[] = [];
    for (const statement of statements) ({ rows } = await client.query<T>(statement));
    return rows;
  } finally {
    await client.end();
  }
}
