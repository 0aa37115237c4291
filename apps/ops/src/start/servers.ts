import { createHash } from 'node:crypto';
import { join } from 'node:path';

import {
  answersPostgres,
  ensureJars,
  findKafkaRuntime,
  type Running,
  startKafka,
  startKafkaContainer,
  startPostgres,
} from '@app/local';

import { CannotStart } from './choose-port';

type Launch = (signal: AbortSignal) => Promise<Running>;
type OnLine = (line: string) => void;

/**
 * How to start Kafka on this machine, with its programs fetched.
 * @throws {CannotStart} saying what to install where there is nothing to run it with
 */
export async function kafkaLauncher(
  folder: string,
  port: number,
  say: (text: string) => void,
  onLine: OnLine,
  signal: AbortSignal,
): Promise<Launch> {
  const found = await findKafkaRuntime();
  switch (found.runtime) {
    case 'java': {
      const jars = await ensureJars(say, signal);
      const options = { folder: join(folder, 'kafka'), port, java: found.command, jars, onLine };
      return (stop) => startKafka({ ...options, signal: stop });
    }
    case 'docker': {
      say(`${found.because}: running Kafka in a container (its data stays in a Docker volume)`);
      const project = `jimo-local-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
      return (stop) => startKafkaContainer({ project, port, onLine, signal: stop });
    }
    case 'none':
      throw new CannotStart(`Kafka cannot be started: ${found.because}.\n${found.install}`);
  }
}

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
