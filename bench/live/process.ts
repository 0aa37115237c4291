import { join } from 'node:path';
import { Child, type ChildSpec } from '@app/local';
import { Client } from 'pg';

/** Starts another built file of the bench as a process. */
export function startNode(
  file: string,
  args: readonly string[],
  onLine?: ChildSpec['onLine'],
): Promise<Child> {
  return Child.start({
    name: file,
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', join(__dirname, '..', `${file}.js`), ...args],
    tier: 'app',
    onLine,
  });
}

/** Environment of a built app beside the bench's servers, on free ports. */
export function appEnvironment(brokers: string, databaseUrl: string): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    ...{ PATH, HOME, LISTEN_HOST: '127.0.0.1', KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl },
    ...{ KAFKA_REPLICATION_FACTOR: '1', KAFKA_MIN_INSYNC_REPLICAS: '1' },
    ...{ JOURNEY_PROJECTOR_PORT: '0', EXPERIENCE_PROJECTOR_PORT: '0', FEEDBACK_PROJECTOR_PORT: '0' },
    ...{ GATEWAY_PORT: '0', READ_API_PORT: '0' },
  };
}

/** Starts one of the shipped apps, as built. */
export function startApp(name: string, env: NodeJS.ProcessEnv, onLine?: ChildSpec['onLine']): Promise<Child> {
  return Child.start({
    name,
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', join(__dirname, `../../apps/${name}/src/main.js`)],
    env,
    tier: 'app',
    onLine,
  });
}

/** A query that gives one number, `done`, on a connection of its own. */
export async function progressQuery(
  databaseUrl: string,
  sql: string,
): Promise<{ read: () => Promise<number>; end: () => Promise<void> }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    read: async () => {
      const { rows } = await client.query<{ done: string | null }>({ name: 'progress', text: sql });
      return Number(rows[0]?.done ?? 0);
    },
    end: () => client.end(),
  };
}

/** The newest number of the lines that a process prints as `<word> <number>`. */
export function countedLines(word: string): {
  readonly count: number;
  readonly onLine: (line: string) => void;
} {
  let count = 0;
  return {
    get count() {
      return count;
    },
    onLine: (line) => {
      if (line.startsWith(`${word} `)) count = Number(line.slice(word.length + 1));
    },
  };
}
