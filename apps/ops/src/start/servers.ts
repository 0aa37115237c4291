import { createHash } from 'node:crypto';
import { join } from 'node:path';

import {
  answersPostgres,
  brokerLogin,
  type Child,
  ensureJars,
  findKafkaRuntime,
  kafkaLogin,
  type KafkaLogin,
  newBrokerPassword,
  passwordListeners,
  type Running,
  startKafka,
  startKafkaContainer,
  startPostgres,
  writeClientFiles,
} from '@app/local';

import { CannotStart } from './choose-port';

type Launch = (signal: AbortSignal) => Promise<Running>;
type OnLine = (line: string) => void;

export interface KafkaLauncher {
  readonly launch: Launch;
  readonly login: KafkaLogin;
}

/**
 * How to start Kafka on this machine, with its programs fetched. It lets in who has the generated password, which is
 * in files for other clients, too.
 * @throws {CannotStart} saying what to install where there is nothing to run it with
 */
export async function kafkaLauncher(
  folder: string,
  port: number,
  say: (text: string) => void,
  onLine: OnLine,
  signal: AbortSignal,
): Promise<KafkaLauncher> {
  const found = await findKafkaRuntime();
  const kafkaFolder = join(folder, 'kafka');
  const login = kafkaLogin(kafkaFolder);
  const launcher = (start: (brokerPassword: string, stop: AbortSignal) => Promise<Child>): KafkaLauncher => ({
    login,
    launch: async (stop) => {
      const brokerPassword = newBrokerPassword();
      const server = await start(brokerPassword, stop);
      try {
        await provideLogin(port, brokerPassword, login);
        writeClientFiles(kafkaFolder, port, login);
        return server;
      } catch (error) {
        await server.stop();
        throw error;
      }
    },
  });
  switch (found.runtime) {
    case 'java': {
      const jars = await ensureJars(say, signal);
      const options = { folder: kafkaFolder, port, java: found.command, jars, onLine };
      return launcher((brokerPassword, stop) =>
        startKafka({ ...options, secured: passwordListeners(port, brokerPassword), signal: stop }),
      );
    }
    case 'docker': {
      say(`${found.because}: running Kafka in a container (its data stays in a Docker volume)`);
      const project = `jimo-local-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
      return launcher((brokerPassword, stop) =>
        startKafkaContainer({ project, port, brokerPassword, onLine, signal: stop }),
      );
    }
    case 'none':
      throw new CannotStart(`Kafka cannot be started: ${found.because}.\n${found.install}`);
  }
}

/** At every start: the data may be of a time without passwords, or the password a new one. */
async function provideLogin(port: number, brokerPassword: string, login: KafkaLogin): Promise<void> {
  // Only now: the rest of this process does without it.
  const { createKafka, setScramPassword } = await import('@app/engine-kafka');
  const reach = { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: brokerLogin(brokerPassword) };
  const { username, password, mechanism } = login;
  await setScramPassword(createKafka(reach, 'start', SILENT), username, password, mechanism);
}

const SILENT = { warn: () => undefined, debug: () => undefined };

export interface PostgresLauncher {
  readonly launch: Launch;
  /** Known once it was launched. */
  readonly url: () => string;
}

export function postgresLauncher(folder: string, port: number, onLine: OnLine): PostgresLauncher {
  let url = '';
  return {
    url: () => url,
    launch: async (signal) => {
      const server = await startPostgres({ folder: join(folder, 'postgres'), port, onLine, signal });
      url = server.url;
      return server.child;
    },
  };
}

/**
 * @throws {CannotStart} when the PostgreSQL that the environment names does not answer
 */
export async function requireDatabase(url: string): Promise<void> {
  try {
    await answersPostgres(url, { deadlineMs: 15_000 });
  } catch (error) {
    // Only now: the rest of this process does without it.
    const { databaseReason } = await import('@app/platform');
    throw new CannotStart(`DATABASE_URL is set, but it cannot be used: ${databaseReason(error)}`);
  }
}
